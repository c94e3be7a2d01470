import Testing

extension AccessGateTests {
    /// `auth_probe` on operations that stand in no list of the topic or group itself, against what Kafka lets users do.
    @Suite struct ProbeOperationTests {
        private static let gate = "auth_probe"
        private static let topic = "acc-orders"

        @Test("Whom the cluster allows to create may create each topic, whatever the topic's own entries")
        func createByCluster() async throws {
            let world = try await AccessWorld.shared
            let seen: [AclEntry] = [
                .allow("billing", "read", Self.topic), .allow("billing", "describe", "kafka-cluster", on: "cluster"),
            ]
            try await world.set([], source: seen)
            #expect(try await !world.access(.source).can("billing", "create", Self.topic))
            try await expect(["operations=create"], allowed: 1, denied: 0)

            try await world.set([], source: seen + [.allow("billing", "create", "kafka-cluster", on: "cluster")])
            #expect(try await world.access(.source).can("billing", "create", Self.topic))
            try await expect(["operations=create"], allowed: 0, denied: 1)

            // Not told, whichever way it is.
            try await world.set([], source: [.allow("billing", "read", Self.topic)])
            try await expect(["operations=create"], allowed: 2, denied: 2)

            try await world.set(
                [], source: [.allow("billing", "read", Self.topic), .allow("billing", "create", Self.topic)])
            #expect(try await world.access(.source).can("billing", "create", Self.topic))
            try await expect(["operations=create"], allowed: 0, denied: 1)
        }

        @Test("Whoever may do everything passes with every operation on topics and groups at once")
        func everything() async throws {
            let world = try await AccessWorld.shared
            try await world.set([
                .allow("billing", "all", "*"), .allow("billing", "all", "*", on: "group"),
            ])
            let operations = "operations=read,write,create,delete,alter,describe"
            try await expect([operations, "groups=acc-*"], allowed: 0, denied: 1)
        }

        /// The exit codes of the gate on the source, with either expectation.
        private func expect(
            _ set: [String], allowed: Int32, denied: Int32, sourceLocation: SourceLocation = #_sourceLocation
        ) async throws {
            let world = try await AccessWorld.shared
            for (expectation, code) in [("allowed", allowed), ("denied", denied)] {
                let run = try await world.run(
                    Self.gate, as: ["billing": "billing"],
                    set: ["topics=\(Self.topic)", "cluster=source", "expect=\(expectation)"] + set)
                #expect(run.exitCode == code, "\(expectation): \(run.errors)", sourceLocation: sourceLocation)
            }
        }
    }
}
