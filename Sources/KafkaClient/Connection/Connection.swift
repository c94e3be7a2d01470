import Guarding
import KafkaWire
package import Transport

/// A live connection to one broker: a ``ConnectionMachine`` and the pump that moves its bytes.
package final class Connection: Sendable {
    /// An answer, not yet decoded.
    struct Answer: Sendable {
        let body: ArraySlice<UInt8>
        let frameBytes: Int
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
        /// From when on it takes no request: the session is over, or too close to it.
        var retireAt: ContinuousClock.Instant?
        /// Begins the renewal of the session, or bounds the one under way.
        var sessionTimer: Reactor.TimerID?
        var mutedUntil: ContinuousClock.Instant?
        /// To be closed once nobody waits on it any more.
        var isRetired = false
        var failure: KafkaError?
    }

    package let peer: String
    /// What TLS showed of the broker; nil without TLS.
    package let tls: TLSFacts?
    private let stream: any ByteStream
    private let reactor: Reactor
    private let state: Guarded<State>
    private let outgoing: AsyncStream<[UInt8]>
    private let outbox: AsyncStream<[UInt8]>.Continuation
    private let renewal: SessionRenewal?
    /// The ends of sessions that are to be renewed now.
    private let endingSessions: AsyncStream<Deadline>
    private let renewals: AsyncStream<Deadline>.Continuation

    /// The largest frame accepted of the set-up, of most answers, and of Fetch, which may hold one oversized batch.
    package static let firstFrameLimit = 1 << 20
    package static let frameLimit = 32 << 20
    package static let fetchFrameLimit = 100 << 20

    /// Without a `renewal` a session that ends takes the connection with it.
    ///
    /// The `peer` is what the broker is called, wherever the stream in fact leads.
    package init(
        stream: any ByteStream, peer: String, settings: ConnectionMachine.Settings, reactor: Reactor,
        tls: TLSFacts? = nil, renewal: SessionRenewal? = nil
    ) {
        self.stream = stream
        self.renewal = renewal
        self.tls = tls
        self.reactor = reactor
        self.peer = peer
        state = Guarded(State(machine: ConnectionMachine(settings: settings)))
        (outgoing, outbox) = AsyncStream.makeStream(of: [UInt8].self)
        (endingSessions, renewals) = AsyncStream.makeStream(of: Deadline.self)
    }

    package var versions: ApiVersionTable { state.withLock { $0.versions } }
    package var sessionLifetimeMs: Int64 { state.withLock { $0.sessionLifetimeMs } }
    package var offeredMechanisms: [String] { state.withLock { $0.machine.offeredMechanisms } }

    /// Whether it may take another request: established, not failed, its session not about to end.
    package var isUsable: Bool {
        state.withLock { state in
            guard state.isEstablished, !state.isRetired, state.failure == nil else { return false }
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
            group.addTask { await self.renewAll() }
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
        var reader = FrameReader(limit: 0)
        while state.withLock({ $0.failure == nil }) {
            reader.makeRoom()
            let count: Int
            do {
                count = try await stream.read(
                    into: &reader.buffer, from: reader.filled, useful: reader.missing, by: .after(.seconds(3600)))
            } catch {
                if error.reason == .deadline { continue }
                feed(.ended(error.reason))
                return
            }
            guard count > 0 else {
                feed(.ended(nil))
                return
            }
            reader.limit = state.withLock { $0.machine.frameLimit }
            do {
                for frame in try reader.stored(count) { feed(.frame(frame)) }
            } catch {
                feed(.badFrame(size: error.size, limit: error.limit))
                return
            }
        }
    }

    private func renewAll() async {
        guard let renewal else { return }
        for await end in endingSessions {
            do throws(KafkaError) {
                try await unmuted(CallContext(deadline: end))
                guard let login = try await renewal.login(end) else {
                    retire()
                    continue
                }
                let timer = reactor.schedule(at: .after(renewal.timeout)) { [weak self] in
                    self?.feed(.reauthenticationExpired)
                }
                finish(
                    state.withLock { state in
                        state.sessionTimer = timer
                        // Requests wait for what comes of it, however close the end is.
                        state.retireAt = nil
                        return apply(.reauthenticate(login), &state)
                    })
            } catch {
                // Nothing to log in with at the moment. Whoever needs a connection next makes one, and hears why not.
                retire()
            }
        }
    }

    /// Takes note of a session that has begun.
    private func begin(sessionLifetimeMs lifetime: Int64, _ state: inout State) {
        state.sessionLifetimeMs = lifetime
        let schedule = SessionSchedule(
            lifetimeMs: lifetime, from: .now, isRenewable: renewal != nil, jitter: .random(in: 0...1))
        state.retireAt = schedule?.end
        if let timer = state.sessionTimer { reactor.cancel(timer) }
        state.sessionTimer = nil
        guard let schedule, let start = schedule.renewal else { return }
        state.sessionTimer = reactor.schedule(at: Deadline(start)) { [renewals] in
            renewals.yield(Deadline(schedule.end))
        }
    }

    /// What is left to do after an event, once the state is unlocked.
    private struct Outcome {
        var settled: [(waiter: Waiter, result: Result<Answer, KafkaError>)] = []
        var hasEnded = false
    }

    /// Hands an event to the machine and carries out what it says.
    private func feed(_ event: ConnectionMachine.Event) { finish(state.withLock { apply(event, &$0) }) }

    private func apply(_ event: ConnectionMachine.Event, _ state: inout State) -> Outcome {
        var outcome = Outcome()
        func settle(_ id: UInt64?, _ result: Result<Answer, KafkaError>) {
            guard let id, let waiter = state.waiters.removeValue(forKey: id) else { return }
            outcome.settled.append((waiter, result))
        }
        for action in state.machine.handle(event) {
            switch action {
            case .write(let bytes): outbox.yield(bytes)
            case .established(let versions, let lifetime):
                state.isEstablished = true
                state.versions = versions
                begin(sessionLifetimeMs: lifetime, &state)
                settle(state.openingID, .success(Answer(body: [], frameBytes: 0)))
            case .reauthenticated(let lifetime): begin(sessionLifetimeMs: lifetime, &state)
            // A new connection is always possible.
            case .cannotReauthenticate: state.isRetired = true
            case .deliver(let id, let body, let frameBytes):
                settle(id, .success(Answer(body: body, frameBytes: frameBytes)))
            case .reject(let id, let error): settle(id, .failure(error.with { $0.broker = peer }))
            case .end(let error):
                outcome.hasEnded = true
                let failure = error.with { $0.broker = peer }
                state.failure = state.failure ?? failure
                if let timer = state.sessionTimer { reactor.cancel(timer) }
                state.sessionTimer = nil
                if state.isEstablished, case .authentication = error.reason {
                    // Before anybody can find the connection gone and make another.
                    renewal?.refused(failure, !outcome.settled.isEmpty || !state.waiters.isEmpty)
                }
                for waiter in state.waiters.values { outcome.settled.append((waiter, .failure(failure))) }
                state.waiters = [:]
            }
        }
        if state.isRetired, state.failure == nil, state.waiters.isEmpty {
            let ended = apply(.closed, &state)
            outcome.hasEnded = outcome.hasEnded || ended.hasEnded
        }
        return outcome
    }

    private func finish(_ outcome: Outcome) {
        if outcome.hasEnded {
            outbox.finish()
            renewals.finish()
            stream.close()
        }
        for (waiter, result) in outcome.settled { waiter.resume(returning: result) }
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

    /// Takes no more requests, and closes once those under way are answered.
    func retire() {
        finish(
            state.withLock { state in
                state.isRetired = true
                return state.waiters.isEmpty ? apply(.closed, &state) : Outcome()
            })
    }

    /// The broker asked for a pause: nothing is sent until it is over.
    func mute(for milliseconds: Int64, _ time: Passage) {
        let until = time.now + .milliseconds(milliseconds)
        state.withLock { $0.mutedUntil = max($0.mutedUntil ?? until, until) }
    }

    /// Waits for the end of the pause that the broker asked for.
    func unmuted(_ context: CallContext) async throws(KafkaError) {
        let time = context.time
        while let until = state.withLock({ $0.mutedUntil }), until > time.now {
            guard until < context.deadline.instant else {
                let left = time.now.duration(to: until).millisecondsRoundedUp
                throw KafkaError(.throttled(milliseconds: left), broker: peer)
            }
            guard await time.wait(until: until) else { throw KafkaError(.cancelled, broker: peer) }
        }
    }

    /// Sends an encoded request and waits for the answer's bytes.
    func exchange(
        key: ApiKey, version: Int16, hasFlexibleAnswer: Bool, by deadline: Deadline,
        frame: @escaping ConnectionMachine.Submission.Frame
    ) async throws(KafkaError) -> Answer {
        try await wait(by: deadline) { _, id in
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
                // In one step: an expiry between the two would find nothing to end, and nothing would come after it.
                let (outcome, failure) = state.withLock { state -> (Outcome, KafkaError?) in
                    if Task.isCancelled { return (Outcome(), KafkaError(.cancelled, broker: peer)) }
                    if deadline.hasPassed { return (Outcome(), KafkaError(.deadline, broker: peer)) }
                    if let failure = state.failure { return (Outcome(), failure) }
                    state.waiters[id] = waiter
                    let event = begin(&state, id)
                    return (apply(event, &state), nil)
                }
                if let failure { waiter.resume(returning: .failure(failure)) }
                finish(outcome)
            }
        } onCancel: {
            let waiter = state.withLock { $0.waiters.removeValue(forKey: id) }
            waiter?.resume(returning: .failure(KafkaError(.cancelled, broker: peer)))
            feed(.abandoned(id))
        }
        return try result.get()
    }
}
