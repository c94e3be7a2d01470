import HostSystem
import Transport
import Value
import Web

/// The tokens of one principal: fetched, read or made up, and renewed before they end.
struct OAuthTokens: Sendable {
    private let config: OAuthBearerConfig
    private let world: LoginWorld
    private let renewed: Renewed<OAuthToken>
    /// Shifts renewals, so that clients do not march in step.
    private let jitter: Double

    init(_ config: OAuthBearerConfig, world: LoginWorld, reactor: Reactor) {
        self.config = config
        self.world = world
        renewed = Renewed(reactor: reactor, now: world.now)
        let width = max(0, min(0.25, config.refresh.windowJitter))
        jitter = Double.random(in: 0...width)
    }

    func token(by deadline: Deadline) async throws(KafkaError) -> OAuthToken {
        switch config.token {
        case .file(let path):
            do throws(FileError) {
                return OAuthToken(world.registered(try await world.text(ofFile: path, by: deadline)))
            } catch {
                throw KafkaError(.loginAborted("no token: \(error)"))
            }
        case .unsecured(let unsecured):
            do throws(JSONError) {
                let bytes = try OAuthToken.unsecured(unsecured, now: world.now())
                return OAuthToken(world.registered(String(decoding: bytes, as: UTF8.self)))
            } catch {
                throw KafkaError(.loginAborted("no token: \(error)"))
            }
        case .clientCredentials(let client):
            return try await renewed.value(by: deadline) { () throws(KafkaError) in
                try await fetched(client, by: deadline)
            }
        case .awsMskIam: throw KafkaError(.loginAborted("no token: AWS signs those"))
        }
    }

    private func fetched(
        _ client: OAuthBearerConfig.ClientCredentials, by deadline: Deadline
    ) async throws(KafkaError) -> Renewed<OAuthToken>.Kept {
        do throws(ClientCredentialsGrant.Failure) {
            let grant = ClientCredentialsGrant(client: client, config: config, world: world)
            let token = try await grant.token(by: deadline)
            return .init(output: token, renewAt: renewal(of: token), expiration: token.expiration)
        } catch {
            let reason: KafkaError.Reason =
                error.reason == .cancelled ? .cancelled : .loginAborted("no token: \(error.message)")
            throw KafkaError(reason)
        }
    }

    /// Java's rule: at a part of the life, but neither right away nor at the last moment.
    ///
    /// A token whose end nobody told is not kept: it may have ended.
    private func renewal(of token: OAuthToken) -> Int64 {
        let now = world.now()
        guard let end = token.expiration, end > now else { return now }
        let life = Double(min(end - now, 1_000_000_000))
        let window = now + Int64(life * min(1, config.refresh.windowFactor + jitter))
        let latest = end - config.refresh.buffer.components.seconds
        let earliest = now + config.refresh.minPeriod.components.seconds
        // Where both cannot be had, the token's life is too short for either, and the window stands.
        return earliest < latest ? max(earliest, min(window, latest)) : window
    }
}
