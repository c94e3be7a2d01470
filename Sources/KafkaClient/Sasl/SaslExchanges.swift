import Crypto
package import Transport

/// Makes the exchange for each login of one principal.
///
/// What the mechanism needs from elsewhere (a token, credentials) is fetched before the broker is dialled, within the
/// deadline, once for many brokers. Only the configured mechanism is ever spoken, whatever the broker offers.
package struct SaslExchanges: Sendable {
    private let config: SaslConfig
    private let world: LoginWorld
    private let scramKeys = ScramKeys()
    private let oauth: OAuthTokens?
    private let aws: AwsLogins?

    package init(_ config: SaslConfig, world: LoginWorld, reactor: Reactor) {
        self.config = config
        self.world = world
        switch config {
        case .plain, .scram256, .scram512, .gssapi: (oauth, aws) = (nil, nil)
        case .awsMskIam(let iam): (oauth, aws) = (nil, AwsLogins(iam, world: world, reactor: reactor))
        case .oauthBearer(let bearer):
            if case .awsMskIam(let iam) = bearer.token {
                (oauth, aws) = (nil, AwsLogins(iam, world: world, reactor: reactor))
            } else {
                (oauth, aws) = (OAuthTokens(bearer, world: world, reactor: reactor), nil)
            }
        }
    }

    /// The exchange for one login at `broker`, whose advertised name some mechanisms sign.
    package func exchange(
        for broker: HostPort, by deadline: Deadline
    ) async throws(KafkaError) -> any SaslExchange {
        do throws(KafkaError) {
            switch config {
            case .plain(let user, let password): return PlainExchange(user: user, password: password)
            case .scram256(let user, let password, let tokenAuth):
                return ScramExchange(
                    .sha256, user: user, password: password, tokenAuth: tokenAuth, keys: scramKeys)
            case .scram512(let user, let password, let tokenAuth):
                return ScramExchange(
                    .sha512, user: user, password: password, tokenAuth: tokenAuth, keys: scramKeys)
            case .awsMskIam:
                guard let aws else { throw KafkaError(.unsupported("AWS_MSK_IAM is not set up")) }
                return try await aws.exchange(for: broker.host, by: deadline)
            case .oauthBearer(let bearer):
                if let aws {
                    return OAuthBearerExchange(
                        token: try await aws.token(for: broker.host, by: deadline), extensions: bearer.extensions)
                }
                guard let oauth else { throw KafkaError(.unsupported("OAUTHBEARER is not set up")) }
                let token = try await oauth.token(by: deadline)
                var remark: String?
                if let end = token.expiration, end <= world.now() {
                    remark = "the token expired \(world.now() - end) s ago by this machine's clock"
                }
                return OAuthBearerExchange(token: token.secret, extensions: bearer.extensions, remark: remark)
            case .gssapi(let config): return try await GssapiExchange.make(config, host: broker.host, by: deadline)
            }
        } catch {
            throw error.with { $0.broker = "\(broker)" }
        }
    }
}
