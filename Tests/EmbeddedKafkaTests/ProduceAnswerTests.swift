import EmbeddedKafka
import KafkaRecords
import KafkaWire
import Testing

@Suite struct ProduceAnswerTests {
    private func batch(
        _ count: Int, producer: Int64 = -1, epoch: Int16 = -1, sequence: Int32 = -1, transactional: Bool = false
    ) throws -> [UInt8] {
        var traits = RecordBatchBuilder.Traits()
        traits.producerId = producer
        traits.producerEpoch = epoch
        traits.baseSequence = sequence
        traits.isTransactional = transactional
        var builder = RecordBatchBuilder(traits)
        for index in 0..<count { try builder.append(timestamp: 1000, key: nil, value: [UInt8(index)]) }
        return try builder.build()
    }

    private func request(_ bytes: [UInt8], topic: String = "orders", acks: Int16 = -1) -> ProduceRequest {
        .with {
            $0.acks = acks
            $0.topicData = [
                .with {
                    $0.name = topic
                    $0.partitionData = [.with { $0.records = bytes[...] }]
                }
            ]
        }
    }

    private func produce(
        _ bytes: [UInt8], _ cluster: EmbeddedCluster, topic: String = "orders", acks: Int16 = -1
    ) async throws -> ProduceResponse.Partition {
        let answer = try await cluster.ask(request(bytes, topic: topic, acks: acks), 9)
        return try #require(answer?.responses.first?.partitionResponses.first)
    }

    @Test("A batch is numbered by the broker and comes back with its checksum intact")
    func numbering() async throws {
        try await withCluster { cluster async throws in
            cluster.change { $0.createTopic("orders") }
            #expect(try await produce(batch(3), cluster).baseOffset == 0)
            #expect(try await produce(batch(2), cluster).baseOffset == 3)
            let bytes = try #require(try await cluster.ask(FetchRequest.one("orders", from: 0))?.first?.records)
            let read = try RecordReader().read(FetchedRecords(bytes, from: 0))
            #expect(read.records.map(\.offset) == [0, 1, 2, 3, 4])
        }
    }

    @Test("With LogAppendTime all records have the broker's time, under a checksum that holds")
    func appendTime() async throws {
        try await withCluster { cluster async throws in
            cluster.change { $0.createTopic("orders", settings: ["message.timestamp.type": "LogAppendTime"]) }
            let now = cluster.read { $0.nowMs }
            #expect(try await produce(batch(2), cluster).logAppendTimeMs == now)
            let bytes = try #require(try await cluster.ask(FetchRequest.one("orders", from: 0))?.first?.records)
            let read = try RecordReader().read(FetchedRecords(bytes, from: 0))
            #expect(read.records.map(\.timestamp) == [now, now])
        }
    }

    @Test("Damage, size, a second batch and unknown topics are refused, and nothing is written")
    func refusals() async throws {
        try await withCluster { cluster async throws in
            cluster.change { $0.createTopic("orders", settings: ["max.message.bytes": "200"]) }
            var damaged = try batch(1)
            damaged[damaged.count - 1] ^= 1
            #expect(try await produce(damaged, cluster).error == .corruptMessage)
            #expect(try await produce(batch(40), cluster).error == .messageTooLarge)
            #expect(try await produce(batch(1) + batch(1), cluster).error == .invalidRecord)
            #expect(try await produce([], cluster).error == .invalidRecord)
            #expect(try await produce(batch(1), cluster, topic: "nowhere").error == .unknownTopicOrPartition)
            #expect(try await produce(batch(1), cluster, acks: 2).error == .invalidRequiredAcks)
            #expect(
                try await produce(batch(1, producer: 1, epoch: 0, sequence: 0, transactional: true), cluster).error
                    == .transactionalIDAuthorizationFailed)
            #expect(cluster.read { $0.log(of: "orders")?.bounds.end } == 0)
        }
    }

    @Test("An idempotent producer's repetition is stored once, a gap in its sequence not at all")
    func idempotence() async throws {
        try await withCluster { cluster async throws in
            cluster.change { $0.createTopic("orders") }
            let id = try #require(
                try await cluster.ask(InitProducerIdRequest.with { $0.transactionalID = nil })?.producerID)
            #expect(try await produce(batch(2, producer: id, epoch: 0, sequence: 0), cluster).baseOffset == 0)
            #expect(try await produce(batch(2, producer: id, epoch: 0, sequence: 0), cluster).baseOffset == 0)
            #expect(
                try await produce(batch(1, producer: id, epoch: 0, sequence: 5), cluster).error
                    == .outOfOrderSequenceNumber)
            #expect(try await produce(batch(1, producer: id, epoch: 0, sequence: 2), cluster).baseOffset == 2)
            #expect(cluster.read { $0.log(of: "orders")?.bounds.end } == 3)
        }
    }

    @Test("Without acknowledgement there is no answer, and the next request is served")
    func noAcks() async throws {
        try await withCluster { cluster async throws in
            cluster.change { $0.createTopic("orders") }
            let client = cluster.client()
            try await client.write(
                try request(batch(4), acks: 0).frame(version: 9, correlationID: 1, clientID: nil))
            let answer = try await client.ask(ListOffsetsRequest.one("orders", at: -1))
            #expect(answer?.first?.offset == 4)
        }
    }
}
