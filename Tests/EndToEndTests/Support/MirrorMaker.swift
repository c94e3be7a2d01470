import Foundation

/// A real MirrorMaker 2 that copies from one cluster to another.
struct MirrorMaker: Sendable {
    private let process: ChildProcess

    /// Starts it for these topics, with short intervals, and returns without waiting for its first record.
    ///
    /// Two that run at once between the same clusters need aliases of their own: by these they name their books.
    static func start(
        topics: String, from source: RealKafka, as src: String = "src", to target: RealKafka, as tgt: String = "tgt",
        settings: [String: String] = [:]
    ) throws -> MirrorMaker {
        let installation = try KafkaInstallation.target()
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("sluice-mm2-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var properties = [
            "clusters": "\(src), \(tgt)", "\(src).bootstrap.servers": source.bootstrap,
            "\(tgt).bootstrap.servers": target.bootstrap, "\(src)->\(tgt).enabled": "true",
            "\(tgt)->\(src).enabled": "false", "\(src)->\(tgt).topics": topics, "\(src)->\(tgt).groups": ".*",
            "replication.factor": "1",
            "checkpoints.topic.replication.factor": "1", "heartbeats.topic.replication.factor": "1",
            "offset-syncs.topic.replication.factor": "1", "offset.storage.replication.factor": "1",
            "status.storage.replication.factor": "1", "config.storage.replication.factor": "1",
            "sync.group.offsets.enabled": "true", "sync.group.offsets.interval.seconds": "1",
            "emit.checkpoints.interval.seconds": "1", "emit.heartbeats.interval.seconds": "1",
            "refresh.topics.interval.seconds": "3", "refresh.groups.interval.seconds": "3",
            "offset.flush.interval.ms": "2000", "dedicated.mode.enable.internal.rest": "false",
        ]
        properties.merge(settings) { $1 }
        let lines = properties.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)\n" }.joined()
        let file = folder.appendingPathComponent("mm2.properties")
        try Data(lines.utf8).write(to: file)
        var environment = installation.environment()
        environment["LOG_DIR"] = folder.path
        return MirrorMaker(
            process: try ChildProcess(
                ["sh", "-c", leash, "leash", folder.path, installation.script("connect-mirror-maker.sh"), file.path],
                environment: environment, deadline: .seconds(300)))
    }

    /// Keeps it for as long as its own standard input is open: it dies with the test process, however that ends.
    private static let leash = """
        trap '' INT HUP TERM
        folder=$1; shift
        exec 3<&0
        "$@" </dev/null >/dev/null 2>&1 3<&- &
        program=$!
        { read -r _ <&3; kill -KILL "$program"; } >/dev/null 2>&1 &
        watch=$!
        exec 3<&-
        wait "$program"; status=$?
        kill -KILL "$watch"
        rm -rf "$folder"
        exit "$status"
        """

    var isRunning: Bool { process.isRunning }

    /// Kills it: what it has copied since it last noted its own position it will copy again.
    func stop() async {
        process.closeInput()
        _ = await process.end()
    }
}

/// `kcat`, which says what is expected of records: another program over another client library.
enum Kcat {
    /// The records of a partition from its start to its end: offset, and value as text.
    static func records(of topic: String, partition: Int = 0, at bootstrap: String) async throws -> [(Int64, String)] {
        let process = try ChildProcess(
            [
                "kcat", "-C", "-b", bootstrap, "-t", topic, "-p", "\(partition)", "-o", "beginning", "-e", "-q", "-f",
                "%o %s\\n",
            ], deadline: .seconds(60))
        guard await process.end() == .exit(0) else {
            throw KafkaFixtureError("kcat: \(process.errors.lines.joined(separator: "\n"))")
        }
        return process.output.lines.compactMap { line in
            guard let space = line.firstIndex(of: " "), let offset = Int64(line[..<space]) else { return nil }
            return (offset, String(line[line.index(after: space)...]))
        }
    }

    static var isAvailable: Bool {
        ["/usr/bin/kcat", "/usr/local/bin/kcat"].contains { FileManager.default.isExecutableFile(atPath: $0) }
    }
}
