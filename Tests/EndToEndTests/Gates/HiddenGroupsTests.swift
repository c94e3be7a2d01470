import Testing

extension AccessGateTests {
    /// Groups that brokers leave out of their list, as the login may not describe them.
    @Suite struct HiddenGroupsTests {
        @Test(
            "A list of groups that brokers have shortened is inconclusive, and one of all groups, or of names, is none such",
            arguments: ["lag_budget", "freeze_capture"])
        func hidden(gate: String) async throws {
            let world = try await AccessWorld.shared
            let seen = [
                AclEntry.allow("billing", "read", "*"), .allow("billing", "describe", AccessWorld.group, on: "group"),
            ]
            let set = gate == "lag_budget" ? ["cluster=source", "max_lag=10"] : ["topics=acc-*"]
            func run(groups: String) async throws -> SluiceCommand.Result {
                try await SluiceCommand.gates(
                    [gate], set: set + ["groups=\(groups)"],
                    [
                        "--source-config", try world.client("billing", on: world.source), "--allow",
                        "plaintext_password",
                    ])
            }

            try await world.set(seen)
            let short = try await run(groups: "acc-*")
            #expect(short.exitCode == 2, "\(short.errors)")
            #expect(try short.evidence.reasons(of: gate) == ["CLUSTER_AUTHORIZATION_FAILED"])
            let unknown = try short.evidence.of("unknown", gate: gate).map { $0["subject"]["group"] }
            #expect(unknown == ["acc-*"])
            let named = try await run(groups: AccessWorld.group)
            #expect(named.exitCode == 0, "\(named.errors)")

            try await world.set(seen + [.allow("billing", "describe", "kafka-cluster", on: "cluster")])
            let whole = try await run(groups: "acc-*")
            #expect(whole.exitCode == 0, "\(whole.errors)")
        }
    }
}
