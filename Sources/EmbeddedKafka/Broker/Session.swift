import KafkaWire

/// A broker's side of one connection: who is at the other end, and what each request draws.
struct Session: Sendable {
    /// Where the login stands.
    private enum Login {
        case none, handshakeDue, tokenDue
        case scram(ScramLogin)
        case done
    }

    /// A request that was read, to be answered.
    struct Asked: Sendable {
        let header: RequestHeader
        let call: Call
        var request: any ServedRequest
    }

    /// What a frame means.
    enum Step: Sendable {
        case answer(Asked)
        /// Answered already, with the login or with a refusal of the version.
        case reply([UInt8], api: ApiKey, closes: Bool)
        /// Kafka closes a connection that asks for what it does not know, or out of turn.
        case close
    }

    let broker: Int32
    let listener: Listener
    private var principal: String
    private var login: Login

    /// `subject`: Of the certificate that the client has shown.
    init(broker: Int32, listener: Listener, subject: String? = nil) {
        self.broker = broker
        self.listener = listener
        principal = "User:" + (subject ?? "ANONYMOUS")
        login = listener.hasLogin ? .handshakeDue : .none
    }

    /// Reads a frame (without its size).
    mutating func receive(_ frame: ArraySlice<UInt8>, _ state: ClusterState) -> Step {
        do throws(WireError) {
            let (header, body) = try RequestHeader.split(frame)
            let profile = state.profile(of: broker)
            guard let versions = profile.versions(of: header.apiKey) else { return .close }
            guard versions.contains(header.apiVersion) else {
                guard header.apiKey == .apiVersions else { return .close }
                return .reply(
                    try ApiVersionsRequest.frame(
                        ApiVersionsRequest.refusal(profile), version: 0, correlationID: header.correlationID),
                    api: .apiVersions, closes: false)
            }
            switch header.apiKey {
            case .saslHandshake: return try handshake(header, body, state)
            case .saslAuthenticate: return try authenticate(header, body, state)
            default: break
            }
            guard isIn || header.apiKey == .apiVersions else { return .close }
            guard let type = ServedApis.type(of: header.apiKey) else { return .close }
            let call = Call(
                broker: broker, listener: listener, principal: principal, version: header.apiVersion,
                clientID: header.clientID ?? "")
            return .answer(
                Asked(header: header, call: call, request: try type.request(from: body, version: header.apiVersion)))
        } catch {
            return .close
        }
    }

    // MARK: Login

    /// Whether requests are served that are none of the login.
    private var isIn: Bool {
        switch login {
        case .none, .done: true
        case .handshakeDue, .tokenDue, .scram: false
        }
    }

    private mutating func handshake(
        _ header: RequestHeader, _ body: ArraySlice<UInt8>, _ state: ClusterState
    ) throws(WireError) -> Step {
        let asked = try SaslHandshakeRequest.request(from: body, version: header.apiVersion)
        var response = SaslHandshakeResponse()
        var closes = false
        if case .handshakeDue = login {
            response.mechanisms = state.saslMechanisms
            if !response.mechanisms.contains(where: { Name($0) == Name(asked.mechanism) }) {
                response.error = .unsupportedSaslMechanism
                closes = true
            } else {
                login = ScramLogin(asked.mechanism).map { .scram($0) } ?? .tokenDue
            }
        } else {
            response.error = .illegalSaslState
        }
        let frame = try SaslHandshakeRequest.frame(
            response, version: header.apiVersion, correlationID: header.correlationID)
        return .reply(frame, api: .saslHandshake, closes: closes)
    }

    private mutating func authenticate(
        _ header: RequestHeader, _ body: ArraySlice<UInt8>, _ state: ClusterState
    ) throws(WireError) -> Step {
        let asked = try SaslAuthenticateRequest.request(from: body, version: header.apiVersion)
        var response = SaslAuthenticateResponse()
        switch login {
        case .scram(var scram):
            let step = scram.receive(asked.authBytes, state)
            login = .scram(scram)
            switch step {
            case .challenge(let bytes): response.authBytes = bytes
            case .accepted(let user, let signature):
                response.authBytes = signature
                principal = "User:\(user)"
                login = .done
            case .refused:
                response.error = .saslAuthenticationFailed
                response.errorMessage =
                    "Authentication failed during authentication due to invalid credentials with SASL mechanism "
                    + scram.name
            }
        case .tokenDue:
            do throws(Refusal) {
                principal = "User:\(try Self.user(in: asked.authBytes, state))"
                login = .done
            } catch {
                response.error = error.code
                response.errorMessage = error.message
            }
        case .handshakeDue: return .close
        case .none, .done:
            response.error = .illegalSaslState
            response.errorMessage = "SaslAuthenticate request received after successful authentication"
        }
        let frame = try SaslAuthenticateRequest.frame(
            response, version: header.apiVersion, correlationID: header.correlationID)
        return .reply(frame, api: .saslAuthenticate, closes: response.error == .saslAuthenticationFailed)
    }

    /// The user of a PLAIN message (`authzid NUL authcid NUL password`) whose password is right.
    private static func user(in message: [UInt8], _ state: ClusterState) throws(Refusal) -> String {
        func refused(_ why: String) -> Refusal { Refusal(.saslAuthenticationFailed, why) }
        let parts = message.split(separator: 0, omittingEmptySubsequences: false)
        guard parts.count == 3 else {
            throw refused("Invalid SASL/PLAIN response: expected 3 tokens, got \(parts.count)")
        }
        let user = String(decoding: parts[1], as: UTF8.self)
        guard !parts[1].isEmpty else { throw refused("Authentication failed: username not specified") }
        guard !parts[2].isEmpty else { throw refused("Authentication failed: password not specified") }
        guard let password = state.passwords[Name(user)], parts[2].elementsEqual(password.utf8) else {
            throw refused("Authentication failed: Invalid username or password")
        }
        // Acting for somebody else is not what PLAIN is for here, nor in Kafka.
        guard parts[0].isEmpty || parts[0].elementsEqual(parts[1]) else {
            throw refused(
                "Authentication failed: Client requested an authorization id that is different from username")
        }
        return user
    }
}

extension Session.Asked {
    /// The request once what it does at first is done.
    func begun(_ state: inout ClusterState) -> Session.Asked {
        var asked = self
        state.served(by: call.broker) { asked.request.begin(call, &$0) }
        return asked
    }

    /// The frame that answers, nil where none is due; a fault may change what it says.
    func answer(_ state: inout ClusterState, _ fault: Fault.Effect?) throws(WireError) -> [UInt8]? {
        try state.served(by: call.broker) { state throws(WireError) in
            try Self.answer(request, header, call, &state, fault)
        }
    }

    private static func answer<R: ServedRequest>(
        _ request: R, _ header: RequestHeader, _ call: Call, _ state: inout ClusterState, _ fault: Fault.Effect?
    ) throws(WireError) -> [UInt8]? {
        var answer: R.Response?
        if case .error(let code)? = fault {
            // What failed has not happened.
            var untouched = state
            answer = request.answer(call, &untouched)
            guard var failed = answer else { return nil }
            try AnswerChange.fail(&failed, of: R.self, code, call.version)
            answer = failed
        } else {
            answer = request.answer(call, &state)
        }
        guard var answer else { return nil }
        if case .throttle(let ms)? = fault { try AnswerChange.throttle(&answer, of: R.self, ms, call.version) }
        return try R.frame(answer, version: header.apiVersion, correlationID: header.correlationID)
    }
}
