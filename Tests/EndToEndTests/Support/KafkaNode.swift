import Foundation

/// One broker of a cluster, in a process that dies with the test's, however that ends.
struct KafkaNode: Sendable {
    let id: Int
    /// By listener name.
    let ports: [String: UInt16]
    private let process: ChildProcess

    /// What the broker logs: warnings, and each login that it refuses.
    var log: [String] { process.output.lines }

    /// Keeps a program for as long as its own standard input is open, then kills it and removes its folder.
    ///
    /// The other end of that input is held by the test process alone: the kernel closes it even where no code of the
    /// test gets to run any more.
    private static let leash = """
        trap '' INT HUP TERM
        folder=$1; shift
        exec 3<&0
        "$@" </dev/null 3<&- &
        program=$!
        { read -r _ <&3; kill -KILL "$program"; } >/dev/null 2>&1 &
        watch=$!
        exec 3<&- >/dev/null 2>&1
        wait "$program"; status=$?
        kill -KILL "$watch"
        rm -rf "$folder"
        exit "$status"
        """

    /// Formats the folder, starts the broker and returns once it takes requests.
    init(
        id: Int, ports: [String: UInt16], properties: [String: String], clusterID: String,
        format: [String] = [], javaOptions: String = "", installation: KafkaInstallation
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("sluice-kafka-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var environment = installation.environment(logging: folder)
        if !javaOptions.isEmpty { environment["KAFKA_OPTS"] = javaOptions }
        let all = properties.merging(["log.dirs": "\(folder.path)/data"]) { $1 }
        let lines = all.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)\n" }.joined()
        try Data(lines.utf8).write(to: folder.appendingPathComponent("server.properties"))
        try Data(Self.log4j.utf8).write(to: folder.appendingPathComponent("log4j.properties"))
        try Data(Self.log4j2.utf8).write(to: folder.appendingPathComponent("log4j2.properties"))
        process = try ChildProcess(
            [
                "sh", "-c", Self.leash, "leash", folder.path,
                "sh", "-c",
                "s=$1 b=$2 p=$3 i=$4; shift 4; \"$s\" format -t \"$i\" -c \"$p\" \"$@\" && exec \"$b\" \"$p\"",
                "broker", installation.script("kafka-storage.sh"), installation.script("kafka-server-start.sh"),
                "\(folder.path)/server.properties", clusterID,
            ] + format, environment: environment)
        self.id = id
        self.ports = ports
        let giveUp = DispatchWorkItem { [process] in process.closeInput() }
        DispatchQueue.global().asyncAfter(deadline: .now() + 90, execute: giveUp)
        defer { giveUp.cancel() }
        guard await process.output.first(where: { $0.contains("Kafka Server started") }) != nil else {
            let said = (process.output.lines + process.errors.lines).suffix(40).joined(separator: "\n")
            throw KafkaFixtureError("Kafka \(installation.version) did not start:\n\(said)")
        }
    }

    /// Kills the broker, as a power cut would.
    func stop() async {
        process.closeInput()
        _ = await process.end()
    }

    private static let log4j = """
        log4j.rootLogger=WARN, C
        log4j.logger.kafka.server.KafkaRaftServer=INFO
        log4j.logger.org.apache.kafka.common.network.Selector=INFO
        log4j.appender.C=org.apache.log4j.ConsoleAppender
        log4j.appender.C.layout=org.apache.log4j.PatternLayout
        log4j.appender.C.layout.ConversionPattern=%d{HH:mm:ss.SSS} %-5p %c{1} %m%n

        """

    private static let log4j2 = """
        rootLogger.level=WARN
        rootLogger.appenderRef.c.ref=C
        logger.server.name=kafka.server.KafkaRaftServer
        logger.server.level=INFO
        logger.network.name=org.apache.kafka.common.network.Selector
        logger.network.level=INFO
        appender.c.type=Console
        appender.c.name=C
        appender.c.layout.type=PatternLayout
        appender.c.layout.pattern=%d{HH:mm:ss.SSS} %-5p %c{1} %m%n

        """
}
