import Foundation

/// A cluster of real Apache Kafka brokers, in temporary folders on free ports.
struct RealKafka: Sendable {
    /// Whether there is a Kafka to start.
    ///
    /// A `KAFKA_HOME` that leads nowhere is a failure of the suite, not a skip.
    static var isAvailable: Bool { KafkaInstallation.isSet("KAFKA_HOME") }

    let installation: KafkaInstallation
    /// As its storage was formatted.
    let clusterID: String
    let nodes: [KafkaNode]

    /// Where the cluster is reached through a listener; `PLAINTEXT` is always there.
    func bootstrap(_ listener: String = "PLAINTEXT") -> String {
        nodes.compactMap { $0.ports[listener] }.map { "127.0.0.1:\($0)" }.joined(separator: ",")
    }

    var bootstrap: String { bootstrap() }

    /// Makes topics, records, commits and members here with Kafka's own client.
    var fixture: KafkaFixture { KafkaFixture(bootstrap: bootstrap) }

    /// Kafka's own command-line tools, of the same release.
    var tools: KafkaTools { KafkaTools(installation: installation, bootstrap: bootstrap) }

    /// Starts a cluster whose first node is the controller as well.
    ///
    /// `listeners` are further ones beside `PLAINTEXT`, by name, with their security protocol; `properties` is what
    /// else stands in `server.properties`, `nodeProperties` what stands in that of one node, the first being 1, `format`
    /// goes to `kafka-storage.sh format`, `javaOptions` to the brokers' JVM.
    static func start(
        _ installation: KafkaInstallation, nodes count: Int = 1, listeners: [String: String] = [:],
        properties: [String: String] = [:], nodeProperties: [Int: [String: String]] = [:], format: [String] = [],
        javaOptions: String = ""
    ) async throws -> RealKafka {
        // Another program may take a port between the choice and the start.
        var attempts = 3
        while true {
            attempts -= 1
            do {
                let layout = KafkaLayout(
                    nodes: count, listeners: listeners, extra: properties, nodeExtra: nodeProperties, format: format,
                    javaOptions: javaOptions)
                return RealKafka(
                    installation: installation, clusterID: layout.clusterID,
                    nodes: try await KafkaStarts.shared.turn { try await layout.start(installation) })
            } catch let error as KafkaFixtureError where attempts > 0 && error.description.contains("in use") {
                continue
            }
        }
    }

    /// Kills every node.
    func stop() async {
        for node in nodes { await node.stop() }
    }
}
