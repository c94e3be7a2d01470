import Testing

/// The two clusters that suites share, source and target: started at the first use, both at once, and gone with the
/// test process.
///
/// Suites run at the same time, so each makes topics and groups of its own, under names of its own. Whoever comes
/// without a name may do everything on either; the target has listeners where principals log in as well.
enum SharedKafka {
    static var source: RealKafka { get async throws { try await clusters.value.source } }
    static var target: RealKafka { get async throws { try await clusters.value.target } }

    private static let clusters = Task {
        async let source = RealKafka.start(KafkaInstallation.source())
        async let target = RealKafka.start(
            KafkaInstallation.target(), listeners: KafkaSecurity.listeners, properties: KafkaSecurity.saslPlain())
        return try await (source: source, target: target)
    }
}

/// One of the two shared clusters, as tests are parameterised over them.
enum SharedCluster: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case source, target

    var kafka: RealKafka {
        get async throws { try await self == .source ? SharedKafka.source : SharedKafka.target }
    }

    var testDescription: String { rawValue }
}
