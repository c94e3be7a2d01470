import EmbeddedKafka
import KafkaWire
import Testing

@Suite struct AccessControlTests {
    /// Asks for all entries there are.
    private static let everyEntry = DescribeAclsRequest.with {
        $0.resourceTypeFilter = 1
        $0.resourceNameFilter = nil
        $0.patternTypeFilter = 1
        $0.principalFilter = nil
        $0.hostFilter = nil
        $0.operation = 1
        $0.permissionType = 1
    }

    /// What a user may do on a topic, by the bits of Metadata.
    private func operations(_ entries: [AccessControl.Entry], superUser: Bool = false) async throws -> Int32? {
        try await withCluster { cluster async throws in
            cluster.change { state in
                state.createTopic("orders")
                state.access.hasAuthorizer = true
                state.access.entries = entries
                if superUser { state.access.superUsers = ["User:ANONYMOUS"] }
            }
            let request = MetadataRequest.with {
                $0.topics = [.with { $0.name = "orders" }]
                $0.includeTopicAuthorizedOperations = true
            }
            let topic = try await cluster.ask(request)?.topics.first
            return topic?.error == KafkaErrorCode.none ? topic?.topicAuthorizedOperations : nil
        }
    }

    private let me = "User:ANONYMOUS"

    @Test("Nothing is allowed without an entry, and reading brings describing with it")
    func allow() async throws {
        #expect(try await operations([]) == nil)
        #expect(try await operations([.init(.allow, me, .read, .topic, "orders")]) == 1 << 3 | 1 << 8)
        #expect(try await operations([.init(.allow, "User:*", .describe, .topic, "*")]) == 1 << 8)
        #expect(
            try await operations([.init(.allow, me, .write, .topic, "ord", pattern: .prefixed)]) == 1 << 4 | 1 << 8)
        #expect(try await operations([.init(.allow, "User:else", .all, .topic, "orders")]) == nil)
        #expect(try await operations([.init(.allow, me, .all, .group, "orders")]) == nil)
    }

    @Test("A denial beats every permission, but not a super user")
    func deny() async throws {
        let entries: [AccessControl.Entry] = [
            .init(.allow, me, .all, .topic, "orders"),
            .init(.deny, "User:*", .write, .topic, "ord", pattern: .prefixed),
        ]
        let all: Int32 = [3, 4, 5, 6, 7, 8, 10, 11].reduce(0) { $0 | 1 << $1 }
        #expect(try await operations(entries) == all & ~(1 << 4))
        #expect(try await operations(entries, superUser: true) == all)
        #expect(try await operations(entries + [.init(.deny, me, .all, .topic, "orders")]) == nil)
    }

    @Test("Entries about delegation tokens and their users are taken and listed like others")
    func tokens() async throws {
        try await withCluster { cluster async throws in
            cluster.change { state in
                state.access.hasAuthorizer = true
                state.access.superUsers = ["User:ANONYMOUS"]
            }
            let codes: [(resource: Int8, operation: Int8)] = [(6, 8), (7, 13), (7, 14)]
            let request = CreateAclsRequest.with {
                $0.creations = codes.map { code in
                    .with {
                        $0.resourceType = code.resource
                        $0.resourceName = "somebody"
                        $0.resourcePatternType = 3
                        $0.principal = "User:billing"
                        $0.host = "*"
                        $0.operation = code.operation
                        $0.permissionType = 3
                    }
                }
            }
            #expect(try await cluster.ask(request)?.results.map(\.error) == [.none, .none, .none])
            let listed = try #require(try await cluster.ask(Self.everyEntry)?.resources)
            #expect(listed.map(\.resourceType) == [6, 7])
            #expect(listed.map { $0.acls.map(\.operation) } == [[8], [13, 14]])
        }
    }

    @Test("Entries are listed by what the filter matches; without an authorizer there is no list")
    func list() async throws {
        try await withCluster { cluster async throws in
            #expect(try await cluster.ask(Self.everyEntry)?.error == .securityDisabled)
            cluster.change { state in
                state.access.hasAuthorizer = true
                state.access.superUsers = ["User:ANONYMOUS"]
                state.access.entries = [
                    .init(.allow, "User:billing", .read, .topic, "orders"),
                    .init(.deny, "User:audit", .write, .topic, "orders"),
                    .init(.allow, "User:billing", .read, .group, "bill", pattern: .prefixed),
                ]
            }
            let all = try #require(try await cluster.ask(Self.everyEntry))
            #expect(all.resources.map(\.resourceName) == ["orders", "bill"])
            #expect(all.resources.map(\.acls.count) == [2, 1])
            var match = Self.everyEntry
            match.patternTypeFilter = 2
            match.resourceNameFilter = "billing"
            #expect(try await cluster.ask(match)?.resources.map(\.resourceName) == ["bill"])
            var denied = Self.everyEntry
            denied.permissionType = 2
            #expect(try await cluster.ask(denied)?.resources.map(\.acls.count) == [1])
        }
    }
}
