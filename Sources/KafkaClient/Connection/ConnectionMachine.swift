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
        case closed
    }

    package enum Action: Sendable {
        case write([UInt8])
        case established(ApiVersionTable, sessionLifetimeMs: Int64)
        /// The body of an answer, and the size of the frame it came in.
        case deliver(UInt64, body: ArraySlice<UInt8>, frameBytes: Int)
        case reject(UInt64, KafkaError)
        /// Close the stream; nothing more will come.
        case end(KafkaError)
    }

    private enum Phase {
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
        let key: ApiKey
        let version: Int16
        let hasFlexibleAnswer: Bool
    }

    private var settings: Settings
    private var phase = Phase.idle
    private var nextCorrelation: Int32 = 0
    private var pending: [Int32: Pending] = [:]
    private var order: [Int32] = []
    private(set) package var versions = ApiVersionTable()
    private(set) package var offeredMechanisms: [String] = []
    private var saslVersion: Int16 = 0

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
        case .badFrame(let size, let limit): return end(Self.explain(size: size, limit: limit))
        case .submitted(let submission): return submit(submission)
        case .expired(let id): return expire(id)
        case .abandoned(let id):
            if let correlation = pending.first(where: { $0.value.id == id })?.key { pending[correlation]?.id = nil }
            return []
        case .closed: return end(KafkaError(.transport(.closed)))
        }
    }

    private var isReady: Bool {
        if case .ready = phase { true } else { false }
    }

    /// The largest answer to what is under way; none of the set-up is large.
    package var frameLimit: Int {
        guard isReady else { return Connection.firstFrameLimit }
        return pending.values.contains { $0.key == .fetch } ? Connection.fetchFrameLimit : Connection.frameLimit
    }

    // MARK: Requests

    private mutating func submit(_ submission: Submission) -> [Action] {
        guard isReady else {
            return [.reject(submission.id, KafkaError(.transport(.closed), api: "\(submission.key)"))]
        }
        guard submission.key.isReadOnly || settings.allowedEffects.contains(submission.key) else {
            return [.reject(submission.id, KafkaError(.notAllowed, api: "\(submission.key)"))]
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
    private mutating func sendOwn<R: WireRequest>(_ request: R, version: Int16) -> [Action] {
        let entry = Pending(
            id: nil, key: R.key, version: version, hasFlexibleAnswer: R.hasFlexibleResponseHeader(version))
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
        guard let entry = pending.first(where: { $0.value.id == id })?.value else {
            guard !isReady else { return [] }
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
        switch phase {
        case .negotiating: return negotiated(body, version: request.version)
        case .handshaking: return handshaken(body, version: request.version)
        case .authenticating: return challenged(body, version: request.version)
        case .idle, .ready, .ended: return []
        }
    }

    // MARK: Setting up

    private mutating func sendApiVersions(version: Int16) -> [Action] {
        let request = ApiVersionsRequest.with {
            $0.clientSoftwareName = version >= 3 ? "sluice" : ""
            $0.clientSoftwareVersion = version >= 3 ? settings.softwareVersion : ""
        }
        return sendOwn(request, version: version)
    }

    private mutating func negotiated(_ body: ArraySlice<UInt8>, version: Int16) -> [Action] {
        let response: ApiVersionsResponse
        do {
            response = try ApiVersionsResponse.read(body, requestedVersion: version)
        } catch {
            return end(KafkaError(.malformed("\(error)"), api: "ApiVersions", version: version))
        }
        if response.error == .unsupportedVersion, version > 0 {
            // The answer names the versions it would take (KIP-511); brokers before 2.4 do not.
            let offered = response.apiKeys.first { $0.apiKey == ApiVersionsRequest.key }?.maxVersion ?? 0
            return sendApiVersions(version: max(0, min(offered, version - 1)))
        }
        guard response.error == .none else {
            return end(
                KafkaError(.broker(response.error, message: nil), api: "ApiVersions", version: version))
        }
        versions = ApiVersionTable(response)
        guard !versions.ranges.isEmpty else {
            return end(KafkaError(.unsupported("the broker advertises no API"), api: "ApiVersions", version: version))
        }
        guard let sasl = settings.sasl else { return established(sessionLifetimeMs: 0) }
        phase = .handshaking
        return sendOwn(SaslHandshakeRequest.with { $0.mechanism = sasl.mechanism }, version: 1)
    }

    private mutating func established(sessionLifetimeMs: Int64) -> [Action] {
        phase = .ready
        return [.established(versions, sessionLifetimeMs: sessionLifetimeMs)]
    }

    private mutating func handshaken(_ body: ArraySlice<UInt8>, version: Int16) -> [Action] {
        let response: SaslHandshakeResponse
        do {
            response = try SaslHandshakeRequest.response(from: body, version: version)
        } catch {
            return end(KafkaError(.malformed("\(error)"), api: "SaslHandshake", version: version))
        }
        offeredMechanisms = response.mechanisms
        let mechanism = settings.sasl?.mechanism ?? ""
        guard response.error == .none else {
            let offered = response.mechanisms.isEmpty ? "none" : response.mechanisms.joined(separator: ", ")
            return end(
                KafkaError(
                    .authentication(
                        "\(response.error): \(mechanism) is not enabled here; offered: \(offered)",
                        code: response.error),
                    api: "SaslHandshake", version: version))
        }
        guard let offered = versions.highest(of: SaslAuthenticateRequest.key, in: SaslAuthenticateRequest.versions)
        else {
            return end(KafkaError(.unsupported("the broker has no SaslAuthenticate"), api: "SaslAuthenticate"))
        }
        saslVersion = offered
        phase = .authenticating
        return authenticate { sasl throws(SaslFailure) in .send(try sasl.start()) }
    }

    private mutating func challenged(_ body: ArraySlice<UInt8>, version: Int16) -> [Action] {
        let response: SaslAuthenticateResponse
        do {
            response = try SaslAuthenticateRequest.response(from: body, version: version)
        } catch {
            return end(KafkaError(.malformed("\(error)"), api: "SaslAuthenticate", version: version))
        }
        guard response.error == .none else {
            var words = response.errorMessage.map { "\(response.error): \($0)" } ?? "\(response.error)"
            if let remark = settings.sasl?.remark { words += " (\(remark))" }
            return end(
                KafkaError(.authentication(words, code: response.error), api: "SaslAuthenticate", version: version))
        }
        // Only the last answer's lifetime counts; some brokers send one with every step.
        return authenticate(lifetime: response.sessionLifetimeMs) { sasl throws(SaslFailure) in
            try sasl.answer(response.authBytes)
        }
    }

    private mutating func authenticate(
        lifetime: Int64 = 0, _ step: (inout any SaslExchange) throws(SaslFailure) -> SaslStep
    ) -> [Action] {
        guard var sasl = settings.sasl else { return end(KafkaError(.authentication("no login is configured"))) }
        do {
            let next = try step(&sasl)
            settings.sasl = sasl
            switch next {
            case .send(let bytes):
                return sendOwn(SaslAuthenticateRequest.with { $0.authBytes = bytes }, version: saslVersion)
            case .done: return established(sessionLifetimeMs: max(0, lifetime))
            }
        } catch {
            let reason: KafkaError.Reason =
                switch error.kind {
                case .refused: .authentication(error.message)
                case .serverNotAuthenticated: .serverNotAuthenticated(error.message)
                case .aborted: .loginAborted(error.message)
                }
            return end(KafkaError(reason, api: "SaslAuthenticate", version: saslVersion))
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

    private mutating func end(_ error: KafkaError, except id: UInt64? = nil) -> [Action] {
        let waiting = order.compactMap { pending[$0] }
        pending = [:]
        order = []
        phase = .ended(error)
        let rejections = waiting.compactMap { request -> Action? in
            guard let waiter = request.id, waiter != id else { return nil }
            return .reject(
                waiter,
                error.with {
                    $0.api = "\(request.key)"; $0.version = request.version
                })
        }
        return rejections + [.end(error)]
    }

    /// What a size that cannot be one says about the peer.
    private static func explain(size: Int32, limit: Int) -> KafkaError {
        if size == 0x4854_5450 {  // "HTTP"
            return KafkaError(
                .notKafka("the peer answers in HTTP: a web server or load balancer, not a Kafka listener"))
        }
        // A record of type alert (21) and of version 3.x, as all of TLS has it.
        if size >> 16 == 0x1503 {
            return KafkaError(
                .notKafka("the peer answers with a TLS alert: this listener looks like TLS (security.protocol=SSL)"))
        }
        return KafkaError(.malformed("a frame of \(size) bytes (at least 4, at most \(limit) accepted)"))
    }
}
