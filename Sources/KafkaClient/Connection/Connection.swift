import KafkaWire
import Synchronization
package import Transport

/// A live connection to one broker: a ``ConnectionMachine`` and the pump that moves its bytes.
package final class Connection: Sendable {
    /// An answer, not yet decoded.
    struct Answer: Sendable {
        let frame: [UInt8]
        let offset: Int
    }

    private typealias Waiter = CheckedContinuation<Result<Answer, KafkaError>, Never>

    private struct State {
        var machine: ConnectionMachine
        var waiters: [UInt64: Waiter] = [:]
        var nextID: UInt64 = 0
        /// The waiter that the end of the set-up settles.
        var openingID: UInt64?
        var isEstablished = false
        var versions = ApiVersionTable()
        var sessionLifetimeMs: Int64 = 0
        var retireAt: ContinuousClock.Instant?
        var mutedUntil: ContinuousClock.Instant?
        var failure: KafkaError?
    }

    package let peer: String
    /// What TLS showed of the broker; nil without TLS.
    package let tls: TLSFacts?
    private let stream: any ByteStream
    private let reactor: Reactor
    private let state: Mutex<State>
    private let outgoing: AsyncStream<[UInt8]>
    private let outbox: AsyncStream<[UInt8]>.Continuation

    /// The largest frame of the set-up and the largest later one (Fetch answers may hold one oversized batch).
    package static let firstFrameLimit = 1 << 20
    package static let frameLimit = 100 << 20

    package init(
        stream: any ByteStream, settings: ConnectionMachine.Settings, reactor: Reactor, tls: TLSFacts? = nil
    ) {
        self.stream = stream
        self.tls = tls
        self.reactor = reactor
        peer = stream.peer
        state = Mutex(State(machine: ConnectionMachine(settings: settings)))
        (outgoing, outbox) = AsyncStream.makeStream(of: [UInt8].self)
    }

    package var versions: ApiVersionTable { state.withLock { $0.versions } }
    package var sessionLifetimeMs: Int64 { state.withLock { $0.sessionLifetimeMs } }
    package var offeredMechanisms: [String] { state.withLock { $0.machine.offeredMechanisms } }

    /// Whether it may take another request: established, not failed, its session not about to end.
    package var isUsable: Bool {
        state.withLock { state in
            guard state.isEstablished, state.failure == nil else { return false }
            return state.retireAt.map { ContinuousClock.now < $0 } ?? true
        }
    }

    /// Whether nobody waits for an answer on it.
    var isIdle: Bool { state.withLock { $0.waiters.isEmpty } }

    // MARK: The pump

    /// Moves bytes until the connection ends.
    package func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.writeAll() }
            group.addTask { await self.readAll() }
        }
        stream.close()
    }

    private func writeAll() async {
        for await bytes in outgoing {
            do {
                // A request's own deadline ends it and the connection, so the write itself needs no closer one.
                try await stream.write(bytes, by: .after(.seconds(3600)))
            } catch {
                feed(.ended(error.reason))
            }
        }
    }

    private func readAll() async {
        var reader = FrameReader(limit: Self.firstFrameLimit)
        while state.withLock({ $0.failure == nil }) {
            reader.makeRoom()
            let count: Int
            do {
                count = try await stream.read(into: &reader.buffer, from: reader.filled, by: .after(.seconds(3600)))
            } catch {
                if error.reason == .deadline { continue }
                feed(.ended(error.reason))
                return
            }
            guard count > 0 else {
                feed(.ended(nil))
                return
            }
            do {
                for frame in try reader.stored(count) { feed(.frame(frame)) }
                // No answer of the set-up is large, and who sends them has not logged in to anything yet.
                if state.withLock({ $0.isEstablished }) { reader.limit = Self.frameLimit }
            } catch {
                feed(.badFrame(size: error.size, limit: error.limit))
                return
            }
        }
    }

    /// Hands an event to the machine and carries out what it says.
    private func feed(_ event: ConnectionMachine.Event) {
        var settled: [(Waiter, Result<Answer, KafkaError>)] = []
        var hasEnded = false
        state.withLock { state in
            for action in state.machine.handle(event) {
                switch action {
                case .write(let bytes): outbox.yield(bytes)
                case .established(let versions, let lifetime):
                    state.isEstablished = true
                    state.versions = versions
                    state.sessionLifetimeMs = lifetime
                    // Re-authentication (KIP-368) is not offered by every broker; a new connection always is.
                    if lifetime > 0 { state.retireAt = .now + .milliseconds(lifetime) * 0.85 }
                    if let id = state.openingID, let waiter = state.waiters.removeValue(forKey: id) {
                        settled.append((waiter, .success(Answer(frame: [], offset: 0))))
                    }
                case .deliver(let id, let frame, let offset):
                    if let waiter = state.waiters.removeValue(forKey: id) {
                        settled.append((waiter, .success(Answer(frame: frame, offset: offset))))
                    }
                case .reject(let id, let error):
                    if let waiter = state.waiters.removeValue(forKey: id) {
                        settled.append((waiter, .failure(error.with { $0.broker = peer })))
                    }
                case .end(let error):
                    hasEnded = true
                    let failure = error.with { $0.broker = peer }
                    state.failure = state.failure ?? failure
                    for waiter in state.waiters.values { settled.append((waiter, .failure(failure))) }
                    state.waiters = [:]
                }
            }
        }
        if hasEnded {
            outbox.finish()
            stream.close()
        }
        for (waiter, result) in settled { waiter.resume(returning: result) }
    }

    // MARK: Use

    /// Negotiates versions and logs in; the pump must be running.
    package func open(by deadline: Deadline) async throws(KafkaError) {
        _ = try await wait(by: deadline) { state, id in
            state.openingID = id
            return .opened
        }
    }

    package func close() { feed(.closed) }

    /// The broker asked for a pause: nothing is sent until it is over.
    func mute(for milliseconds: Int64) {
        let until = ContinuousClock.now + .milliseconds(milliseconds)
        state.withLock { $0.mutedUntil = max($0.mutedUntil ?? until, until) }
    }

    /// Sends an encoded request and waits for the answer's bytes.
    func exchange(
        key: ApiKey, version: Int16, hasFlexibleAnswer: Bool, by deadline: Deadline,
        frame: @escaping ConnectionMachine.Submission.Frame
    ) async throws(KafkaError) -> Answer {
        if let until = state.withLock({ $0.mutedUntil }), until > .now {
            guard until < deadline.instant else {
                let left = ContinuousClock.now.duration(to: until).millisecondsRoundedUp
                throw KafkaError(.throttled(milliseconds: left), broker: peer)
            }
            do {
                try await Task.sleep(until: until, clock: .continuous)
            } catch {
                throw KafkaError(.cancelled, broker: peer)
            }
        }
        return try await wait(by: deadline) { _, id in
            .submitted(.init(id: id, key: key, version: version, hasFlexibleAnswer: hasFlexibleAnswer, frame: frame))
        }
    }

    /// Registers a waiter, feeds the event that will settle it, and makes sure that a deadline or a cancellation does
    /// too: a late request ends the connection, an abandoned one only loses its waiter.
    private func wait(
        by deadline: Deadline, _ begin: (inout State, UInt64) -> ConnectionMachine.Event
    ) async throws(KafkaError) -> Answer {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        let timer = reactor.schedule(at: deadline) { [weak self] in self?.feed(.expired(id)) }
        defer { reactor.cancel(timer) }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                let (event, failure) = state.withLock { state -> (ConnectionMachine.Event?, KafkaError?) in
                    if Task.isCancelled { return (nil, KafkaError(.cancelled, broker: peer)) }
                    if deadline.hasPassed { return (nil, KafkaError(.deadline, broker: peer)) }
                    if let failure = state.failure { return (nil, failure) }
                    state.waiters[id] = waiter
                    return (begin(&state, id), nil)
                }
                if let failure { waiter.resume(returning: .failure(failure)) }
                if let event { feed(event) }
            }
        } onCancel: {
            let waiter = state.withLock { $0.waiters.removeValue(forKey: id) }
            feed(.abandoned(id))
            waiter?.resume(returning: .failure(KafkaError(.cancelled, broker: peer)))
        }
        return try result.get()
    }
}
