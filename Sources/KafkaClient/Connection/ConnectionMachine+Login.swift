private import KafkaWire

/// Versions, login, and the login again before a session ends.
extension ConnectionMachine {
    mutating func sendApiVersions(version: Int16) -> [Action] {
        let request = ApiVersionsRequest.with {
            $0.clientSoftwareName = version >= 3 ? "sluice" : ""
            $0.clientSoftwareVersion = version >= 3 ? settings.softwareVersion : ""
        }
        return sendOwn(request, version: version)
    }

    mutating func negotiated(_ body: ArraySlice<UInt8>, version: Int16) -> [Action] {
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
        return held == nil
            ? [.established(versions, sessionLifetimeMs: sessionLifetimeMs)]
            : [.reauthenticated(sessionLifetimeMs: sessionLifetimeMs)] + release()
    }

    // MARK: Re-authentication

    /// Begins it; what is under way is answered first, since a broker takes one request after the other.
    mutating func reauthenticate(_ sasl: any SaslExchange) -> [Action] {
        guard isReady else { return [] }
        // A broker takes no other mechanism than the one of the first login.
        guard let first = settings.sasl, first.mechanism == sasl.mechanism else { return [.cannotReauthenticate] }
        settings.sasl = sasl
        held = []
        phase = .handshaking
        return sendOwn(SaslHandshakeRequest.with { $0.mechanism = sasl.mechanism }, version: 1)
    }

    /// Sends what has waited for the end of a re-authentication.
    private mutating func release() -> [Action] {
        let waiting = held ?? []
        held = nil
        return waiting.flatMap { submit($0) }
    }

    /// What an error's words begin with, so that a login in the middle of a connection's life is told from the first.
    var loginWords: String { held == nil ? "" : "re-authentication before the session ends: " }

    // MARK: The login

    mutating func handshaken(_ body: ArraySlice<UInt8>, version: Int16) -> [Action] {
        let response: SaslHandshakeResponse
        do {
            response = try SaslHandshakeRequest.response(from: body, version: version)
        } catch {
            return end(KafkaError(.malformed("\(error)"), api: "SaslHandshake", version: version))
        }
        if held != nil, response.error == .illegalSaslState {
            // How a broker says that it does not do this, or not so soon again; the session itself is not touched.
            phase = .ready
            return [.cannotReauthenticate] + release()
        }
        offeredMechanisms = response.mechanisms
        let mechanism = settings.sasl?.mechanism ?? ""
        guard response.error == .none else {
            let offered = response.mechanisms.isEmpty ? "none" : response.mechanisms.joined(separator: ", ")
            return end(
                KafkaError(
                    .authentication(
                        "\(loginWords)\(response.error): \(mechanism) is not enabled here; offered: \(offered)",
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

    mutating func challenged(_ body: ArraySlice<UInt8>, version: Int16) -> [Action] {
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
                KafkaError(
                    .authentication(loginWords + words, code: response.error), api: "SaslAuthenticate",
                    version: version))
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
                case .refused: .authentication(loginWords + error.message)
                case .serverNotAuthenticated: .serverNotAuthenticated(loginWords + error.message)
                case .aborted: .loginAborted(loginWords + error.message)
                }
            return end(KafkaError(reason, api: "SaslAuthenticate", version: saslVersion))
        }
    }
}
