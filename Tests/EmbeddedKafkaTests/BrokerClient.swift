import EmbeddedKafka
import KafkaWire
import Transport

/// An answer that belongs to another request.
struct OtherAnswer: Error {}

/// The other end of a connection to an embedded broker.
struct BrokerClient {
    let stream: any ByteStream
    private let deadline = Deadline.after(.seconds(30))

    init(_ stream: any ByteStream) { self.stream = stream }

    /// The answer; nil where the broker closes the connection instead.
    func ask<R: WireRequest>(_ request: R, _ version: Int16? = nil) async throws -> R.Response? {
        let version = version ?? Self.newest(R.self)
        try await stream.write(
            try request.frame(version: version, correlationID: 7, clientID: "test"), by: deadline)
        guard let frame = try await frame() else { return nil }
        let (header, body) = try ResponseHeader.split(frame[...], answering: R.self, version: version)
        guard header.correlationID == 7 else { throw OtherAnswer() }
        return try R.response(from: body, version: version)
    }

    /// The newest version in which topics have names.
    private static func newest<R: WireRequest>(_ request: R.Type) -> Int16 {
        switch R.key {
        case .fetch, .produce: 12
        case .offsetCommit, .offsetFetch: 9
        default: R.versions.upperBound
        }
    }

    func write(_ bytes: [UInt8]) async throws { try await stream.write(bytes, by: deadline) }

    /// The next frame without its size; nil where the stream ends before it is whole.
    func frame() async throws -> [UInt8]? {
        guard let size = try await bytes(4) else { return nil }
        return try await bytes(size.reduce(0) { $0 << 8 | Int($1) })
    }

    func bytes(_ count: Int) async throws -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let got = try await stream.read(into: &buffer, from: filled, by: deadline)
            guard got > 0 else { return nil }
            filled += got
        }
        return buffer
    }
}

/// Serves a cluster in memory for as long as `body` runs.
func withCluster<R: Sendable>(
    _ profile: BrokerProfile = .kafka4, brokers: Int = 1, listening: [Listener] = [],
    _ body: @Sendable (EmbeddedCluster) async throws -> R
) async throws -> R {
    let reactor = try Reactor()
    defer { reactor.stop() }
    let state = ClusterState(profile: profile, clusterID: "embedded-test", brokers: brokers, nowMs: 1_700_000_000_000)
    let cluster = EmbeddedCluster(state, reactor: reactor)
    if !listening.isEmpty { try cluster.listen(listening) }
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { await cluster.serve() }
        defer { cluster.close() }
        return try await body(cluster)
    }
}

extension EmbeddedCluster {
    func client(_ broker: Int32 = 1, _ listener: Listener = .plaintext) -> BrokerClient {
        BrokerClient(connect(to: broker, listener))
    }

    func ask<R: WireRequest>(_ request: R, _ version: Int16? = nil, on broker: Int32 = 1) async throws -> R.Response? {
        try await client(broker).ask(request, version)
    }
}

/// `count` records of some 100 bytes.
func records(_ count: Int, size: Int = 100) -> [NewRecord] {
    (0..<count).map { NewRecord("key-\($0)", String(repeating: "x", count: size)) }
}

extension FetchRequest {
    static func one(
        _ topic: String, from offset: Int64, maxBytes: Int32 = 1 << 20, partitionMaxBytes: Int32 = 1 << 20,
        committed: Bool = true, epoch: Int32 = -1
    ) -> FetchRequest {
        .with {
            $0.maxBytes = maxBytes
            $0.isolationLevel = committed ? 1 : 0
            $0.topics = [
                .with {
                    $0.name = topic
                    $0.partitions = [
                        .with {
                            $0.fetchOffset = offset
                            $0.partitionMaxBytes = partitionMaxBytes
                            $0.currentLeaderEpoch = epoch
                        }
                    ]
                }
            ]
        }
    }
}

extension FetchResponse {
    var first: Partition? { responses.first?.partitions.first }
}

extension ListOffsetsRequest {
    static func one(_ topic: String, at timestamp: Int64, committed: Bool = false, epoch: Int32 = -1) -> Self {
        .with {
            $0.isolationLevel = committed ? 1 : 0
            $0.topics = [
                .with {
                    $0.name = topic
                    $0.partitions = [
                        .with {
                            $0.timestamp = timestamp
                            $0.currentLeaderEpoch = epoch
                        }
                    ]
                }
            ]
        }
    }
}

extension ListOffsetsResponse {
    var first: Partition? { topics.first?.partitions.first }
}
