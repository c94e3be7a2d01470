import KafkaRecords

/// The topics of the examples that share a run out, the same on both clusters of the documentation.
enum DocsManyMachinesWorld {
    static let topics = ["ledger", "invoices"]

    static func fill() async throws { try await filled.value }

    private static let filled = Task {
        let brokers = try await DocsWorld.brokers
        for (number, topic) in topics.enumerated() {
            for (cluster, codec) in [(brokers.source, CompressionCodec.lz4), (brokers.target, .zstd)] {
                try await cluster.fixture.createTopic(
                    topic, partitions: 4 - number, settings: ["retention.ms": "-1"])
                for partition in 0..<Int32(4 - number) {
                    try await RawProducer.produce(
                        RawRecord.numbered(0..<(100 * Int(partition + 1))), to: topic, partition: partition,
                        at: cluster.bootstrap, codec: codec)
                }
            }
        }
    }
}
