import Guarding
package import KafkaWire

/// A request as a client sent it.
package struct AskedRequest<Request: WireRequest>: Sendable {
    package let request: Request
    package let version: Int16
    package let broker: Int32
}

/// What clients have asked, in the order in which they asked it.
final class RequestLog: Sendable {
    struct Entry {
        let broker: Int32
        let header: RequestHeader
        let body: ArraySlice<UInt8>
    }

    private struct State {
        var entries: [Entry] = []
        var opened: [Int32: Int] = [:]
        var open = 0
        var peak = 0
    }

    private let state = Guarded(State())

    var entries: [Entry] { state.withLock { $0.entries } }
    var peak: Int { state.withLock { $0.peak } }

    func connections(to broker: Int32) -> Int { state.withLock { $0.opened[broker] ?? 0 } }

    func opened(to broker: Int32) {
        state.withLock { state in
            state.opened[broker, default: 0] += 1
            state.open += 1
            state.peak = max(state.peak, state.open)
        }
    }

    func closed() { state.withLock { $0.open -= 1 } }

    func note(_ frame: [UInt8], to broker: Int32) {
        // What is no request is the broker's to refuse.
        guard let (header, body) = try? RequestHeader.split(frame[...]) else { return }
        state.withLock { $0.entries.append(Entry(broker: broker, header: header, body: body)) }
    }
}

extension ServedCluster {
    /// How many requests brokers were asked so far.
    package var requestCount: Int { log.entries.count }

    /// The requests of one type so far.
    package func requests<R: WireRequest>(_ type: R.Type) throws -> [AskedRequest<R>] {
        try log.entries.filter { $0.header.apiKey == R.key }.map { entry in
            AskedRequest(
                request: try R.request(from: entry.body, version: entry.header.apiVersion),
                version: entry.header.apiVersion, broker: entry.broker)
        }
    }

    /// How many connections a broker has taken.
    package func connections(to broker: Int32) -> Int { log.connections(to: broker) }

    /// The most connections to all brokers at one time.
    package var peakConnections: Int { log.peak }
}
