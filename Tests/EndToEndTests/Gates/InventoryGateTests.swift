import Testing

extension AccessGateTests {
    /// What the inventory captures is what Kafka's own tools list; and the gates that judge such lists.
    @Suite struct InventoryGateTests {
        @Test("The entries that are captured are those that kafka-acls.sh lists")
        func acls() async throws {
            let world = try await AccessWorld.shared
            try await world.set([
                .allow("billing", "read", "acc-orders"), .allow("billing", "all", "acc-", pattern: "prefixed"),
                .deny("*", "write", "*"), .allow("orders", "describe", "kafka-cluster", on: "cluster"),
                .allow("orders", "read", AccessWorld.group, on: "group", host: "10.1.2.3"),
                .allow("orders", "idempotent_write", "kafka-cluster", on: "cluster"),
                .allow("orders", "describe", "wave-", on: "transactional_id", pattern: "prefixed"),
                .allow("orders", "alter_configs", "acc-audit"), .allow("CN=a,O=b", "describe_configs", "acc-audit"),
            ])
            for side in SharedCluster.allCases {
                let run = try await world.run("inv_acls", set: ["cluster=\(side)"])
                #expect(run.exitCode == 0, "\(run.errors)")
                let captured = try run.evidence.notes("acl", gate: "inv_acls")
                let listed = try await Self.listed(world.access(side).kafka)
                #expect(listed.count == 9)
                #expect(Set(captured) == Set(listed.map(\.json)) && captured.count == listed.count)
                let check = try #require(try run.evidence.checks("captured", gate: "inv_acls").first)
                #expect(check["facts"] == .object(["entries": 9, "principals": 4]))
            }
        }

        @Test("The quotas that are captured are those that kafka-configs.sh describes; and the same, or not, by value")
        func quotas() async throws {
            let world = try await AccessWorld.shared
            let quotas = [
                "user=billing,client-id=|producer_byte_rate|1024", "user=billing,client-id=|request_percentage|12.5",
                "user=|consumer_byte_rate|2048", "user=<default>|consumer_byte_rate|5",
                "client-id=app|consumer_byte_rate|4096", "ip=127.0.0.9|connection_creation_rate|7",
            ]
            for side in SharedCluster.allCases { try await world.access(side).set(quotas: quotas) }
            let inventory = try await world.run("inv_quotas", "quota_parity", set: ["inv_quotas.cluster=target"])
            #expect(inventory.exitCode == 0, "\(inventory.errors)")
            let evidence = try inventory.evidence
            let told = evidence.notes("quota", gate: "inv_quotas").map { note in
                let names = note["entity"]
                let defaults = Set(note["defaults"].items.compactMap(\.string))
                let entity = ["user", "client-id", "ip"].filter { names[$0] != .null }.map { type in
                    "\(type)=" + (defaults.contains(type) ? "" : names[type].string ?? "?")
                }
                return "\(entity.joined(separator: ","))|\(note["key"].string ?? "?")"
            }
            #expect(Set(told) == Set(quotas.map { $0.split(separator: "|").dropLast().joined(separator: "|") }))
            #expect(told.count == quotas.count)
            let described = try await world.target.tools.run(
                "kafka-configs.sh", ["--describe", "--entity-type", "users"])
            #expect(described.contains("Quota configs for the default user-principal are consumer_byte_rate=2048.0"))
            #expect(described.contains("Quota configs for user-principal '<default>' are consumer_byte_rate=5.0"))
            #expect(evidence.checks("quota", gate: "quota_parity", ok: true).count == quotas.count)

            // Another value, one that is missing, and one besides; the default and a user of its name are two.
            try await world.access(.target).set(
                quotas: quotas.filter { !$0.hasPrefix("user=|") && !$0.hasPrefix("client-id=") } + [
                    "client-id=app|consumer_byte_rate|4097", "client-id=other|consumer_byte_rate|1",
                ])
            let different = try await world.run("quota_parity")
            #expect(different.exitCode == 1, "\(different.errors)")
            let lines = try different.evidence
            #expect(
                lines.failed("quota", gate: "quota_parity") == [
                    .object(["entity": "client-id=app", "key": "consumer_byte_rate"])
                ])
            #expect(
                lines.failed("present", gate: "quota_parity") == [
                    .object(["entity": "user=<default>", "key": "consumer_byte_rate"])
                ])
            #expect(
                lines.failed("expected", gate: "quota_parity") == [
                    .object(["entity": "client-id=other", "key": "consumer_byte_rate"])
                ])
        }

        @Test("The users that are captured are those with SCRAM credentials, and nothing secret is")
        func credentials() async throws {
            let world = try await AccessWorld.shared
            try await world.target.tools.run(
                "kafka-configs.sh",
                [
                    "--alter", "--entity-type", "users", "--entity-name", "carol", "--add-config",
                    "SCRAM-SHA-256=[iterations=5000,password=car0l-pass]",
                ])
            let run = try await world.run("inv_credentials", set: ["cluster=target"])
            #expect(run.exitCode == 0, "\(run.errors)")
            let evidence = try run.evidence
            #expect(
                evidence.notes("scram_user", gate: "inv_credentials") == [
                    .object(["user": "carol", "mechanism": "SCRAM-SHA-256", "iterations": 5000])
                ])
            let broker = try #require(evidence.checks("captured", gate: "inv_credentials").first)
            #expect(broker["subject"] == .object(["broker": .string(world.target.bootstrap)]))
            #expect(broker["facts"]["listener"] == "PLAINTEXT")
            #expect(!run.output.contains { $0.contains("car0l") || $0.contains("salt") })
        }

        @Test("Narrow grants pass; each that is broad fails by its entry, unless its principal is excepted")
        func leastPrivilege() async throws {
            let world = try await AccessWorld.shared
            let narrow = [
                AclEntry.allow("billing", "read", "acc-orders"), .allow("billing", "read", "acc-", pattern: "prefixed"),
                .allow("billing", "describe", "kafka-cluster", on: "cluster"), .deny("*", "all", "*"),
            ]
            let broad = [
                AclEntry.allow("*", "read", "acc-orders"), .allow("orders", "all", "acc-orders"),
                .allow("orders", "read", "*"), .allow("orders", "read", "*", on: "group"),
                .allow("orders", "alter", "kafka-cluster", on: "cluster"),
                .allow("orders", "create", "kafka-cluster", on: "cluster"),
                .allow("orders", "cluster_action", "kafka-cluster", on: "cluster"),
                .allow("orders", "alter_configs", "kafka-cluster", on: "cluster"),
            ]
            let gate = "least_privilege"
            try await world.set(narrow)
            #expect(try await world.run(gate, set: ["cluster=source"]).exitCode == 0)
            // A broker that may be open by default does not say whether it is.
            let open = try await world.run(gate)
            #expect(open.exitCode == 2, "\(open.errors)")
            #expect(try open.evidence.reason(gate)["subject"] == .object(["broker": "1", "cluster": "target"]))

            try await world.set(narrow + broad)
            let run = try await world.run(gate, set: ["cluster=source"])
            #expect(run.exitCode == 1, "\(run.errors)")
            let wanted = broad.map { entry -> JSON in
                guard case .object(var subject) = entry.json else { return .null }
                subject["permission_type"] = nil
                return .object(subject)
            }
            #expect(try run.evidence.failed("narrow", gate: gate) == Set(wanted))
            let excepted = try await world.run(gate, set: ["cluster=source", "exceptions=User:orders,User:*"])
            #expect(excepted.exitCode == 0, "\(excepted.errors)")
            #expect(try excepted.evidence.notes("exception", gate: gate).count == broad.count)

            try await world.set([])
            #expect(try await world.run(gate, set: ["cluster=source"]).exitCode == 2)
        }

        @Test("Lists without an entry are no parity, whatever the other side has")
        func noEntries() async throws {
            let world = try await AccessWorld.shared
            try await world.set([])
            #expect(try await world.run("acl_parity").exitCode == 2)
            try await world.set([], target: [.allow("billing", "read", "acc-orders")])
            #expect(try await world.run("acl_parity", set: ["extra=note"]).exitCode == 2)
            #expect(try await world.run("acl_parity").exitCode == 1)
        }

        @Test("A prefix is carried over by the mapping where that can be, and else it is inconclusive")
        func mappedPrefix() async throws {
            let world = try await AccessWorld.shared
            let old = AclEntry.allow("billing", "read", "acc-", pattern: "prefixed")
            let new = AclEntry.allow("billing", "read", "src.acc-", pattern: "prefixed")
            try await world.set([], source: [old], target: [new])
            let run = try await world.run("acl_parity", options: ["--map-topics", "src.{topic}"])
            #expect(run.exitCode == 0, "\(run.errors)")
            #expect(try run.evidence.checks("present", gate: "acl_parity").map { $0["subject"] } == [new.json])

            try await world.set([old])
            #expect(try await world.run("acl_parity").exitCode == 0)
            #expect(try await world.run("acl_parity", options: ["--map-topics", "{topic}.v2"]).exitCode == 2)
            let folder = try TemporaryFolder()
            let plan = """
                return { name = "renamed", mapping = { topic_names = { ["acc-orders"] = "orders-v2" } },
                  gates = { { gate = "acl_parity" } } }
                """
            let renamed = try await world.run(options: ["--plan", try folder.write(plan, to: "plan.lua")])
            #expect(renamed.exitCode == 2, "\(renamed.errors)")
            #expect(
                try renamed.evidence.of("unknown", gate: "acl_parity").first?["message"].string?.contains("orders-v2")
                    == true)
        }

        /// What `kafka-acls.sh --list` prints.
        private static func listed(_ kafka: RealKafka) async throws -> [AclEntry] {
            var resource = ""
            return try await kafka.tools.run("kafka-acls.sh", ["--list"]).compactMap { line in
                if line.contains("ResourcePattern(") { resource = line }
                return line.contains("principal=") ? AclEntry(resource: resource, entry: line) : nil
            }
        }
    }
}
