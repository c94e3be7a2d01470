import EmbeddedKafka
import KafkaRecords
import KafkaWire
import Testing

@Suite struct TransactionAnswerTests {
    private static func producer(_ cluster: EmbeddedCluster, _ id: String = "tx") async throws -> (Int64, Int16) {
        let answer = try await cluster.ask(
            InitProducerIdRequest.with {
                $0.transactionalID = id
                $0.transactionTimeoutMs = 60_000
            })
        return (answer?.producerID ?? -1, answer?.producerEpoch ?? -1)
    }

    private static func end(_ producer: (Int64, Int16), committed: Bool, _ id: String = "tx") -> EndTxnRequest {
        .with {
            $0.transactionalID = id
            $0.producerID = producer.0
            $0.producerEpoch = producer.1
            $0.committed = committed
        }
    }

    private static func write(
        _ producer: (Int64, Int16), sequence: Int32 = 0, _ id: String = "tx"
    ) throws -> ProduceRequest {
        var traits = RecordBatchBuilder.Traits()
        (traits.producerId, traits.producerEpoch) = producer
        traits.baseSequence = sequence
        traits.isTransactional = true
        var builder = RecordBatchBuilder(traits)
        try builder.append(timestamp: 1_700_000_000_000, key: nil, value: [1])
        let batch = try builder.build()
        return .with {
            $0.acks = -1
            $0.transactionalID = id
            $0.topicData = [
                .with {
                    $0.name = "orders"
                    $0.partitionData = [.with { $0.records = batch[...] }]
                }
            ]
        }
    }

    private static func add(_ producer: (Int64, Int16)) -> AddPartitionsToTxnRequest {
        .with {
            $0.transactionalID = "tx"
            $0.producerID = producer.0
            $0.producerEpoch = producer.1
            $0.topics = [
                .with {
                    $0.name = "orders"
                    $0.partitions = [0]
                }
            ]
        }
    }

    @Test("A transaction that takes too long is aborted with markers, and its producer fenced")
    func timeout() async throws {
        try await withCluster { cluster async throws in
            cluster.change { $0.createTopic("orders") }
            let producer = try await Self.producer(cluster)
            _ = try await cluster.ask(Self.add(producer), 3)
            _ = try await cluster.ask(try Self.write(producer), 9)
            cluster.advance(ms: 60_000)
            func state() async throws -> String? {
                try await cluster.ask(DescribeTransactionsRequest.with { $0.transactionalIDs = ["tx"] })?
                    .transactionStates.first?.transactionState
            }
            #expect(try await state() == "Ongoing")
            #expect(cluster.read { $0.log(of: "orders") }?.lastStableOffset == 0)
            cluster.advance(ms: 1)
            #expect(try await state() == "CompleteAbort")
            #expect(cluster.read { $0.log(of: "orders") }?.lastStableOffset == 2)
            let read = try #require(try await cluster.ask(FetchRequest.one("orders", from: 0))?.first)
            #expect(read.abortedTransactions?.map(\.firstOffset) == [0])
            let end = try await cluster.ask(Self.end(producer, committed: true), 3)
            #expect(end?.error == .producerFenced)
        }
    }

    @Test("An announced transaction is written, held back, and let through by its end")
    func announced() async throws {
        try await withCluster(.kafka3) { cluster async throws in
            cluster.change { $0.createTopic("orders") }
            let producer = try await Self.producer(cluster)
            #expect(try await cluster.ask(Self.write(producer), 9)?.first?.error == .invalidTxnState)
            _ = try await cluster.ask(Self.add(producer))
            #expect(try await cluster.ask(Self.write(producer), 9)?.first?.error == KafkaErrorCode.none)
            #expect(cluster.read { $0.log(of: "orders")?.lastStableOffset } == 0)
            #expect(try await cluster.ask(Self.end(producer, committed: true), 4)?.error == KafkaErrorCode.none)
            #expect(cluster.read { $0.log(of: "orders")?.lastStableOffset } == 2)
            #expect(cluster.read { $0.transactions["tx"]?.state } == "CompleteCommit")
        }
    }

    @Test("Since KIP-890 writing begins a transaction and each end begins an epoch; an end asked for twice is one")
    func epochs() async throws {
        try await withCluster(.kafka4) { cluster async throws in
            cluster.change { $0.createTopic("orders") }
            let producer = try await Self.producer(cluster)
            #expect(try await cluster.ask(Self.write(producer), 12)?.first?.error == KafkaErrorCode.none)
            for _ in 0..<2 {
                let end = try await cluster.ask(Self.end(producer, committed: false), 5)
                #expect(end?.error == KafkaErrorCode.none && end?.producerEpoch == producer.1 + 1)
            }
            #expect(cluster.read { $0.log(of: "orders")?.highWatermark } == 2)
            #expect(try await cluster.ask(Self.write(producer), 12)?.first?.error == .invalidProducerEpoch)
            let fetched = try await cluster.ask(FetchRequest.one("orders", from: 0))?.first
            #expect(fetched?.abortedTransactions?.map(\.firstOffset) == [0])
        }
    }

    @Test("Whoever comes with the same id ends what was open and fences its producer")
    func fencing() async throws {
        try await withCluster { cluster async throws in
            cluster.change { $0.createTopic("orders") }
            let old = try await Self.producer(cluster)
            _ = try await cluster.ask(Self.write(old), 12)
            let again = InitProducerIdRequest.with {
                $0.transactionalID = "tx"
                $0.transactionTimeoutMs = 60_000
            }
            #expect(try await cluster.ask(again)?.error == .concurrentTransactions)
            let new = try #require(try await cluster.ask(again))
            #expect(new.error == .none && new.producerID == old.0 && new.producerEpoch == old.1 + 2)
            #expect(cluster.read { $0.log(of: "orders")?.lastStableOffset } == 2)
            #expect(try await cluster.ask(Self.end(old, committed: true), 4)?.error == .producerFenced)
        }
    }

    @Test(
        "Offsets of a transaction count once it is committed, and are forgotten where it is not",
        arguments: [true, false])
    func offsets(committed: Bool) async throws {
        try await withCluster { cluster async throws in
            cluster.change { state in
                state.createTopic("orders")
                state.commit(1, of: "g", "orders")
            }
            let producer = try await Self.producer(cluster)
            let commit = TxnOffsetCommitRequest.with {
                $0.transactionalID = "tx"
                $0.groupID = "g"
                $0.producerID = producer.0
                $0.producerEpoch = producer.1
                $0.topics = [
                    .with {
                        $0.name = "orders"
                        $0.partitions = [.with { $0.committedOffset = 9 }]
                    }
                ]
            }
            let taken = try await cluster.ask(commit, 5)
            #expect(taken?.topics.first?.partitions.first?.error == KafkaErrorCode.none)
            func fetched(stable: Bool) async throws -> OffsetFetchResponse.Partition? {
                let request = OffsetFetchRequest.with {
                    $0.requireStable = stable
                    $0.groups = [
                        .with {
                            $0.groupID = "g"
                            $0.topics = nil
                        }
                    ]
                }
                return try await cluster.ask(request)?.groups.first?.topics.first?.partitions.first
            }
            #expect(try await fetched(stable: false)?.committedOffset == 1)
            #expect(try await fetched(stable: true)?.error == .unstableOffsetCommit)
            _ = try await cluster.ask(Self.end(producer, committed: committed), 5)
            #expect(try await fetched(stable: true)?.committedOffset == (committed ? 9 : 1))
        }
    }
}

extension ProduceResponse {
    fileprivate var first: Partition? { responses.first?.partitionResponses.first }
}
