import Guarding
import Synchronization

/// Two byte streams joined in memory: what one end writes, the other reads.
package final class MemoryStream: ByteStream {
    /// One direction.
    private final class Pipe: Sendable {
        struct State {
            var bytes: [UInt8] = []
            var isClosed = false
            var nextID = 0
            var reader: (id: Int, continuation: CheckedContinuation<Reactor.Outcome, Never>)?
        }
        let state = Guarded(State())

        /// Changes the state and wakes the reader.
        func change(_ body: (inout sending State) -> Void) {
            let reader = state.withLock { state in
                body(&state)
                defer { state.reader = nil }
                return state.reader
            }
            reader?.continuation.resume(returning: .ready)
        }

        func end(_ id: Int, _ outcome: Reactor.Outcome) {
            let reader = state.withLock { state -> CheckedContinuation<Reactor.Outcome, Never>? in
                guard let reader = state.reader, reader.id == id else { return nil }
                state.reader = nil
                return reader.continuation
            }
            reader?.resume(returning: outcome)
        }
    }

    package let peer: String
    private let incoming: Pipe
    private let outgoing: Pipe
    private let reactor: Reactor
    private let isClosedHere = Atomic(false)

    private init(peer: String, incoming: Pipe, outgoing: Pipe, reactor: Reactor) {
        self.peer = peer
        self.incoming = incoming
        self.outgoing = outgoing
        self.reactor = reactor
    }

    /// Both ends of a new connection; `reactor` keeps their deadlines.
    package static func pair(
        client: String = "client:0", server: String = "memory:9092", reactor: Reactor
    ) -> (client: MemoryStream, server: MemoryStream) {
        let up = Pipe()
        let down = Pipe()
        return (
            MemoryStream(peer: server, incoming: down, outgoing: up, reactor: reactor),
            MemoryStream(peer: client, incoming: up, outgoing: down, reactor: reactor)
        )
    }

    package func read(
        into buffer: inout [UInt8], from offset: Int, by deadline: Deadline
    ) async throws(TransportError) -> Int {
        while true {
            guard !isClosedHere.load(ordering: .acquiring) else { throw TransportError(.closed, peer: peer) }
            let space = buffer.count - offset
            let (bytes, isClosed) = incoming.state.withLock { state in
                let bytes = Array(state.bytes.prefix(space))
                state.bytes.removeFirst(bytes.count)
                return (bytes, state.isClosed)
            }
            if !bytes.isEmpty {
                buffer.replaceSubrange(offset..<offset + bytes.count, with: bytes)
                return bytes.count
            }
            if isClosed { return 0 }
            switch await arrival(by: deadline) {
            case .ready: continue
            case .deadline: throw TransportError(.deadline, peer: peer)
            case .cancelled: throw TransportError(.cancelled, peer: peer)
            }
        }
    }

    private func arrival(by deadline: Deadline) async -> Reactor.Outcome {
        let pipe = incoming
        let id = pipe.state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        let timer = reactor.schedule(at: deadline) { pipe.end(id, .deadline) }
        defer { reactor.cancel(timer) }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let early = pipe.state.withLock { state -> Reactor.Outcome? in
                    if Task.isCancelled { return .cancelled }
                    if !state.bytes.isEmpty || state.isClosed { return .ready }
                    if deadline.hasPassed { return .deadline }
                    state.reader = (id, continuation)
                    return nil
                }
                if let early { continuation.resume(returning: early) }
            }
        } onCancel: {
            pipe.end(id, .cancelled)
        }
    }

    package func write(_ bytes: [UInt8], by deadline: Deadline) async throws(TransportError) {
        guard !outgoing.state.withLock({ $0.isClosed }) else { throw TransportError(.closed, peer: peer) }
        outgoing.change { $0.bytes += bytes }
    }

    package func close() {
        isClosedHere.store(true, ordering: .releasing)
        incoming.change { $0.isClosed = true }
        outgoing.change { $0.isClosed = true }
    }
}
