package import KafkaWire
package import Transport

/// The protocol of one connection, without its socket: events in, actions out.
///
/// Its life: ApiVersions, then the login where there is one, then requests. Answers come in the order of the requests,
/// yet are matched by correlation id; one that matches nothing ends the connection, and whatever ends it ends every
/// request under way with the same cause.
package struct ConnectionMachine: Sendable {
    package struct Settings: Sendable {
        package var clientID = "sluice"
        package var softwareVersion = "0"
        /// The version of the first ApiVersions request; 0 for brokers that hang up on newer ones.
        package var firstApiVersions: Int16 = 3
        package var sasl: (any SaslExchange)?
        /// Keys beyond the read-only ones that may be sent.
        package var allowedEffects: Set<ApiKey> = []

        package init() {}
    }

    /// A request to be sent, once it is known under which correlation id.
    package struct Submission: Sendable {
        package typealias Frame = @Sendable (_ correlationID: Int32, _ clientID: String) throws(WireError) -> [UInt8]

        package let id: UInt64
        package let key: ApiKey
        package let version: Int16
        /// Whether the header of the answer has tagged fields.
        package let hasFlexibleAnswer: Bool
        package let frame: Frame
    }

    package enum Event: Sendable {
        case opened
        case frame(ArraySlice<UInt8>)
        /// The stream ended: orderly (nil) or not.
        case ended(TransportError.Reason?)
        case badFrame(size: Int32, limit: Int)
        case submitted(Submission)
        /// Nobody waits for this request any more, and the connection with it is of no use.
        case expired(UInt64)
        /// Nobody waits for this request any more; its answer will be dropped.
        case abandoned(UInt64)
        /// The session is about to end: logs in again, by the same mechanism, on the same connection (KIP-368).
        case reauthenticate(any SaslExchange)
        /// The broker has had its time to answer to that.
        case reauthenticationExpired
        case closed
    }

    package enum Action: Sendable {
        case write([UInt8])
        case established(ApiVersionTable, sessionLifetimeMs: Int64)
        /// A new session has begun on the connection.
        case reauthenticated(sessionLifetimeMs: Int64)
        /// The broker does not do that; the session goes on to its end.
        case cannotReauthenticate
        /// The body of an answer, and the size of the frame it came in.
        case deliver(UInt64, body: ArraySlice<UInt8>, frameBytes: Int)
        case reject(UInt64, KafkaError)
        /// Close the stream; nothing more will come.
        case end(KafkaError)
    }

    enum Phase {
        case idle
        case negotiating
        case handshaking
        case authenticating
        case ready
        case ended(KafkaError)
    }

    private struct Pending {
        /// Nil: nobody waits, or the machine itself does.
        var id: UInt64?
        /// The machine itself awaits the answer.
        var isOwn = false
        let key: ApiKey
        let version: Int16
        let hasFlexibleAnswer: Bool
    }

    var settings: Settings
    var phase = Phase.idle
    private var nextCorrelation: Int32 = 0
    private var pending: [Int32: Pending] = [:]
    private var order: [Int32] = []
    package internal(set) var versions = ApiVersionTable()
    package internal(set) var offeredMechanisms: [String] = []
    var saslVersion: Int16 = 0
    /// What is to be sent once the re-authentication under way is over, since a broker takes nothing else until then;
    /// nil: none is under way.
    var held: [Submission]?

    package init(settings: Settings) { self.settings = settings }

    package mutating func handle(_ event: Event) -> [Action] {
        if case .ended(let error) = phase {
            if case .submitted(let submission) = event { return [.reject(submission.id, error)] }
            return []
        }
        switch event {
        case .opened:
            phase = .negotiating
            return sendApiVersions(version: settings.firstApiVersions)
        case .frame(let frame): return received(frame)
        case .ended(let reason): return end(lost(reason))
        case .badFrame(let size, let limit): return end(explain(size: size, limit: limit))
        case .submitted(let submission): return submit(submission)
        case .expired(let id): return expire(id)
        case .abandoned(let id):
            if let correlation = pending.first(where: { $0.value.id == id })?.key { pending[correlation]?.id = nil }
            held?.removeAll { $0.id == id }
            return []
        case .reauthenticate(let sasl): return reauthenticate(sasl)
        case .reauthenticationExpired: return held == nil ? [] : end(KafkaError(.transport(.closed)))
        case .closed: return end(KafkaError(.transport(.closed)))
        }
    }

    var isReady: Bool {
        if case .ready = phase { true } else { false }
    }

    private var isSettingUp: Bool { !isReady && held == nil }

    /// The largest answer to what is under way; none of a set-up or a login is large.
    package var frameLimit: Int {
        let hasRequests = pending.values.contains { !$0.isOwn }
        guard isReady || hasRequests else { return Connection.firstFrameLimit }
        return pending.values.contains { $0.key == .fetch } ? Connection.fetchFrameLimit : Connection.frameLimit
    }

    // MARK: Requests

    mutating func submit(_ submission: Submission) -> [Action] {
        guard !isSettingUp else {
            return [.reject(submission.id, KafkaError(.transport(.closed), api: "\(submission.key)"))]
        }
        guard submission.key.isReadOnly || settings.allowedEffects.contains(submission.key) else {
            return [.reject(submission.id, KafkaError(.notAllowed, api: "\(submission.key)"))]
        }
        if held != nil {
            held?.append(submission)
            return []
        }
        let request = Pending(
            id: submission.id, key: submission.key, version: submission.version,
            hasFlexibleAnswer: submission.hasFlexibleAnswer)
        do {
            return [.write(try send(request, submission.frame))]
        } catch {
            let failure = KafkaError(.malformed("\(error)"), api: "\(submission.key)", version: submission.version)
            return [.reject(submission.id, failure)]
        }
    }

    private mutating func send(_ request: Pending, _ frame: Submission.Frame) throws(WireError) -> [UInt8] {
        let correlation = nextCorrelation
        let bytes = try frame(correlation, settings.clientID)
        nextCorrelation = nextCorrelation == .max ? 0 : nextCorrelation + 1
        pending[correlation] = request
        order.append(correlation)
        return bytes
    }

    /// Sends a request whose answer the machine itself awaits.
    mutating func sendOwn<R: WireRequest>(_ request: R, version: Int16) -> [Action] {
        let entry = Pending(
            id: nil, isOwn: true, key: R.key, version: version, hasFlexibleAnswer: R.hasFlexibleResponseHeader(version))
        do {
            let bytes = try send(entry) { correlation, client throws(WireError) in
                try request.frame(version: version, correlationID: correlation, clientID: client)
            }
            return [.write(bytes)]
        } catch {
            return end(KafkaError(.malformed("\(error)"), api: "\(R.key)", version: version))
        }
    }

    private mutating func expire(_ id: UInt64) -> [Action] {
        if let late = held?.first(where: { $0.id == id }) {
            // It was never sent; the re-authentication that it waits for has a bound of its own.
            held?.removeAll { $0.id == id }
            return [.reject(id, KafkaError(.deadline, api: "\(late.key)", version: late.version))]
        }
        guard let entry = pending.first(where: { $0.value.id == id })?.value else {
            guard isSettingUp else { return [] }
            let step = order.first.flatMap { pending[$0] }
            return end(KafkaError(.deadline, api: step.map { "\($0.key)" }, version: step?.version))
        }
        let error = KafkaError(.deadline, api: "\(entry.key)", version: entry.version)
        // The peer may be half open: a connection that let one request rot is not trusted with another.
        return [.reject(id, error)] + end(KafkaError(.transport(.closed)), except: id)
    }

    // MARK: Answers

    private mutating func received(_ frame: ArraySlice<UInt8>) -> [Action] {
        let correlation: Int32
        do {
            correlation = try ResponseHeader.correlationID(of: frame)
        } catch {
            return end(KafkaError(.malformed("\(error)")))
        }
        guard order.first == correlation, let request = pending[correlation] else {
            return end(KafkaError(.malformed("an answer to no request under way (correlation id \(correlation))")))
        }
        let body: ArraySlice<UInt8>
        do {
            body = try ResponseHeader.split(frame, isFlexible: request.hasFlexibleAnswer).body
        } catch {
            return end(KafkaError(.malformed("\(error)"), api: "\(request.key)", version: request.version))
        }
        order.removeFirst()
        pending[correlation] = nil
        if let id = request.id { return [.deliver(id, body: body, frameBytes: frame.count)] }
        guard request.isOwn else { return [] }
        switch phase {
        case .negotiating: return negotiated(body, version: request.version)
        case .handshaking: return handshaken(body, version: request.version)
        case .authenticating: return challenged(body, version: request.version)
        case .idle, .ready, .ended: return []
        }
    }

    // MARK: Ending

    private func lost(_ reason: TransportError.Reason?) -> KafkaError {
        if reason == .cancelled { return KafkaError(.cancelled) }
        if case .tls(let failure)? = reason { return KafkaError(.tls(failure)) }
        guard let oldest = order.first, let request = pending[oldest] else {
            return KafkaError(.transport(reason ?? .closed))
        }
        let wasOrderly = reason == nil || reason == .closed
        return KafkaError(
            wasOrderly ? .hungUp : .transport(reason ?? .closed), api: "\(request.key)",
            version: request.version)
    }

    mutating func end(_ error: KafkaError, except id: UInt64? = nil) -> [Action] {
        let waiting = order.compactMap { pending[$0] }
        let unsent = held ?? []
        pending = [:]
        order = []
        held = nil
        phase = .ended(error)
        let rejections = waiting.compactMap { request -> Action? in
            guard let waiter = request.id, waiter != id else { return nil }
            return .reject(
                waiter,
                error.with {
                    $0.api = "\(request.key)"; $0.version = request.version
                })
        }
        let refusals = unsent.map { submission -> Action in
            .reject(
                submission.id,
                error.with {
                    $0.api = "\(submission.key)"; $0.version = submission.version
                })
        }
        return rejections + refusals + [.end(error)]
    }

    /// What a size that cannot be one says about the peer.
    private func explain(size: Int32, limit: Int) -> KafkaError {
        if size == 0x4854_5450 {  // "HTTP"
            return KafkaError(
                .notKafka("the peer answers in HTTP: a web server or load balancer, not a Kafka listener"))
        }
        // A record of type alert (21) and of version 3.x, as all of TLS has it.
        if size >> 16 == 0x1503 {
            return KafkaError(
                .notKafka("the peer answers with a TLS alert: this listener looks like TLS (security.protocol=SSL)"))
        }
        let what = "a frame of \(size) bytes (at least 4, at most \(limit) accepted)"
        if case .authenticating = phase {
            // A login that the peer makes impossible is one that came to nothing, whatever else is wrong with the peer.
            return KafkaError(
                .loginAborted("\(loginWords)the answer to the login is \(what)"), api: "SaslAuthenticate",
                version: saslVersion)
        }
        return KafkaError(.malformed(what))
    }
}
