import Foundation

/// A broker whose sessions last a few seconds, with a listener for each mechanism, and a log that tells which connection
/// logs in again.
struct SessionKafka: Sendable {
    static let topic = "session-orders"
    static let group = "session-billing"
    /// How long a session lasts.
    static let lifetime = Duration.seconds(5)

    let kafka: RealKafka
    private let folder: TemporaryFolder

    static var shared: SessionKafka { get async throws { try await started.value } }

    private static let started = Task {
        let folder = try TemporaryFolder("sessions")
        let package = "org.apache.kafka.common.security"
        let unsecured =
            "\(package).oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub=\"broker\";"
        let kafka = try await RealKafka.start(
            KafkaInstallation.target(),
            listeners: Dictionary(
                uniqueKeysWithValues: ["PASSWORD", "SCRAM", "TOKEN", "SWAP"].map { ($0, "SASL_PLAINTEXT") }),
            properties: [
                "listener.name.password.sasl.enabled.mechanisms": "PLAIN",
                "listener.name.password.plain.sasl.jaas.config":
                    "\(package).plain.PlainLoginModule required user_carol=\"plain-secret\";",
                "listener.name.scram.sasl.enabled.mechanisms": "SCRAM-SHA-512",
                "listener.name.scram.scram-sha-512.sasl.jaas.config": "\(package).scram.ScramLoginModule required;",
                "listener.name.token.sasl.enabled.mechanisms": "OAUTHBEARER",
                "listener.name.token.oauthbearer.sasl.jaas.config": unsecured,
                "listener.name.swap.sasl.enabled.mechanisms": "OAUTHBEARER",
                "listener.name.swap.oauthbearer.sasl.jaas.config": unsecured,
                "connections.max.reauth.ms": "\(lifetime.components.seconds * 1000)",
            ],
            format: ["--add-scram", "SCRAM-SHA-512=[name=alice,password=alice-secret]"],
            javaOptions: try logOption(in: folder))
        try await kafka.fixture.createTopic(topic, partitions: 2)
        try await kafka.fixture.commit(group, topic, [0: 0, 1: 0])
        return SessionKafka(kafka: kafka, folder: folder)
    }

    /// Has a broker log each connection and each re-authentication.
    static func logOption(in folder: TemporaryFolder) throws -> String {
        "-Dlog4j2.configurationFile=\(try folder.write(log4j2, to: "log4j2.properties"))"
    }

    private static let log4j2 = """
        rootLogger.level=WARN
        rootLogger.appenderRef.c.ref=C
        logger.server.name=kafka.server.KafkaRaftServer
        logger.server.level=INFO
        logger.network.name=org.apache.kafka.common.network.Selector
        logger.network.level=DEBUG
        logger.processor.name=kafka.network.Processor
        logger.processor.level=TRACE
        appender.c.type=Console
        appender.c.name=C
        appender.c.layout.type=PatternLayout
        appender.c.layout.pattern=%d{HH:mm:ss.SSS} %-5p %c{1} %m%n

        """
}

extension RealKafka {
    /// The connections to a listener that sent anything, each with how often it logged in again, by the log of
    /// ``SessionKafka/logOption(in:)``.
    ///
    /// A channel's id has the broker's port and the client's: `127.0.0.1:9092-127.0.0.1:51234-0-3`.
    func renewals(on listener: String) -> [String: Int] {
        let mark = "\(bootstrap(listener))-"
        var counts: [String: Int] = [:]
        for line in nodes.flatMap(\.log) {
            guard let start = line.range(of: mark)?.lowerBound else { continue }
            let id = String(line[start...].prefix { !$0.isWhitespace && !",)]".contains($0) })
            counts[id, default: 0] += line.contains("Begin re-authentication") ? 1 : 0
        }
        return counts
    }
}
