import Secrets
import Transport
import Value
import Web

/// Asks a token endpoint for a token with a client's id and secret (RFC 6749 §4.4, KIP-768).
struct ClientCredentialsGrant {
    /// What the endpoint said in the end, fit to be shown: never anything it could have given a token in.
    struct Failure: Error, Hashable {
        let message: String
        var reason: HTTPError.Reason?
    }

    /// Tries of one login; what still fails then is down.
    private static let tries = 5

    let client: OAuthBearerConfig.ClientCredentials
    let config: OAuthBearerConfig
    let world: LoginWorld

    func token(by deadline: Deadline) async throws(Failure) -> OAuthToken {
        let request = try request()
        var pause = config.retryBackoff.first
        var tries = 1
        while true {
            let failure: Failure
            switch await answer(to: request, by: deadline) {
            case .success(let response) where response.status == 200: return try read(response)
            case .success(let response):
                failure = refusal(response)
                // A client that is refused is refused again, and may be locked out for it.
                guard response.status >= 500 || response.status == 408 || response.status == 429 else { throw failure }
            case .failure(let error):
                failure = Failure(message: "token endpoint \(error)", reason: error.reason)
                switch error.reason {
                case .cancelled, .unavailable: throw failure
                case .deadline, .tooLarge, .failed: break
                }
            }
            guard tries < Self.tries, ContinuousClock.now + pause < deadline.instant else { throw failure }
            tries += 1
            do {
                try await Task.sleep(for: pause, clock: .continuous)
            } catch {
                throw Failure(message: "token endpoint: interrupted", reason: .cancelled)
            }
            pause = min(pause * 2, config.retryBackoff.longest)
        }
    }

    private func answer(to request: HTTPRequest, by deadline: Deadline) async -> Result<HTTPResponse, HTTPError> {
        let limit = config.readTimeout.map { deadline.atMost($0) } ?? deadline
        do throws(HTTPError) {
            return .success(try await world.http.send(request, limit))
        } catch {
            return .failure(error)
        }
    }

    private func request() throws(Failure) -> HTTPRequest {
        var request = HTTPRequest(.post, client.endpoint)
        func part(_ text: String) -> String { client.urlEncodesHeader ? PercentEncoding.form(text) : text }
        let secret = client.clientSecret.reveal { String(decoding: $0, as: UTF8.self) }
        let pair = Base64.text(Array("\(part(client.clientID)):\(part(secret))".utf8))
        world.registered(pair)
        request.headers = [
            .init("Authorization", "Basic \(pair)"), .init("Accept", "application/json"),
            .init("Content-Type", "application/x-www-form-urlencoded"),
        ]
        let scope = client.scope.map { "&scope=\(PercentEncoding.form($0))" } ?? ""
        request.body = Array("grant_type=client_credentials\(scope)".utf8)
        switch client.trust {
        case .system: break
        case .inline(let pem): request.trust = .pem(pem)
        case .file(let path, let declared, _):
            guard declared == nil || declared == .pem else {
                throw Failure(message: "the token endpoint's trust store \(path) must be PEM")
            }
            request.trust = .path(path)
        }
        return request
    }

    private func read(_ response: HTTPResponse) throws(Failure) -> OAuthToken {
        guard let value = try? JSONReader.read(response.body), case .string(let token)? = value["access_token"],
            !token.bytes.isEmpty
        else { throw Failure(message: "token endpoint \(client.shownEndpoint) answers without an access_token") }
        let secret = world.registered("\(token)")
        var end: Int64?
        if case .integer(let seconds)? = value["expires_in"], (0...1_000_000_000).contains(seconds) {
            end = world.now() + seconds
        }
        return OAuthToken(secret, expiration: end)
    }

    private func refusal(_ response: HTTPResponse) -> Failure {
        var words = ""
        if let value = try? JSONReader.read(response.body) {
            for key: ByteString in ["error", "error_description"] {
                if case .string(let text)? = value[key] { words += ": \(ShownText.of(text.bytes))" }
            }
        }
        return Failure(message: "token endpoint \(client.shownEndpoint) answers \(response.status)\(words)")
    }
}

extension OAuthBearerConfig.ClientCredentials {
    /// Without what may follow the path.
    fileprivate var shownEndpoint: String { HTTPError(.deadline, url: endpoint).place }
}
