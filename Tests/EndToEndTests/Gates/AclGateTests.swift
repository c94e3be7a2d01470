import Testing

extension AccessGateTests {
    /// `acl_parity` and `effective_permission` on the same clusters, and what Kafka then really lets the user do: the
    /// lists explain, the evaluation decides.
    @Suite struct AclGateTests {
        @Test("A prefixed deny on the target alone beats the same allows")
        func denyPrecedence() async throws {
            let world = try await AccessWorld.shared
            let deny = AclEntry.deny("billing", "read", "acc-o", pattern: "prefixed")
            try await world.set([.allow("billing", "read", "acc-orders")], target: [deny])
            let run = try await gates(topics: "acc-orders")
            let evidence = try run.evidence
            #expect(evidence.verdict(of: "acl_parity") == "fail")
            #expect(evidence.failedChecks("acl_parity") == ["expected"])
            #expect(evidence.failed("expected", gate: "acl_parity") == [deny.json])
            #expect(evidence.verdict(of: "effective_permission") == "fail")
            #expect(evidence.failedChecks("effective_permission") == ["operations"])
            let failed = try #require(evidence.checks("operations", gate: "effective_permission", ok: false).first)
            #expect(failed["subject"] == Self.subject("billing", topic: "acc-orders"))
            #expect(failed["actual"] == .array(["describe"]) && failed["limit"] == .array(["read", "describe"]))
            #expect(try await world.access(.source).can("billing", "read", "acc-orders"))
            #expect(try await !world.access(.target).can("billing", "read", "acc-orders"))

            // As a list of what the target has besides, the entry is no difference; as a permission it is.
            let noted = try await gates(topics: "acc-orders", ["acl_parity.extra=note"]).evidence
            #expect(noted.verdict(of: "acl_parity") == "pass")
            #expect(noted.notes("extra", gate: "acl_parity") == [deny.json])
            #expect(noted.verdict(of: "effective_permission") == "fail")
        }

        @Test("A deny of everything to everybody hides the topic, which is a difference and no lack of an answer")
        func wildcardDeny() async throws {
            let world = try await AccessWorld.shared
            let deny = AclEntry.deny("*", "all", "*")
            try await world.set([.allow("billing", "read", "acc-orders")], target: [deny])
            let evidence = try await gates(topics: "acc-orders").evidence
            #expect(evidence.failed("expected", gate: "acl_parity") == [deny.json])
            #expect(evidence.verdict(of: "effective_permission") == "fail")
            #expect(evidence.failedChecks("effective_permission") == ["describe"])
            let failed = try #require(evidence.checks("describe", gate: "effective_permission").first)
            #expect(failed["subject"] == Self.subject("billing", topic: "acc-orders"))
            #expect(failed["actual"] == false && failed["limit"] == true)
            #expect(failed["facts"]["error"] == "TOPIC_AUTHORIZATION_FAILED")
            #expect(failed["facts"]["source_operations"] == .array(["read", "describe"]))
            #expect(try await !world.access(.target).can("billing", "read", "acc-orders"))
        }

        @Test("A prefix on one cluster comes to the same as the names it covers on the other")
        func prefixAndLiterals() async throws {
            let world = try await AccessWorld.shared
            let prefix = AclEntry.allow("billing", "read", "acc-", pattern: "prefixed")
            let literals = AccessWorld.topics.map { AclEntry.allow("billing", "read", $0) }
            try await world.set([], source: [prefix], target: literals)
            let run = try await gates(topics: "acc-*")
            let evidence = try run.evidence
            #expect(evidence.verdict(of: "acl_parity") == "fail")
            #expect(evidence.failed("present", gate: "acl_parity") == [prefix.json])
            #expect(evidence.failed("expected", gate: "acl_parity") == Set(literals.map(\.json)))
            #expect(evidence.verdict(of: "effective_permission") == "pass", "\(run.errors)")
            #expect(evidence.checks("operations", gate: "effective_permission", ok: true).count == 3)
            for side in SharedCluster.allCases {
                #expect(try await world.access(side).can("billing", "read", "acc-audit"))
            }
        }

        @Test("A wildcard for everybody comes to the same for the one who is named, and not for others")
        func wildcards() async throws {
            let world = try await AccessWorld.shared
            let everybody = AclEntry.allow("*", "read", "*")
            let named = AclEntry.allow("billing", "read", "acc-orders")
            try await world.set([], source: [everybody], target: [named])
            let run = try await gates(topics: "acc-orders")
            let evidence = try run.evidence
            #expect(evidence.failed("present", gate: "acl_parity") == [everybody.json])
            #expect(evidence.failed("expected", gate: "acl_parity") == [named.json])
            #expect(evidence.verdict(of: "effective_permission") == "pass", "\(run.errors)")
            let other = try await gates(topics: "acc-orders", as: ["orders": "orders"]).evidence
            #expect(other.verdict(of: "effective_permission") == "fail")
            #expect(
                other.failed("describe", gate: "effective_permission") == [
                    Self.subject("orders", topic: "acc-orders")
                ])
            #expect(try await world.access(.source).can("orders", "read", "acc-orders"))
            #expect(try await !world.access(.target).can("orders", "read", "acc-orders"))
            #expect(try await world.access(.target).can("billing", "read", "acc-orders"))
        }

        @Test("The same list, and one cluster lets everybody do what no entry speaks of")
        func openByDefault() async throws {
            let world = try await AccessWorld.shared
            try await world.set([.allow("billing", "read", "acc-payments")])
            let run = try await gates(topics: "acc-orders,acc-payments")
            let evidence = try run.evidence
            #expect(evidence.verdict(of: "acl_parity") == "pass", "\(run.errors)")
            #expect(evidence.verdict(of: "effective_permission") == "fail")
            #expect(evidence.failedChecks("effective_permission") == ["describe"])
            let failed = evidence.checks("describe", gate: "effective_permission", ok: false)
            #expect(failed.map { $0["subject"] } == [Self.subject("billing", topic: "acc-orders")])
            #expect(failed.first?["actual"] == true && failed.first?["limit"] == false)
            #expect(failed.first?["facts"]["target_operations"].items.contains("delete") == true)
            #expect(try await !world.access(.source).can("billing", "write", "acc-orders"))
            #expect(try await world.access(.target).can("billing", "write", "acc-orders"))
        }

        @Test("The same list, and a super user on one cluster alone")
        func superUser() async throws {
            let world = try await AccessWorld.shared
            try await world.set([.allow("root", "read", "acc-orders"), .allow("billing", "read", "acc-orders")])
            let run = try await gates(topics: "acc-orders", as: ["root": "root", "billing": "billing"])
            let evidence = try run.evidence
            #expect(evidence.verdict(of: "acl_parity") == "pass", "\(run.errors)")
            #expect(evidence.verdict(of: "effective_permission") == "fail")
            #expect(
                evidence.failed("operations", gate: "effective_permission") == [
                    Self.subject("root", topic: "acc-orders")
                ])
            #expect(try await !world.access(.source).can("root", "write", "acc-orders"))
            #expect(try await world.access(.target).can("root", "write", "acc-orders"))
        }

        @Test("A grant for one address is another entry than one for all, and the same permission from that address")
        func hosts() async throws {
            let world = try await AccessWorld.shared
            let here = AclEntry.allow("billing", "read", "acc-orders", host: "127.0.0.1")
            let anywhere = AclEntry.allow("billing", "read", "acc-orders")
            try await world.set([], source: [here], target: [anywhere])
            let evidence = try await gates(topics: "acc-orders").evidence
            #expect(evidence.failed("present", gate: "acl_parity") == [here.json])
            #expect(evidence.failed("expected", gate: "acl_parity") == [anywhere.json])
            #expect(evidence.verdict(of: "effective_permission") == "pass")
            #expect(try await world.access(.source).can("billing", "read", "acc-orders"))
        }

        @Test("Lists that allow nothing from here are the same, and say nothing of what is allowed")
        func otherHost() async throws {
            let world = try await AccessWorld.shared
            try await world.set([.allow("billing", "read", "acc-orders", host: "10.1.2.3")])
            let evidence = try await gates(topics: "acc-orders").evidence
            #expect(evidence.verdict(of: "acl_parity") == "pass")
            #expect(evidence.verdict(of: "effective_permission") == "inconclusive")
            #expect(evidence.reasons(of: "effective_permission") == ["TOPIC_AUTHORIZATION_FAILED"])
            for side in SharedCluster.allCases {
                #expect(try await !world.access(side).can("billing", "read", "acc-orders"))
            }
        }

        @Test("A topic that the source hides from the principal is asked for on the target")
        func hiddenOnSource() async throws {
            let world = try await AccessWorld.shared
            let others = [AclEntry.allow("orders", "read", "acc-payments"), .allow("orders", "read", "acc-audit")]
            try await world.set(
                [.allow("billing", "read", "acc-orders")] + others, target: [.allow("billing", "read", "acc-payments")])
            let evidence = try await gates(topics: "acc-*,!acc-audit").evidence
            #expect(evidence.verdict(of: "effective_permission") == "fail")
            #expect(
                evidence.failed("describe", gate: "effective_permission") == [
                    Self.subject("billing", topic: "acc-payments")
                ])
            #expect(try await !world.access(.source).can("billing", "read", "acc-payments"))
            #expect(try await world.access(.target).can("billing", "read", "acc-payments"))
        }

        // MARK: Running them

        private func gates(
            topics: String, as principals: [String: String] = ["billing": "billing"], _ set: [String] = []
        ) async throws -> SluiceCommand.Result {
            try await AccessWorld.shared.run(
                "acl_parity", "effective_permission", as: principals,
                set: ["effective_permission.topics=\(topics)"] + set)
        }

        private static func subject(_ principal: String, topic: String) -> JSON {
            .object(["principal": .string(principal), "topic": .string(topic)])
        }
    }
}
