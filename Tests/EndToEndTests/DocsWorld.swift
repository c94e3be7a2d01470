/// The clusters as the documentation has them, on the shared brokers: orders with three partitions and payments with two
/// on either side, and a group billing that is 12 records behind in one partition of the source.
///
/// These names belong to the documentation; other suites use others.
enum DocsWorld {
    static var brokers: (source: RealKafka, target: RealKafka) {
        get async throws { try await filled.value }
    }

    private static let filled = Task {
        let brokers = (source: try await SharedKafka.source, target: try await SharedKafka.target)
        for fixture in [brokers.source.fixture, brokers.target.fixture] {
            try await fixture.createTopic("orders", partitions: 3)
            try await fixture.createTopic("payments", partitions: 2)
            for (partition, records) in [100, 60, 40].enumerated() {
                try await fixture.produce(records, to: "orders", partition: partition)
            }
        }
        try await brokers.source.fixture.commit("billing", "orders", [0: 88, 1: 60, 2: 40])
        return brokers
    }
}
