import KafkaClient
import KafkaFacts
import KafkaWire
import ScriptedBroker
import Testing
import Transport

@Suite struct AclFactsTests {
    @Test("an entry's codes are Kafka's words, and those of a later release are taken for none of them")
    func words() async throws {
        try await Scene.with { cluster, client in
            cluster.on(DescribeAclsRequest.self) { _, _ in
                .answer(
                    .with {
                        $0.resources = [(Int8(2), Int8(3)), (3, 4), (8, 5)].map { type, pattern in
                            .with {
                                $0.resourceType = type
                                $0.resourceName = "orders"
                                $0.patternType = pattern
                                $0.acls = [(Int8(3), Int8(3)), (15, 2), (16, 4)].map { operation, permission in
                                    .with {
                                        $0.principal = "User:billing"; $0.host = "*"
                                        $0.operation = operation; $0.permissionType = permission
                                    }
                                }
                            }
                        }
                    })
            }
            let acls = try await client.acls(Scene.context)
            #expect(acls.count == 9)
            #expect(Set(acls.map(\.resourceType)) == ["topic", "group", "unknown_8"])
            #expect(Set(acls.map(\.patternType)) == ["literal", "prefixed", "unknown_5"])
            #expect(acls.prefix(3).map(\.operation) == ["read", "two_phase_commit", "unknown_16"])
            #expect(acls.prefix(3).map(\.permission) == ["allow", "deny", "unknown_4"])
        }
    }

    @Test("a cluster without an authorizer is an error and not an empty list")
    func disabled() async throws {
        try await Scene.with { cluster, client in
            cluster.on(DescribeAclsRequest.self) { _, _ in .answer(.with { $0.error = .securityDisabled }) }
            #expect(await failure { try await client.acls(Scene.context) }?.name == "SECURITY_DISABLED")
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
        for (newest, known) in [(Int16(5), 3), (6, 5)] {
            var model = ClusterModel()
            model.versions[.describeGroups] = 0...newest
            try await Scene.with(brokers: 2, model) { cluster, client in
                cluster.amend(DescribeGroupsRequest.self) { response, _ in
                    response.groups[0].authorizedOperations = 0b1_0000_1000
                }
                let operations = try await client.operations(onGroup: "nobody", Scene.context)
                #expect(operations.authorized == [.read, .describe])
                #expect(operations.known.count == known)
                let asked = try cluster.requests(DescribeGroupsRequest.self)
                #expect(asked.map(\.request.includeAuthorizedOperations) == [true])
                #expect(asked.map(\.call.version) == [5])
            }
        }
    }

    @Test("a group that may not be described, and brokers without that version, are errors")
    func noGroupOperations() async throws {
        try await Scene.with { cluster, client in
            cluster.amend(DescribeGroupsRequest.self) { response, _ in
                response.groups[0].error = .groupAuthorizationFailed
            }
            #expect(await failure { try await client.operations(onGroup: "g", Scene.context) }?.code == 30)
        }
        for versions in [Int16(0)...2, 6...6] {
            var model = ClusterModel()
            model.versions[.describeGroups] = versions
            try await Scene.with(model) { _, client in
                let error = await failure { try await client.operations(onGroup: "g", Scene.context) }
                #expect(error?.name == "protocol.unsupported")
            }
        }
    }

    @Test("no quotas and no word about them are not the same")
    func quotas() async throws {
        try await Scene.with { cluster, client in
            cluster.on(DescribeClientQuotasRequest.self) { _, _ in .answer(.with { $0.entries = [] }) }
            let none = try await client.quotas(Scene.context)
            #expect(none.isEmpty)
        }
        try await Scene.with { cluster, client in
            cluster.on(DescribeClientQuotasRequest.self) { _, _ in .answer(.with { $0.entries = nil }) }
            let error = await failure { try await client.quotas(Scene.context) }
            #expect(error?.name == "protocol", "\(error as Any)")
        }
    }

    @Test("a user whose credentials are not told must not be missing from the list")
    func scramUsers() async throws {
        try await Scene.with { cluster, client in
            cluster.on(DescribeUserScramCredentialsRequest.self) { _, _ in
                .answer(
                    .with {
                        $0.results = [
                            .with {
                                $0.user = "billing"
                                $0.credentialInfos = [
                                    .with {
                                        $0.mechanism = 2; $0.iterations = 4096
                                    }
                                ]
                            },
                            .with {
                                $0.user = "orders"; $0.error = .resourceNotFound; $0.errorMessage = nil
                            },
                        ]
                    })
            }
            let error = await failure { try await client.scramUsers(Scene.context) }
            #expect(error?.name == "RESOURCE_NOT_FOUND" && error?.message.contains("orders") == true)
        }
    }
}
