import EmbeddedClusters
import EmbeddedKafka
import KafkaClient
import KafkaFacts
import KafkaWire
import Testing
import Transport

@Suite struct AclFactsTests {
    @Test("entries come as they were made, in Kafka's words")
    func entries() async throws {
        try await EmbeddedScene.with { state in
            state.access.hasAuthorizer = true
            state.access.superUsers = ["User:ANONYMOUS"]
            state.access.entries = AccessControl.Operation.allCases.map { operation in
                .init(.allow, "User:billing", operation, .topic, "orders")
            }
            state.access.entries += [
                .init(.deny, "User:*", .read, .group, "g", pattern: .prefixed),
                .init(.allow, "User:billing", .write, .transactionalID, "t"),
                .init(.allow, "User:billing", .describe, .cluster, "kafka-cluster"),
                .init(.allow, "User:billing", .describe, .delegationToken, "token"),
                .init(.allow, "User:billing", .createTokens, .user, "User:orders"),
            ]
        } _: { scene in
            let acls = try await scene.client.acls(Scene.context)
            let orders = acls.filter { $0.resourceName == "orders" }
            #expect(
                Set(orders.map(\.operation)) == [
                    "all", "read", "write", "create", "delete", "alter", "describe", "cluster_action",
                    "describe_configs", "alter_configs", "idempotent_write", "create_tokens", "describe_tokens",
                ])
            #expect(orders.count == 13 && orders.allSatisfy { $0.permission == "allow" && $0.host == "*" })
            let group = acls.filter { $0.resourceType == "group" }
            #expect(group.map(\.principal) == ["User:*"] && group.map(\.patternType) == ["prefixed"])
            #expect(group.map(\.permission) == ["deny"])
            #expect(
                Set(acls.map(\.resourceType)) == [
                    "topic", "group", "transactional_id", "cluster", "delegation_token", "user",
                ])
            #expect(acls.count == 18)
        }
    }

    @Test("a cluster without an authorizer, or that does not show its list, is an error and not an empty list")
    func disabled() async throws {
        try await EmbeddedScene.with { scene in
            #expect(await failure { try await scene.client.acls(Scene.context) }?.name == "SECURITY_DISABLED")
            scene.cluster.change { $0.access.hasAuthorizer = true }
            #expect(await failure { try await scene.client.acls(Scene.context) }?.code == 31)
        }
    }

    @Test(
        "operations are those whose bits are set, later ones by their number; no bit is not told",
        arguments: [
            (Int32(0b1_0000_1000), ["read", "describe"]), (1 << 20 | 1 << 8, ["describe", "unknown_20"]), (0, nil),
            (-1, nil), (.min, nil),
        ] as [(Int32, [String]?)])
    func operations(bits: Int32, names: [String]?) {
        #expect(AclOperation.operations(in: bits)?.map(\.name) == names)
    }

    @Test("what may be done with a group is asked in the version that tells it of any name")
    func groupOperations() async throws {
        for (profile, known) in [(BrokerProfile.kafka3, 3), (.kafka4, 5)] {
            try await EmbeddedScene.with(profile, brokers: 2) { state in
                state.access.hasAuthorizer = true
                state.access.entries = [.init(.allow, "User:ANONYMOUS", .read, .group, "no", pattern: .prefixed)]
            } _: { scene in
                let operations = try await scene.client.operations(onGroup: "nobody", Scene.context)
                #expect(operations.authorized == [.read, .describe])
                #expect(operations.known.count == known)
                let asked = try scene.requests(DescribeGroupsRequest.self)
                #expect(asked.map(\.request.includeAuthorizedOperations) == [true])
                #expect(asked.map(\.version) == [5])
            }
        }
    }

    @Test("a group that may not be described, and brokers without that version, are errors")
    func noGroupOperations() async throws {
        try await EmbeddedScene.with { scene in
            scene.cluster.faults.add(Fault(.error(.groupAuthorizationFailed), api: .describeGroups))
            #expect(await failure { try await scene.client.operations(onGroup: "g", Scene.context) }?.code == 30)
        }
        for profile in [BrokerProfile.kafka22, .kafka4.with([.describeGroups: 6...6])] {
            try await EmbeddedScene.with(profile) { scene in
                let error = await failure { try await scene.client.operations(onGroup: "g", Scene.context) }
                #expect(error?.name == "protocol.unsupported")
            }
        }
    }

    @Test("no quotas and none that may be seen are not the same")
    func quotas() async throws {
        try await EmbeddedScene.with { scene in
            #expect(try await scene.client.quotas(Scene.context).isEmpty)
            scene.cluster.change { state in
                state.quotas = [
                    .init(
                        entity: [("user", "billing"), ("client-id", nil)],
                        values: [("producer_byte_rate", 1024), ("consumer_byte_rate", 2048)])
                ]
            }
            let quotas = try await scene.client.quotas(Scene.context)
            #expect(quotas.map(\.key) == ["producer_byte_rate", "consumer_byte_rate"])
            #expect(quotas.map(\.value) == [1024, 2048])
            #expect(quotas.allSatisfy { $0.entity == ["user": "billing", "client-id": nil] })
            scene.cluster.change { $0.access.hasAuthorizer = true }
            #expect(await failure { try await scene.client.quotas(Scene.context) }?.code == 31)
        }
    }

    @Test("the users that log in by SCRAM are listed with what they have")
    func scramUsers() async throws {
        try await EmbeddedScene.with { scene in
            #expect(try await scene.client.scramUsers(Scene.context).isEmpty)
            scene.cluster.change { state in
                state.scramUsers = [
                    "billing": [.init(mechanism: 1, iterations: 8192), .init(mechanism: 2, iterations: 4096)],
                    "orders": [.init(mechanism: 2, iterations: 4096)],
                ]
            }
            let users = try await scene.client.scramUsers(Scene.context)
            #expect(users.map(\.user) == ["billing", "orders"])
            #expect(
                users.map(\.iterations) == [["SCRAM-SHA-256": 8192, "SCRAM-SHA-512": 4096], ["SCRAM-SHA-512": 4096]])
        }
    }
}
