import KafkaClient
import KafkaFacts
import KafkaRecords
import KafkaWire
import ScriptedBroker
import Testing
import Transport

/// Answers of brokers that are broken, lie or come from a release to be.
///
/// No Kafka gives them, and so the embedded one does not: they are scripted. What Kafka does answer, errors included, is
/// the matter of the other suites.
@Suite struct WrongAnswerTests {
    // MARK: Access

    @Test("codes of an entry that a later release may bring are taken for none of Kafka's words")
    func laterCodes() async throws {
        try await Scene.scripted(ClusterModel()) { cluster, client in
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

    @Test("a transactional id that is listed, yet left out of the answer about it, is an error and not gone")
    func transactionLeftOut() async throws {
        try await Scene.scripted(ClusterModel()) { cluster, client in
            cluster.on(ListTransactionsRequest.self) { _, _ in
                .answer(
                    .with { $0.transactionStates = ["a", "b"].map { id in .with { $0.transactionalID = id } } })
            }
            for (isLeftOut, isGone) in [(true, false), (false, true)] {
                cluster.on(DescribeTransactionsRequest.self) { request, _ in
                    .answer(
                        .with {
                            $0.transactionStates = request.transactionalIDs.filter { !isLeftOut || $0 == "a" }.map {
                                id in
                                .with {
                                    $0.transactionalID = id
                                    $0.transactionState = "Ongoing"
                                    if id == "b" { $0.error = .transactionalIDNotFound }
                                }
                            }
                        })
                }
                if isGone {
                    let found = try await client.transactions(Scene.context)
                    #expect(found.map(\.transactionalID) == ["a"])
                } else {
                    let error = await failure { try await client.transactions(Scene.context) }
                    #expect(error?.name == "protocol" && error?.message.contains(" b ") == true)
                }
            }
        }
    }

    @Test("topics whose partitions are not those from 0 on are an error where operations are asked for too")
    func partitionsMissing() async throws {
        try await Scene.scripted(Self.model()) { cluster, client in
            cluster.amend(MetadataRequest.self) { response, _ in
                for topic in response.topics.indices { response.topics[topic].partitions[0].index = 1 }
            }
            let error = await failure { try await client.topics(["log"], withOperations: true, Scene.context) }
            #expect(error?.name == "protocol" && error?.message.contains("log") == true)
        }
    }

    @Test("operations that a broker does not compute are not told, and not none")
    func operations() async throws {
        try await Scene.scripted(Self.model()) { _, client in
            let facts = try await client.topics(nil, withOperations: true, Scene.context)
            #expect(facts.count == 1 && facts[0].authorizedOperations == nil)
        }
    }

    @Test("neither quotas nor an error is not the same as no quotas")
    func quotas() async throws {
        try await Scene.scripted(ClusterModel()) { cluster, client in
            cluster.on(DescribeClientQuotasRequest.self) { _, _ in .answer(.with { $0.entries = nil }) }
            let error = await failure { try await client.quotas(Scene.context) }
            #expect(error?.name == "protocol", "\(error as Any)")
        }
    }

    @Test("a user whose credentials are not told must not be missing from the list")
    func scramUsers() async throws {
        try await Scene.scripted(ClusterModel()) { cluster, client in
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

    @Test("configuration that the answer leaves out is an error")
    func configs() async throws {
        try await Scene.scripted(Self.model()) { cluster, client in
            cluster.on(DescribeConfigsRequest.self) { _, _ in .answer(.init()) }
            let missing = await client.configs(of: [.topic("log")], Scene.context)
            #expect(missing[0].error?.name == "protocol")
        }
    }

    // MARK: Offsets

    @Test("commits that the answer leaves out, and offsets that are none, are errors")
    func commits() async throws {
        var model = ClusterModel()
        model.topics["log"] = .init(partitions: 2)
        var group = ClusterModel.Group()
        group.commits = [TopicPartition("log", 0): 10, TopicPartition("log", 1): 11]
        model.groups["g"] = group
        try await Scene.scripted(model) { cluster, client in
            cluster.amend(OffsetFetchRequest.self) { response, _ in
                response.groups[0].topics[0].partitions.removeAll { $0.index == 0 }
                response.groups[0].topics[0].partitions[0].committedOffset = -2
            }
            let found = try await client.committedOffsets(
                of: "g", partitions: [TopicPartition("log", 0), TopicPartition("log", 1)], stable: true,
                Scene.context)
            #expect(found.map { $0.error?.name } == ["protocol", "protocol"])
            cluster.amend(OffsetFetchRequest.self) { response, _ in response.groups[0].groupID = "other" }
            let error = await failure {
                try await client.committedOffsets(of: "g", partitions: nil, stable: true, Scene.context)
            }
            #expect(error?.name == "protocol")
        }
    }

    @Test("offsets that are none are refused", arguments: [Int64(-1), -2, .min, .max])
    func impossible(offset: Int64) async throws {
        try await Scene.scripted(Self.model()) { cluster, client in
            cluster.amend(ListOffsetsRequest.self) { response, _ in response.topics[0].partitions[0].offset = offset }
            let end = await client.offsets(.end, of: [Scene.log], Scene.context)[0]
            #expect(end.error?.name == "protocol")
            let time = await client.offsets(.time(5), of: [Scene.log], Scene.context)[0]
            #expect((time.error?.name == "protocol") == (offset != -1))
        }
    }

    @Test("a broker whose two answers contradict each other is believed in neither", arguments: [Int64(4), 9])
    func contradiction(highWatermark: Int64) async throws {
        try await Scene.scripted(Self.model { $0.end = 7 }) { cluster, client in
            cluster.amend(FetchRequest.self) { response, _ in
                response.responses[0].partitions[0].highWatermark = highWatermark
                response.responses[0].partitions[0].lastStableOffset = 0
            }
            #expect(await Self.boundsError(client)?.message.contains("contradicts itself") == true)
        }
    }

    @Test(
        "offsets out of order are a broken broker",
        arguments: [((5, 4, 9), "out of order"), ((0, 9, 8), "out of order"), ((10, 9, 9), "OFFSET_OUT_OF_RANGE")])
    func outOfOrder(offsets: (start: Int64, stable: Int64, end: Int64), message: String) async throws {
        let model = Self.model {
            ($0.start, $0.stable, $0.end) = (offsets.start, offsets.stable, offsets.end)
        }
        try await Scene.scripted(model) { _, client in
            #expect(await Self.boundsError(client)?.description.contains(message) == true)
        }
    }

    private static func boundsError(_ client: KafkaCluster) async -> KafkaError? {
        await client.logBounds(of: [Scene.log], Scene.context)[0].error
    }

    // MARK: Records

    @Test("a batch that comes in part, as before KIP-74, is asked for again with more room")
    func partOfBatch() async throws {
        try await Self.withRecords(size: 300_000) { cluster, client in
            cluster.on(FetchRequest.self) { request, _ in
                Self.answer(cluster, bytes: Int(request.topics[0].partitions[0].partitionMaxBytes))
            }
            let slice = try await Self.records(client, to: 2)
            #expect(slice.records.count == 2)
            #expect(try cluster.requests(FetchRequest.self).count == 2)
        }
    }

    @Test("a broker that never sends a whole batch is given up, not asked for ever")
    func neverWhole() async throws {
        try await Self.withRecords { cluster, client in
            cluster.on(FetchRequest.self) { _, _ in Self.answer(cluster, bytes: 70) }
            #expect(await failure { try await Self.records(client) }?.name == "protocol")
            let asked = try cluster.requests(FetchRequest.self)
            #expect(asked.count < 10)
        }
    }

    @Test("a broker that answers with nothing, though there is something, is asked a few times")
    func nothing() async throws {
        try await Self.withRecords { cluster, client in
            cluster.amend(FetchRequest.self) { response, call in
                if call.number < 3 { response.responses[0].partitions[0].records = [] }
            }
            let slice = try await Self.records(client)
            #expect(slice.records.count == 2)
        }
    }

    @Test("a stable offset above the high watermark is an error")
    func stableAboveEnd() async throws {
        try await Self.withRecords { cluster, client in
            cluster.amend(FetchRequest.self) { response, _ in
                response.responses[0].partitions[0].lastStableOffset = 3
            }
            #expect(await failure { try await Self.records(client) }?.name == "protocol")
        }
    }

    private static func records(_ client: KafkaCluster, to end: Int64 = 1000) async throws -> RecordSlice {
        try await client.records(
            of: Scene.log, from: 0, to: end, count: 10, isolation: .readUncommitted, maxBytes: 1 << 20, Scene.context)
    }

    /// So many bytes of the log, wherever its batches end.
    private static func answer(_ cluster: ScriptedCluster, bytes: Int) -> Reaction<FetchResponse> {
        let partition = cluster.model.topics["log"]?.partitions[0]
        return .records(partition?.records.prefix(bytes) ?? [], of: "log", end: 2)
    }

    // MARK: Models

    /// One topic, `log`, of one partition.
    private static func model(_ change: (inout ClusterModel.Partition) -> Void = { _ in }) -> ClusterModel {
        var model = ClusterModel()
        var partition = ClusterModel.Partition()
        change(&partition)
        model.topics["log"] = .init([partition])
        return model
    }

    /// The same with two records in one batch.
    private static func withRecords(
        size: Int = 10, _ body: @Sendable (ScriptedCluster, KafkaCluster) async throws -> Void
    ) async throws {
        var builder = RecordBatchBuilder(.init(), compressor: Compressor(.none))
        for _ in 0..<2 { try builder.append(timestamp: 1000, key: nil, value: [UInt8](repeating: 7, count: size)) }
        var model = ClusterModel()
        model.topics["log"] = .init([try ClusterModel.Partition(batches: [try builder.build()])])
        try await Scene.scripted(model, body)
    }
}
