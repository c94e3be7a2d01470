import KafkaWire
import Transport

/// The pump of one connection: frames in, frames out, one request after the other as Kafka does.
struct BrokerConnection {
    let cluster: EmbeddedCluster
    let stream: any ByteStream
    var session: Session

    /// Kafka's `socket.request.max.bytes`.
    private static let frameLimit = 104_857_600
    /// As long as a connection may be idle, `connections.max.idle.ms`.
    private static let idleTime = Duration.seconds(600)

    consuming func serve() async {
        var connection = self
        defer { connection.stream.close() }
        do throws(TransportError) {
            while !Task.isCancelled, let frame = try await connection.frame() {
                guard try await connection.answer(frame) else { return }
            }
        } catch {
            // The client is gone, or takes nothing; there is nobody left to tell.
        }
    }

    /// The next frame without its size; nil at the end of the stream or where the size is none.
    private func frame() async throws(TransportError) -> [UInt8]? {
        let deadline = Deadline.after(Self.idleTime)
        guard let size = try await bytes(4, by: deadline) else { return nil }
        let count = size.reduce(0) { $0 << 8 | Int($1) }
        guard count > 0, count <= Self.frameLimit else { return nil }
        return try await bytes(count, by: deadline)
    }

    private func bytes(_ count: Int, by deadline: Deadline) async throws(TransportError) -> [UInt8]? {
        var bytes: [UInt8] = []
        // Grows with what arrives, so that a size alone costs nothing.
        var buffer = [UInt8](repeating: 0, count: min(count, 1 << 16))
        while bytes.count < count {
            if buffer.count > count - bytes.count { buffer.removeLast(buffer.count - (count - bytes.count)) }
            let got = try await stream.read(into: &buffer, from: 0, by: deadline)
            guard got > 0 else { return nil }
            bytes += buffer.prefix(got)
        }
        return bytes
    }

    /// Whether the connection goes on.
    private mutating func answer(_ frame: [UInt8]) async throws(TransportError) -> Bool {
        guard !cluster.isDown(session.broker) else { return false }
        var session = session
        let step = cluster.read { session.receive(frame[...], $0) }
        // The time before a fault is taken: whoever sees it gone and moves the clock moves past this.
        let askedMs = cluster.read { $0.nowMs }
        self.session = session
        switch step {
        case .close: return false
        case .reply(let bytes, let api, let closes):
            let effect = cluster.faults.take(api, on: session.broker)
            return try await send(bytes, effect, askedMs: askedMs) && !closes
        case .answer(var asked):
            let effect = cluster.faults.take(asked.header.apiKey, on: session.broker)
            if case .disconnect? = effect { return false }
            // What fails has not happened.
            if asked.request.patienceMs > 0, !effect.isError {
                asked = cluster.answering(asked.header.apiKey) { state in asked.begun(&state) }
            }
            await wait(for: asked)
            guard !Task.isCancelled else { return false }
            let answer: Result<[UInt8]?, WireError> = cluster.answering(
                asked.header.apiKey
            ) { state in
                do throws(WireError) { return .success(try asked.answer(&state, effect)) } catch {
                    return .failure(error)
                }
            }
            switch answer {
            case .success(nil): return true
            case .success(let bytes?): return try await send(bytes, effect, askedMs: askedMs)
            case .failure: return false  // what cannot be said in that version
            }
        }
    }

    /// Lets a fetch wait for data.
    private func wait(for asked: Session.Asked) async {
        guard asked.request.patienceMs > 0 else { return }
        let deadline = Deadline.after(.milliseconds(Int64(asked.request.patienceMs)))
        while !Task.isCancelled, !deadline.hasPassed {
            // Where time passes by itself, members fall silent without anybody's doing.
            if cluster.hasClock { cluster.expireMembers() }
            let generation = cluster.changes.generation
            if cluster.read({ asked.request.isReady(asked.call, $0) }) { return }
            let next = cluster.hasClock && asked.header.apiKey == .joinGroup ? deadline.atMost(.seconds(1)) : deadline
            await cluster.changes.wait(since: generation, by: next)
        }
    }

    private func send(
        _ frame: [UInt8], _ effect: Fault.Effect?, askedMs: Int64
    ) async throws(TransportError) -> Bool {
        let deadline = Deadline.after(.seconds(60))
        switch effect {
        case nil, .nothing, .error, .throttle: try await stream.write(frame, by: deadline)
        case .disconnect: return false
        case .cutOff(let count):
            try await stream.write(Array(frame.prefix(max(0, count))), by: deadline)
            return false
        case .truncate(let count):
            let body = frame.dropFirst(4).dropLast(max(0, count))
            try await stream.write(Self.size(Int32(clamping: body.count)) + body, by: deadline)
        case .announce(let size): try await stream.write(Self.size(size) + frame.dropFirst(4), by: deadline)
        case .malform(let byte):
            let garbage = [UInt8](repeating: byte, count: max(0, frame.count - 8))
            try await stream.write(frame.prefix(8) + garbage, by: deadline)
        case .delay(let time):
            try? await Task.sleep(for: time)
            try await stream.write(frame, by: deadline.atMost(.seconds(60)))
        case .delayByClock(let ms):
            await waitForClock(askedMs + ms)
            try await stream.write(frame, by: .after(.seconds(60)))
        case .drip(let count, let pause):
            var rest = frame[...]
            while !rest.isEmpty, !Task.isCancelled {
                try await stream.write(Array(rest.prefix(max(1, count))), by: .after(.seconds(60)))
                rest = rest.dropFirst(max(1, count))
                try? await Task.sleep(for: pause)
            }
        case .silence: break
        }
        return true
    }

    private func waitForClock(_ due: Int64) async {
        while !Task.isCancelled {
            let generation = cluster.changes.generation
            if cluster.read({ $0.nowMs >= due }) { return }
            await cluster.changes.wait(since: generation, by: .after(.seconds(3600)))
        }
    }

    private static func size(_ size: Int32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: size >> $0) }
    }
}

extension Fault.Effect? {
    /// Whether the answer is an error that the fault made.
    fileprivate var isError: Bool { if case .error? = self { true } else { false } }
}
