import Foundation

/// An Apache Kafka on this machine, in the layout of its distribution.
struct KafkaInstallation: Sendable {
    let home: URL
    /// As in the name of its client's jar: `3.9.2`.
    let version: String

    /// The one that plays the target: `KAFKA_HOME`.
    static func target() throws -> Self { try Self(variable: "KAFKA_HOME") }

    /// The one that plays the source: `KAFKA_SOURCE_HOME`, else the target's.
    static func source() throws -> Self {
        try isSet("KAFKA_SOURCE_HOME") ? Self(variable: "KAFKA_SOURCE_HOME") : target()
    }

    static func isSet(_ variable: String) -> Bool {
        ProcessInfo.processInfo.environment[variable].map { !$0.isEmpty } ?? false
    }

    private init(variable: String) throws {
        home = URL(fileURLWithPath: ProcessInfo.processInfo.environment[variable] ?? "")
        let jars = try FileManager.default.contentsOfDirectory(atPath: home.appendingPathComponent("libs").path)
        guard let jar = jars.first(where: { $0.hasPrefix("kafka-clients-") && $0.hasSuffix(".jar") }) else {
            throw KafkaFixtureError("\(variable): no Kafka in \(home.path)")
        }
        version = String(jar.dropFirst("kafka-clients-".count).dropLast(".jar".count))
    }

    func script(_ name: String) -> String { home.appendingPathComponent("bin/\(name)").path }

    /// The environment of its programs: a small heap and a quick start, and a log that says when a broker is up.
    func environment(logging folder: URL? = nil) -> [String: String] {
        var environment = ProcessInfo.processInfo.environment
        environment["KAFKA_HEAP_OPTS"] = "-Xmx384m -Xms128m"
        environment["KAFKA_JVM_PERFORMANCE_OPTS"] = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:-UsePerfData"
        if let folder {
            let (old, new) = ("\(folder.path)/log4j.properties", "\(folder.path)/log4j2.properties")
            environment["KAFKA_LOG4J_OPTS"] =
                "-Dlog4j.configuration=file:\(old) -Dlog4j2.configurationFile=\(new) -Dkafka.logs.dir=\(folder.path)"
            environment["LOG_DIR"] = folder.path
        }
        return environment
    }
}

/// What stood in the way of a fixture, said for whoever reads the test's failure.
struct KafkaFixtureError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
