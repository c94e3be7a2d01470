import EmbeddedKafka
import Guarding
package import KafkaClient
package import Transport

/// The way to clusters in memory: their brokers' names resolve here and nowhere else.
package struct MemoryNetwork: Dialer {
    private let clusters: [ServedCluster]

    package init(_ clusters: [ServedCluster]) { self.clusters = clusters }

    package func dial(_ address: HostPort, by deadline: Deadline) async -> Dialled {
        let peer = "\(address)"
        for cluster in clusters {
            guard let (broker, isReached) = cluster.listener(at: address) else { continue }
            guard isReached else {
                return Dialled(
                    stream: .failure(TransportError(.refused, peer: peer)),
                    attempts: [DialAttempt(address: peer, failure: .refused)])
            }
            cluster.log.opened(to: broker)
            return Dialled(
                stream: .success(WatchedStream(cluster.cluster.connect(to: broker), peer, broker, cluster.log)),
                attempts: [DialAttempt(address: peer, failure: nil)])
        }
        return Dialled(stream: .failure(TransportError(.unresolved("no such host in this test"), peer: peer)))
    }
}

/// A client's end of a connection, whose requests are written down as they go out.
private final class WatchedStream: ByteStream {
    let peer: String
    private let inner: MemoryStream
    private let broker: Int32
    private let log: RequestLog
    /// What was sent of a request that is not whole yet.
    private let partial = Guarded<[UInt8]>([])
    private let isClosed = Guarded(false)

    init(_ inner: MemoryStream, _ peer: String, _ broker: Int32, _ log: RequestLog) {
        self.inner = inner
        self.peer = peer
        self.broker = broker
        self.log = log
    }

    func read(into buffer: inout [UInt8], from offset: Int, by deadline: Deadline) async throws(TransportError) -> Int {
        try await inner.read(into: &buffer, from: offset, by: deadline)
    }

    func write(_ bytes: [UInt8], by deadline: Deadline) async throws(TransportError) {
        let frames = partial.withLock { partial in
            partial += bytes
            var frames: [[UInt8]] = []
            while partial.count >= 4 {
                let size = partial.prefix(4).reduce(0) { $0 << 8 | Int($1) }
                guard partial.count >= 4 + size else { break }
                frames.append(Array(partial[4..<4 + size]))
                partial.removeFirst(4 + size)
            }
            return frames
        }
        // Before it goes out, so that whatever the broker does about it comes later.
        for frame in frames { log.note(frame, to: broker) }
        try await inner.write(bytes, by: deadline)
    }

    func close() {
        let isFirst = isClosed.withLock { isClosed in
            defer { isClosed = true }
            return !isClosed
        }
        if isFirst { log.closed() }
        inner.close()
    }
}
