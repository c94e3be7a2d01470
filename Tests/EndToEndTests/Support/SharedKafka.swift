/// The two clusters that suites share, source and target: started at the first use, both at once, and gone with the
/// test process.
///
/// Suites run at the same time, so each makes topics and groups of its own, under names of its own.
enum SharedKafka {
    static var source: RealKafka { get async throws { try await clusters.value.source } }
    static var target: RealKafka { get async throws { try await clusters.value.target } }

    private static let clusters = Task {
        async let source = RealKafka.start(KafkaInstallation.source())
        async let target = RealKafka.start(KafkaInstallation.target())
        return try await (source: source, target: target)
    }
}
