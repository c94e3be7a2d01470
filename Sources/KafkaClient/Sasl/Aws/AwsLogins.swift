import Crypto
import Secrets
import Transport

/// Logins to MSK by IAM: the credentials, renewed before they end, and what is signed with them.
struct AwsLogins: Sendable {
    /// Credentials are renewed this many seconds before they end.
    private static let renewal: Int64 = 300

    private let chain: AwsCredentialChain
    private let world: LoginWorld
    private let renewed: Renewed<AwsCredentials>

    init(_ config: AwsMskIamConfig, world: LoginWorld, reactor: Reactor) {
        chain = AwsCredentialChain(config, world: world)
        self.world = world
        renewed = Renewed(reactor: reactor, now: world.now)
    }

    func exchange(for host: String, by deadline: Deadline) async throws(KafkaError) -> MskIamExchange {
        MskIamExchange(
            host: host, region: try await region(of: host, by: deadline),
            credentials: try await credentials(by: deadline), userAgent: world.userAgent, now: world.now,
            register: world.register)
    }

    func token(for host: String, by deadline: Deadline) async throws(KafkaError) -> Secret {
        let region = try await region(of: host, by: deadline)
        let credentials = try await credentials(by: deadline)
        do throws(CryptoError) {
            let token = try MskOAuthToken.make(
                region: region, credentials: credentials, userAgent: world.userAgent, now: world.now())
            return world.registered(String(decoding: token, as: UTF8.self))
        } catch {
            throw KafkaError(.loginAborted("no token: \(error)"))
        }
    }

    private func region(of host: String, by deadline: Deadline) async throws(KafkaError) -> String {
        if let region = AwsRegion.of(host: host) { return region }
        if let region = await chain.region(by: deadline) { return region }
        throw KafkaError(
            .loginAborted("no AWS region: \(host) is no name that AWS gave; set AWS_REGION to the cluster's region"))
    }

    private func credentials(by deadline: Deadline) async throws(KafkaError) -> AwsCredentials {
        try await renewed.value(by: deadline) { () throws(KafkaError) in
            do throws(AwsCredentialChain.Failure) {
                let found = try await chain.credentials(by: deadline)
                let renewAt = found.expiration.map { end in
                    // Those of a short life are used for half of it.
                    max(end - Self.renewal, world.now() + (end - world.now()) / 2)
                }
                return .init(output: found, renewAt: renewAt, expiration: found.expiration)
            } catch {
                throw KafkaError(Task.isCancelled ? .cancelled : .loginAborted("\(error)"))
            }
        }
    }
}
