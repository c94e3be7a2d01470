import EmbeddedKafka
import KafkaWire

/// Logins, and what somebody is told who may not do everything.
extension Conformance {
    private static let alice = "SASL/alice"

    func access(from now: Int64) async throws {
        try await logins()
        try await entries()
        try await logIn(Self.alice)
        try await metadataOfAlice()
        try await recordsOfAlice(now)
        try await groupsOfAlice()
        try await transactionsOfAlice()
        try await administrationOfAlice()
        try await removal()
    }

    // MARK: Logins

    private func handshake(_ mechanism: String, on connection: String) async throws {
        try await once("\(mechanism) on \(connection)", on: connection, at: 1) { _ in
            SaslHandshakeRequest.with { $0.mechanism = mechanism }
        }
    }

    private func token(_ text: String, _ what: String, on connection: String, at version: Int16 = 2) async throws {
        try await once(what, on: connection, at: version) { _ in
            SaslAuthenticateRequest.with { $0.authBytes = Array(text.utf8) }
        }
    }

    private func logIn(_ connection: String) async throws {
        try await handshake("PLAIN", on: connection)
        try await token("\0alice\0alice-secret", "the right password", on: connection)
    }

    private func logins() async throws {
        for version: Int16 in 0...2 {
            try await handshake("PLAIN", on: "SASL/\(version)")
            try await token("\0alice\0alice-secret", "the right password", on: "SASL/\(version)", at: version)
            try await once("after the login", on: "SASL/\(version)") { _ in Self.metadata([]) }
        }
        for (name, text) in [
            ("password", "\0alice\0wrong"), ("user", "\0nobody\0alice-secret"),
            ("identity", "bob\0alice\0alice-secret"),
            ("form", "alice"), ("emptiness", ""),
        ] {
            try await handshake("PLAIN", on: "SASL/wrong \(name)")
            try await token(text, "the wrong \(name)", on: "SASL/wrong \(name)")
        }
        try await handshake("NONE-SUCH", on: "SASL/unknown")
        for mechanism in ["SCRAM-SHA-256", "SCRAM-SHA-512"] {
            try await handshake(mechanism, on: "SASL/\(mechanism)")
            try await token("n,,n=alice,r=ours", "the first message", on: "SASL/\(mechanism)")
            try await token("c=biws,r=theirs,p=AAAA", "a proof of nothing", on: "SASL/\(mechanism)")
            try await handshake(mechanism, on: "SASL/nobody \(mechanism)")
            try await token("n,,n=nobody,r=ours", "nobody's message", on: "SASL/nobody \(mechanism)")
        }
        try await once("before the login", on: "SASL/early") { _ in Self.metadata([]) }
        try await once("versions before the login", on: "SASL/versions", at: 0) { _ in DescribeClusterRequest() }
        try await once("a token without a handshake", on: "SASL/token") { _ in
            SaslAuthenticateRequest.with { $0.authBytes = Array("\0alice\0alice-secret".utf8) }
        }
        try await handshake("PLAIN", on: "PLAINTEXT/handshake")
        try await token("\0alice\0alice-secret", "where nobody logs in", on: "PLAINTEXT/token")
    }

    // MARK: Entries

    private static func entry(
        _ permission: Int8, _ operation: Int8, on type: Int8, _ name: String, pattern: Int8 = 3,
        principal: String = "User:alice", host: String = "*"
    ) -> CreateAclsRequest.Creation {
        .with {
            $0.principal = principal
            $0.host = host
            $0.operation = operation
            $0.permissionType = permission
            $0.resourceType = type
            $0.resourceName = name
            $0.resourcePatternType = pattern
        }
    }

    private func entries() async throws {
        typealias C = Conformance
        let creations = [
            C.entry(3, 3, on: 2, "orders"), C.entry(3, 8, on: 2, "made-", pattern: 4), C.entry(3, 2, on: 2, "small"),
            C.entry(2, 3, on: 2, "small"), C.entry(3, 4, on: 2, "ledger"), C.entry(3, 10, on: 2, "empty"),
            C.entry(3, 3, on: 3, "simple"), C.entry(3, 8, on: 3, "lives-", pattern: 4),
            C.entry(3, 8, on: 5, "commit"), C.entry(3, 4, on: 5, "hers"), C.entry(3, 5, on: 2, "new-", pattern: 4),
            C.entry(3, 3, on: 2, "stamped", host: "10.1.2.3"), C.entry(3, 8, on: 2, "compacted", principal: "User:*"),
            C.entry(3, 11, on: 2, "trimmed"),
        ]
        try await ask("of all", CreateAclsRequest.with { $0.creations = creations })
        for (what, wrong) in [
            ("any operation", C.entry(3, 1, on: 2, "x")),
            ("any permission", C.entry(1, 3, on: 2, "x")), ("any resource", C.entry(3, 3, on: 1, "x")),
            ("any pattern", C.entry(3, 3, on: 2, "x", pattern: 1)), ("no name", C.entry(3, 3, on: 2, "")),
            ("another cluster", C.entry(3, 8, on: 4, "x")),
        ] {
            try await ask("with \(what)", CreateAclsRequest.with { $0.creations = [wrong] })
        }
        try await ask("of nothing", CreateAclsRequest())
        for filter in filters { try await ask("filtered", filter) }
    }

    private var filters: [DescribeAclsRequest] {
        func filter(_ type: Int8, _ name: String?, _ pattern: Int8, _ principal: String?, _ operation: Int8)
            -> DescribeAclsRequest
        {
            .with {
                $0.resourceTypeFilter = type
                $0.resourceNameFilter = name
                $0.patternTypeFilter = pattern
                $0.principalFilter = principal
                $0.hostFilter = nil
                $0.operation = operation
                $0.permissionType = 1
            }
        }
        return [
            filter(1, nil, 1, nil, 1), filter(2, "made-7", 2, nil, 1), filter(2, "made-", 4, nil, 1),
            filter(2, nil, 3, "User:alice", 3), filter(3, "simple", 3, nil, 1), filter(4, nil, 1, nil, 1),
            filter(2, "compacted", 2, "User:*", 1), filter(2, "nowhere", 3, nil, 1), filter(1, nil, 1, "User:bob", 1),
        ]
    }

    private static let anything = DeleteAclsRequest.Filter.with {
        $0.resourceTypeFilter = 1
        $0.resourceNameFilter = nil
        $0.patternTypeFilter = 1
        $0.principalFilter = nil
        $0.hostFilter = nil
        $0.operation = 1
        $0.permissionType = 1
    }

    private func removal() async throws {
        @Sendable func filter(_ type: Int8, _ name: String?, _ pattern: Int8) -> DeleteAclsRequest.Filter {
            .with {
                $0.resourceTypeFilter = type
                $0.resourceNameFilter = name
                $0.patternTypeFilter = pattern
                $0.principalFilter = nil
                $0.hostFilter = nil
                $0.operation = 1
                $0.permissionType = 1
            }
        }
        try await once("of one topic's and nothing") { _ in
            DeleteAclsRequest.with { $0.filters = [filter(2, "small", 3), filter(2, "nowhere", 3)] }
        }
        try await ask("of what is gone", DeleteAclsRequest.with { $0.filters = [filter(2, "small", 3)] })
        try await ask("what is left", filters[0])
    }

    // MARK: Alice

    private func metadataOfAlice() async throws {
        typealias C = Conformance
        try await ask("all for alice", on: C.alice, C.metadata(nil, operations: true))
        try await ask(
            "some for alice", on: C.alice, C.metadata(["orders", "empty", "nowhere", "made-7", "a b", "stamped"]))
        try await ask("the cluster for alice", on: C.alice, in: 8...10, C.metadata([], cluster: true))
        try await ask("by id for alice", on: C.alice, in: 12...12) { side, _ in
            MetadataRequest.with {
                $0.topics = ["orders", "empty"].map { name in
                    .with {
                        $0.topicID = side.id(of: name)
                        $0.name = nil
                    }
                }
            }
        }
        try await ask(
            "the cluster for alice", on: C.alice,
            DescribeClusterRequest.with { $0.includeClusterAuthorizedOperations = true })
    }

    private func recordsOfAlice(_ now: Int64) async throws {
        typealias C = Conformance
        let batch = try C.batch([("a", "1")], at: now)
        for topic in ["orders", "small", "ledger", "empty", "made-7", "nowhere", "stamped"] {
            try await ask("\(topic) for alice", on: C.alice, C.fetch(topic, from: 0))
            try await ask("\(topic) for alice", on: C.alice, C.listOffsets(topic, at: -1))
            try await ask("\(topic) by alice", on: C.alice, in: 9...12, C.produce(batch, to: topic))
            try await ask(
                "\(topic) for alice", on: C.alice,
                OffsetForLeaderEpochRequest.with {
                    $0.replicaID = -1
                    $0.topics = [
                        .with {
                            $0.name = topic
                            $0.partitions = [.init()]
                        }
                    ]
                })
            try await ask(
                "\(topic) for alice", on: C.alice,
                DescribeProducersRequest.with {
                    $0.topics = [
                        .with {
                            $0.name = topic
                            $0.partitionIndexes = [0]
                        }
                    ]
                })
            try await ask(
                "\(topic) by alice", on: C.alice,
                DeleteRecordsRequest.with {
                    $0.timeoutMs = 10_000
                    $0.topics = [
                        .with {
                            $0.name = topic
                            $0.partitions = [.with { $0.offset = 0 }]
                        }
                    ]
                })
        }
    }

    private func groupsOfAlice() async throws {
        typealias C = Conformance
        for group in ["simple", "lives-of-3", "second-of-5", "unknown"] {
            try await ask("\(group) for alice", on: C.alice, in: 1...3, FindCoordinatorRequest.with { $0.key = group })
            try await ask("\(group) for alice", on: C.alice, in: 4...6) { _, _ in
                FindCoordinatorRequest.with { $0.coordinatorKeys = [group] }
            }
            try await ask("\(group) for alice", on: C.alice) { _, version in
                C.offsetFetch(group, ["orders": [0], "empty": [0]], version)
            }
            try await ask("all of \(group) for alice", on: C.alice) { _, version in C.offsetFetch(group, nil, version) }
            try await ask("\(group) by alice", on: C.alice, C.offsetCommit(group, "orders", [0: 1]))
            try await ask("\(group) by alice, elsewhere", on: C.alice, C.offsetCommit(group, "empty", [0: 1]))
            try await ask(
                "\(group) for alice", on: C.alice,
                DescribeGroupsRequest.with {
                    $0.groups = [group]
                    $0.includeAuthorizedOperations = true
                })
            try await ask(
                "\(group) for alice", on: C.alice, ConsumerGroupDescribeRequest.with { $0.groupIDs = [group] })
            try await ask("\(group) by alice", on: C.alice, DeleteGroupsRequest.with { $0.groupsNames = [group] })
            try await ask("\(group) by alice", on: C.alice, OffsetDeleteRequest.with { $0.groupID = group })
        }
        try await ask("groups for alice", on: C.alice, ListGroupsRequest())
        try await ask("by alice", on: C.alice, HeartbeatRequest.with { $0.groupID = "second-of-5" })
        try await ask(
            "by alice", on: C.alice,
            JoinGroupRequest.with {
                $0.groupID = "second-of-5"
                $0.sessionTimeoutMs = 10_000
            })
        try await ask("by alice", on: C.alice) { _, version in
            SyncGroupRequest.with {
                $0.groupID = "second-of-5"
                $0.protocolType = version >= 5 ? "consumer" : nil
                $0.protocolName = version >= 5 ? "range" : nil
            }
        }
        try await ask("by alice", on: C.alice, LeaveGroupRequest.with { $0.groupID = "second-of-5" })
    }

    private func transactionsOfAlice() async throws {
        typealias C = Conformance
        for id in ["commit", "open", "hers"] {
            try await ask(
                "\(id) for alice", on: C.alice, DescribeTransactionsRequest.with { $0.transactionalIDs = [id] })
            guard id != "hers" else { continue }
            try await ask(
                "\(id) by alice", on: C.alice,
                InitProducerIdRequest.with {
                    $0.transactionalID = id
                    $0.transactionTimeoutMs = 60_000
                })
            try await ask("\(id) by alice", on: C.alice, EndTxnRequest.with { $0.transactionalID = id })
            try await ask(
                "\(id) by alice", on: C.alice,
                AddPartitionsToTxnRequest.with {
                    $0.transactionalID = id
                    $0.topics = [
                        .with {
                            $0.name = "ledger"
                            $0.partitions = [0]
                        }
                    ]
                })
            try await ask(
                "\(id) by alice", on: C.alice,
                AddOffsetsToTxnRequest.with {
                    $0.transactionalID = id
                    $0.groupID = "simple"
                })
        }
        try await ask(
            "hers", on: C.alice,
            AddPartitionsToTxnRequest.with {
                $0.transactionalID = "hers"
                $0.topics = ["ledger", "empty"].map { name in
                    .with {
                        $0.name = name
                        $0.partitions = [0]
                    }
                }
            })
        try await ask(
            "hers and another's group", on: C.alice,
            AddOffsetsToTxnRequest.with {
                $0.transactionalID = "hers"
                $0.groupID = "second-of-5"
            })
        try await ask(
            "an idempotent producer", on: C.alice,
            InitProducerIdRequest.with { $0.transactionalID = nil })
        try await ask("transactions for alice", on: C.alice, ListTransactionsRequest())
    }

    private func administrationOfAlice() async throws {
        typealias C = Conformance
        for topic in ["empty", "orders", "trimmed", "nowhere", "small"] {
            try await ask("\(topic) for alice", on: C.alice, C.describeConfigs(2, topic))
        }
        try await ask("a broker for alice", on: C.alice, C.describeConfigs(4, "1"))
        try await ask("entries for alice", on: C.alice, filters[0])
        try await ask("folders for alice", on: C.alice, DescribeLogDirsRequest.with { $0.topics = nil })
        try await ask("quotas for alice", on: C.alice, DescribeClientQuotasRequest())
        try await ask("users for alice", on: C.alice, DescribeUserScramCredentialsRequest())
        try await ask(
            "reassignments for alice", on: C.alice, ListPartitionReassignmentsRequest.with { $0.topics = nil })
        try await ask(
            "entries by alice", on: C.alice, CreateAclsRequest.with { $0.creations = [C.entry(3, 3, on: 2, "x")] })
        try await ask("entries by alice", on: C.alice, DeleteAclsRequest.with { $0.filters = [Self.anything] })
        try await ask("a topic by alice", on: C.alice) { _, version in
            C.createTopics(["new-\(version)", "other-\(version)"])
        }
        try await ask("topics by alice", on: C.alice, in: 1...5) { _, _ in
            DeleteTopicsRequest.with {
                $0.timeoutMs = 10_000
                $0.topicNames = ["orders", "empty", "nowhere"]
            }
        }
        try await ask("topics by alice", on: C.alice, in: 6...6) { side, _ in
            DeleteTopicsRequest.with {
                $0.timeoutMs = 10_000
                $0.topics = [
                    .with { $0.name = "orders" }, .with { $0.name = "empty" },
                    .with { $0.topicID = side.id(of: "orders") },
                ]
            }
        }
    }
}
