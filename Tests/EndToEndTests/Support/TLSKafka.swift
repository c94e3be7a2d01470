import TLSFixtures

/// One broker with a listener for each way in which a certificate can be right or wrong, shared by the tests.
struct TLSKafka: Sendable {
    static let topic = "tls-orders"
    static let group = "tls-billing"
    static let password = "geheim-over-tls"

    /// The listeners that a client must not trust, and the name of the error.
    static let mistakes = [
        ("EXPIRED", "tls.expired"), ("FUTURE", "tls.not_yet_valid"), ("HOST", "tls.wrong_host"),
        ("NOSAN", "tls.wrong_host"), ("SELF", "tls.self_signed"), ("STRANGER", "tls.unknown_ca"),
        ("GAP", "tls.unknown_ca"),
    ]

    let kafka: RealKafka
    let authority: TestAuthority
    let stranger: TestAuthority

    static var shared: TLSKafka { get async throws { try await started.value } }

    private static let started = Task {
        let (authority, stranger) = (try TestAuthority(), try TestAuthority("Stranger"))
        let good = try authority.issue("good")
        var properties = KafkaSecurity.tls("SSL", good)
        properties.merge(KafkaSecurity.tls("MUTUAL", good, trusting: authority.root)) { $1 }
        properties.merge(KafkaSecurity.tls("LOGIN", good)) { $1 }
        properties.merge(KafkaSecurity.plainUsers("LOGIN", ["billing": password])) { $1 }
        let bad = [
            "EXPIRED": try authority.issue("expired", validity: .expired),
            "FUTURE": try authority.issue("future", validity: .future),
            "HOST": try authority.issue("host", names: "DNS:other.example,IP:127.0.0.2"),
            "NOSAN": try authority.issue("127.0.0.1", names: nil),
            "SELF": try authority.issue("self", by: .itself),
            "STRANGER": try stranger.issue("stranger"),
            "GAP": try authority.issue("gap", sendsChain: false),
        ]
        for (listener, identity) in bad { properties.merge(KafkaSecurity.tls(listener, identity)) { $1 } }
        var listeners = Dictionary(uniqueKeysWithValues: bad.keys.map { ($0, "SSL") })
        listeners.merge(["SSL": "SSL", "MUTUAL": "SSL", "LOGIN": "SASL_SSL"]) { $1 }
        let kafka = try await RealKafka.start(.target(), listeners: listeners, properties: properties)
        try await kafka.fixture.createTopic(topic, partitions: 2)
        try await kafka.fixture.produce(10, to: topic, partition: 0)
        try await kafka.fixture.commit(group, topic, [0: 10, 1: 0])
        return TLSKafka(kafka: kafka, authority: authority, stranger: stranger)
    }

    /// Runs gates against one listener with these properties, as source and target at once where a gate wants either.
    func run(
        _ gates: [String], on listener: String, _ properties: String, _ options: [String] = []
    ) async throws -> SluiceCommand.Result {
        let folder = try TemporaryFolder()
        let file = try folder.write(properties, to: "client.properties")
        var arguments =
            ["run"] + gates + ["--target", kafka.bootstrap(listener), "--target-config", file, "--detail"] + options
        if gates.contains("lag_budget") {
            arguments += ["--set", "lag_budget.cluster=target", "--set", "lag_budget.groups=\(Self.group)"]
        }
        return try await SluiceCommand.run(arguments)
    }
}
