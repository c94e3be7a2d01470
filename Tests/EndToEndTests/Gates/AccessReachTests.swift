import Testing

extension AccessGateTests {
    /// Which cluster and which login answered: neither may be another one than meant.
    @Suite struct AccessReachTests {
        @Test("A principal's file that leads to another cluster is inconclusive, and no comparison with itself")
        func otherCluster() async throws {
            let world = try await AccessWorld.shared
            try await world.set([.allow("billing", "read", "acc-orders")])
            let file = try world.client("billing", on: world.source)
            let run = try await world.run(
                "effective_permission", set: ["topics=acc-orders"], options: ["--principal", "billing=\(file):\(file)"])
            #expect(run.exitCode == 2, "\(run.errors)")
            #expect(try run.evidence.reasons(of: "effective_permission") == ["other_cluster"])
            #expect(run.errors.contains { $0.contains(world.source.clusterID) && $0.contains(world.target.clusterID) })
            let probe = try await world.run(
                "auth_probe", set: ["operations=read", "topics=acc-orders"],
                options: ["--principal", "billing=\(file)"])
            #expect(probe.exitCode == 2, "\(probe.errors)")
            #expect(try probe.evidence.checks("login", gate: "auth_probe", ok: true).isEmpty)
        }

        @Test("A principal that cannot log in is inconclusive")
        func wrongPassword() async throws {
            let world = try await AccessWorld.shared
            try await world.set([.allow("billing", "read", "acc-orders")])
            let files = try [
                world.client("billing", on: world.source), world.client("billing", on: world.target, password: "wr0ng"),
            ]
            let run = try await world.run(
                "effective_permission", set: ["topics=acc-orders", "groups=\(AccessWorld.group)"],
                options: ["--principal", "billing=\(files.joined(separator: ":"))"])
            #expect(run.exitCode == 2, "\(run.errors)")
            #expect(
                try run.evidence.of("unknown", gate: "effective_permission").contains {
                    $0["message"].string?.contains("SASL_AUTHENTICATION_FAILED") == true
                })
        }

        @Test("A principal called self is that principal, not the run's own login")
        func calledSelf() async throws {
            let world = try await AccessWorld.shared
            try await world.set(
                [.allow("billing", "read", "acc-orders")], target: [.allow("billing", "write", "acc-orders")])
            let run = try await world.run("effective_permission", as: ["self": "billing"], set: ["topics=acc-orders"])
            #expect(run.exitCode == 1, "\(run.errors)")
            let own = try await world.run("effective_permission", set: ["topics=acc-orders"])
            #expect(own.exitCode == 0, "\(own.errors)")
        }

        @Test("A principal without a credential is warned about: brokers take it for somebody else")
        func noCredential() async throws {
            let world = try await AccessWorld.shared
            let folder = try TemporaryFolder()
            let file = try folder.write("security.protocol=PLAINTEXT\n", to: "guest.properties")
            let run = try await world.run("auth_probe", options: ["--principal", "guest=\(file)"])
            #expect(run.errors.contains { $0.contains("principal guest") && $0.contains("User:ANONYMOUS") })
        }

        @Test("Who may not describe ACLs, quotas or credentials learns nothing, and passes nothing")
        func mayNotDescribe() async throws {
            let world = try await AccessWorld.shared
            try await world.set([.allow("billing", "read", "acc-orders")])
            let options = try [
                "--source-config", world.client("billing", on: world.source),
                "--target-config", world.client("billing", on: world.target), "--allow", "plaintext_password",
            ]
            let gates = ["acl_parity", "quota_parity", "least_privilege", "inv_acls", "inv_quotas", "inv_credentials"]
            let run = try await SluiceCommand.gates(
                gates, source: world.source.bootstrap(KafkaSecurity.listener),
                target: world.target.bootstrap(KafkaSecurity.listener), set: ["least_privilege.cluster=source"],
                options)
            #expect(run.exitCode == 2, "\(run.errors)")
            let evidence = try run.evidence
            for gate in gates {
                #expect(evidence.verdict(of: gate) == "inconclusive", "\(gate)")
                #expect(Set(evidence.reasons(of: gate)) == ["CLUSTER_AUTHORIZATION_FAILED"], "\(gate)")
            }
        }

        @Test("A cluster without an authorizer has no list that could be the same, narrow or captured")
        func noAuthorizer() async throws {
            let world = try await AccessWorld.shared
            let open = try await SharedKafka.source
            let gates = ["acl_parity", "least_privilege", "inv_acls"]
            let run = try await SluiceCommand.gates(
                gates, source: open.bootstrap, target: world.target.bootstrap, set: ["least_privilege.cluster=source"])
            #expect(run.exitCode == 2, "\(run.errors)")
            let evidence = try run.evidence
            for gate in gates {
                #expect(evidence.verdict(of: gate) == "inconclusive", "\(gate)")
                #expect(evidence.reasons(of: gate).contains("SECURITY_DISABLED"), "\(gate)")
            }
        }
    }
}
