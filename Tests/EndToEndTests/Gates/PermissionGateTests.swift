import Testing

extension AccessGateTests {
    /// `effective_permission` on groups, the cluster itself and principals, and what it must not pass on.
    @Suite struct PermissionGateTests {
        private static let gate = "effective_permission"

        @Test("What a group of the target may be used for is told before there is one")
        func groupToCome() async throws {
            let world = try await AccessWorld.shared
            let read = AclEntry.allow("billing", "read", AccessWorld.group, on: "group")
            let topic = AclEntry.allow("billing", "read", "acc-orders")
            try await world.set([read, topic])
            let run = try await gate("groups=\(AccessWorld.group)")
            #expect(run.exitCode == 0, "\(run.errors)")
            let check = try #require(try run.evidence.checks("operations", gate: Self.gate).first)
            #expect(check["subject"] == Self.subject("billing", group: AccessWorld.group))
            #expect(check["actual"] == .array(["read", "describe"]))
            #expect(check["facts"] == .object(["target_group": .string(AccessWorld.group)]))

            // Without READ the group may be looked at and not used.
            try await world.set(
                [topic], source: [read],
                target: [.allow("billing", "describe", AccessWorld.group, on: "group")])
            let lesser = try await gate("groups=acc-bill*")
            #expect(lesser.exitCode == 1, "\(lesser.errors)")
            #expect(
                try lesser.evidence.failed("operations", gate: Self.gate) == [
                    Self.subject("billing", group: AccessWorld.group)
                ])
            #expect(try await !world.access(.target).can("billing", AccessWorld.group, "acc-orders"))

            // With none it is hidden: the resource has an ACL of somebody else's, so nothing is open by default.
            try await world.set(
                [topic], source: [read], target: [.allow("orders", "read", AccessWorld.group, on: "group")])
            let hidden = try await gate("groups=\(AccessWorld.group)")
            #expect(hidden.exitCode == 1, "\(hidden.errors)")
            #expect(
                try hidden.evidence.failed("describe", gate: Self.gate) == [
                    Self.subject("billing", group: AccessWorld.group)
                ])
            let rows = try await world.target.tools.groupStates()
            #expect(rows[AccessWorld.group] == nil, "no gate nor refused client made the group: \(rows)")
        }

        @Test("Operations that only the newer brokers know are no difference; among those that both know they are")
        func newerOperations() async throws {
            let world = try await AccessWorld.shared
            let all = AclEntry.allow("billing", "all", AccessWorld.group, on: "group")
            try await world.set([all])
            let run = try await gate("groups=\(AccessWorld.group)")
            #expect(run.exitCode == 0, "\(run.errors)")
            let check = try #require(try run.evidence.checks("operations", gate: Self.gate).first)
            #expect(check["actual"] == .array(["read", "delete", "describe"]))
            let isNewer = world.source.installation.version.hasPrefix("3.")
            #expect(
                check["facts"]["unknown_to_source"]
                    == (isNewer ? .array(["describe_configs", "alter_configs"]) : .null))

            try await world.set(
                [], source: [all],
                target: ["read", "describe_configs", "alter_configs"].map {
                    .allow("billing", $0, AccessWorld.group, on: "group")
                })
            let lesser = try await gate("groups=\(AccessWorld.group)")
            let failed = try #require(try lesser.evidence.checks("operations", gate: Self.gate, ok: false).first)
            #expect(failed["actual"].items.contains("delete") == false)
            #expect(failed["limit"].items.contains("delete"))
        }

        @Test("A group that the source does not have is none to judge: its name may be misspelt")
        func misspeltGroup() async throws {
            let world = try await AccessWorld.shared
            try await world.set([.allow("billing", "read", "acc-", on: "group", pattern: "prefixed")])
            for groups in ["acc-biling", "acc-x*", "acc-biling,\(AccessWorld.group)"] {
                let run = try await gate("groups=\(groups)")
                #expect(run.exitCode == 2, "\(groups): \(run.errors)")
                #expect(try run.evidence.reasons(of: Self.gate).contains("GROUP_ID_NOT_FOUND"))
            }
        }

        @Test("Where neither cluster lets the principal describe, nothing is known of the rest")
        func refusedOnBoth() async throws {
            let world = try await AccessWorld.shared
            try await world.set(
                [.allow("orders", "read", "acc-orders"), .allow("orders", "read", AccessWorld.group, on: "group")],
                target: [.allow("billing", "read", "acc-orders"), .deny("billing", "describe", "acc-orders")])
            let run = try await gate("topics=acc-orders", "groups=\(AccessWorld.group)")
            #expect(run.exitCode == 2, "\(run.errors)")
            #expect(
                try Set(run.evidence.reasons(of: Self.gate)) == [
                    "TOPIC_AUTHORIZATION_FAILED", "GROUP_AUTHORIZATION_FAILED",
                ])
        }

        @Test("What a principal may do with the cluster is told to those who may describe it")
        func clusterOperations() async throws {
            let world = try await AccessWorld.shared
            let describe = AclEntry.allow("billing", "describe", "kafka-cluster", on: "cluster")
            let create = AclEntry.allow("billing", "create", "kafka-cluster", on: "cluster")
            try await world.set([describe])
            #expect(try await gate("cluster_operations=true").exitCode == 0)
            try await world.set([describe], target: [create])
            let more = try await gate("cluster_operations=true")
            #expect(more.exitCode == 1)
            #expect(
                try more.evidence.failed("operations", gate: Self.gate) == [
                    .object(["principal": "billing", "resource": "cluster"])
                ])
            // Brokers answer without any operation then, whatever else is allowed.
            let deny = AclEntry.deny("billing", "describe", "kafka-cluster", on: "cluster")
            try await world.set([deny], target: [create])
            #expect(try await gate("cluster_operations=true").exitCode == 2)
        }

        @Test("A principal may have another name on the target, and then its entries do too")
        func mappedPrincipal() async throws {
            let world = try await AccessWorld.shared
            let (old, new) = (
                AclEntry.allow("orders", "read", "acc-orders"), AclEntry.allow("billing", "read", "acc-orders")
            )
            try await world.set([], source: [old], target: [new])
            func run(_ map: String...) async throws -> EvidenceLines {
                let run = try await world.run(
                    "acl_parity", Self.gate, as: ["wave": "orders:billing"],
                    set: ["\(Self.gate).topics=acc-orders"] + map.map { "acl_parity.principal_map=\($0)" })
                return try run.evidence
            }
            let plain = try await run()
            #expect(plain.failed("present", gate: "acl_parity") == [old.json])
            #expect(plain.failed("expected", gate: "acl_parity") == [new.json])
            #expect(plain.verdict(of: Self.gate) == "pass")
            let mapped = try await run("User:orders=>User:billing")
            #expect(mapped.verdict(of: "acl_parity") == "pass")
            #expect(mapped.checks("present", gate: "acl_parity", ok: true).map { $0["subject"] } == [new.json])
            let misspelt = try await run("User:orders=>User:billing,User:order=>User:billing")
            #expect(misspelt.verdict(of: "acl_parity") == "inconclusive")
            #expect(misspelt.reason("acl_parity")["subject"] == .object(["principal": "User:order"]))
            #expect(try await world.access(.source).can("orders", "read", "acc-orders"))
            #expect(try await world.access(.target).can("billing", "read", "acc-orders"))
        }

        // MARK: Running it

        private func gate(_ set: String...) async throws -> SluiceCommand.Result {
            try await AccessWorld.shared.run(Self.gate, as: ["billing": "billing"], set: set)
        }

        private static func subject(_ principal: String, group: String) -> JSON {
            .object(["principal": .string(principal), "group": .string(group)])
        }
    }
}
