import KafkaClient
import KafkaRecords
import KafkaWire
import Transport

/// A record as a test wants it, to its timestamp and headers.
struct RawRecord: Sendable, Hashable {
    var timestamp: Int64
    var key: [UInt8]?
    var value: [UInt8]?
    var headers: [Header] = []

    struct Header: Sendable, Hashable {
        var key: [UInt8]
        var value: [UInt8]?
    }

    /// Records that differ from each other, and are the same for the same numbers.
    static func numbered(_ numbers: Range<Int>) -> [RawRecord] {
        numbers.map { number in
            RawRecord(
                timestamp: 1_700_000_000_000 + Int64(number), key: Array("key-\(number % 97)".utf8),
                value: Array("value \(number) \(number &* 2_654_435_761 % 1_000_003)".utf8),
                headers: number % 5 == 0 ? [Header(key: Array("n".utf8), value: Array("\(number)".utf8))] : [])
        }
    }
}

/// Produces batches just as they are to be, with the product's own protocol: so many records each, in any codec.
enum RawProducer {
    static func produce(
        _ records: [RawRecord], to topic: String, partition: Int32 = 0, at bootstrap: String, perBatch: Int = 500,
        codec: CompressionCodec = .none
    ) async throws {
        var batches: [[UInt8]] = []
        for start in stride(from: 0, to: records.count, by: perBatch) {
            var builder = RecordBatchBuilder(compressor: Compressor(codec))
            for record in records[start..<min(records.count, start + perBatch)] {
                try builder.append(
                    timestamp: record.timestamp, key: record.key, value: record.value,
                    headers: record.headers.map { KafkaRecord.Header(key: $0.key, value: $0.value) })
            }
            batches.append(try builder.build())
        }
        let made = batches
        try await withCluster(bootstrap) { cluster in
            for batch in made { try await append(batch, to: TopicPartition(topic, partition), of: cluster) }
        }
    }

    private static func append(_ batch: [UInt8], to partition: TopicPartition, of cluster: KafkaCluster) async throws {
        let context = CallContext(deadline: .after(.seconds(60)))
        let answers = await cluster.askLeaders(ProduceRequest.self, of: [partition], context) { _, _ in
            var request = ProduceRequest()
            request.acks = -1
            request.timeoutMs = 30_000
            var data = ProduceRequest.Partition()
            data.index = partition.partition
            data.records = batch[...]
            var topic = ProduceRequest.Topic()
            topic.name = partition.topic
            topic.partitionData = [data]
            request.topicData = [topic]
            return request
        } read: { response in
            response.responses.flatMap { topic in
                topic.partitionResponses.map { answer in
                    (
                        TopicPartition(topic.name, answer.index),
                        answer.error == .none
                            ? .success(()) : .failure(KafkaError(.broker(answer.error, message: nil)))
                    )
                }
            }
        }
        if let error = answers.first?.error { throw error }
    }

    /// A client of the product's own that may produce.
    private static func withCluster(
        _ bootstrap: String, _ body: @Sendable (KafkaCluster) async throws -> Void
    ) async throws {
        let reactor = try Reactor()
        let addresses = try bootstrap.split(separator: ",").map { try HostPort(String($0)) }
        try await TaskNursery.with { nursery -> Result<Void, any Error> in
            var settings = ConnectionMachine.Settings()
            settings.allowedEffects = [.produce]
            let connector = Connector(
                dialer: TCPDialer(reactor: reactor), reactor: reactor, nursery: nursery, settings: settings,
                connectTimeout: .seconds(30)
            ) { _, _ in nil }
            let cluster = KafkaCluster(
                bootstrap: addresses, connector: connector, reactor: reactor, ledger: RequestLedger())
            defer { cluster.close() }
            do {
                return .success(try await body(cluster))
            } catch {
                return .failure(error)
            }
        }.get()
    }
}
