import HostSystem
package import Transport

/// Finds the credentials of a login: those its configuration names, else those of AWS's usual places, in AWS's order.
///
/// A place that is set up and does not work ends the search: the next one's credentials would be another principal's.
package struct AwsCredentialChain: Sendable {
    /// Every step with what came of it; none worked.
    package struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
        package let steps: [String]
        package var description: String { "no AWS credentials: " + steps.joined(separator: "; ") }
    }

    private let config: AwsMskIamConfig
    private let world: LoginWorld
    private let endpoints: AwsEndpoints

    /// Without `endpoints`: the real ones, or those that the environment names.
    package init(_ config: AwsMskIamConfig, world: LoginWorld, endpoints: AwsEndpoints? = nil) {
        self.config = config
        self.world = world
        self.endpoints = endpoints ?? AwsEndpoints(world)
    }

    package func credentials(by deadline: Deadline) async throws(Failure) -> AwsCredentials {
        var tried: [String] = []
        if let arn = config.roleARN {
            let base: AwsCredentials
            if let given = config.roleCredentials {
                base = AwsCredentials(
                    accessKeyID: given.accessKeyID, secretAccessKey: given.secretAccessKey,
                    sessionToken: given.sessionToken)
            } else {
                base = try await first(&tried, by: deadline)
            }
            let sts = AwsSecurityTokenService(world: world, endpoints: endpoints, region: await stsRegion(by: deadline))
            let role = AwsSecurityTokenService.Role(
                arn: arn, sessionName: config.roleSessionName ?? "sluice", externalID: config.roleExternalID)
            switch await sts.assume(role, with: base, by: deadline) {
            case .found(let credentials): return credentials
            case .absent(let why), .failed(let why): throw Failure(steps: tried + [why])
            }
        }
        return try await first(&tried, by: deadline)
    }

    /// Of this machine, for STS and for brokers whose name does not tell it.
    package func region(by deadline: Deadline) async -> String? {
        if let region = world.variable("AWS_REGION") ?? world.variable("AWS_DEFAULT_REGION") { return region }
        return (try? await AwsProfiles(world, by: deadline))?[profileName]?["region"]
    }

    private func stsRegion(by deadline: Deadline) async -> String? {
        if let region = config.stsRegion { return region }
        return await region(by: deadline)
    }

    private var profileName: String { config.profileName ?? world.variable("AWS_PROFILE") ?? "default" }

    private func first(_ tried: inout [String], by deadline: Deadline) async throws(Failure) -> AwsCredentials {
        // Secrets do not go into messages, only what each place is called and why it is out of the question.
        func take(_ name: String, _ step: AwsCredentialsStep) throws(Failure) -> AwsCredentials? {
            switch step {
            case .found(let credentials): return credentials
            case .absent(let why): tried.append("\(name): \(why)")
            case .failed(let why): throw Failure(steps: tried + ["\(name): \(why)"])
            }
            return nil
        }
        if config.profileName != nil {
            if let found = try take("profile", await profile(by: deadline)) { return found }
            throw Failure(steps: tried)
        }
        if let found = try take("environment", Self.environment(world)) { return found }
        if let found = try take("web identity", await webIdentity(by: deadline)) { return found }
        if let found = try take("profile", await profile(by: deadline)) { return found }
        let metadata = AwsMetadataCredentials(world: world, endpoints: endpoints)
        if let found = try take("container", await metadata.container(by: deadline)) { return found }
        if let found = try take("instance metadata", await metadata.instance(by: deadline)) { return found }
        throw Failure(steps: tried)
    }

    static func environment(_ world: LoginWorld) -> AwsCredentialsStep {
        guard let id = world.variable("AWS_ACCESS_KEY_ID") else { return .absent("AWS_ACCESS_KEY_ID is not set") }
        guard let key = world.variable("AWS_SECRET_ACCESS_KEY") else {
            return .failed("AWS_ACCESS_KEY_ID is set, AWS_SECRET_ACCESS_KEY is not")
        }
        return .found(
            AwsCredentials(
                accessKeyID: id, secretAccessKey: world.registered(key),
                sessionToken: world.variable("AWS_SESSION_TOKEN").map { world.registered($0) }))
    }

    private func webIdentity(by deadline: Deadline) async -> AwsCredentialsStep {
        guard let path = world.variable("AWS_WEB_IDENTITY_TOKEN_FILE") else {
            return .absent("AWS_WEB_IDENTITY_TOKEN_FILE is not set")
        }
        guard let arn = world.variable("AWS_ROLE_ARN") else {
            return .failed("AWS_WEB_IDENTITY_TOKEN_FILE is set, AWS_ROLE_ARN is not")
        }
        let role = AwsSecurityTokenService.Role(
            arn: arn, sessionName: world.variable("AWS_ROLE_SESSION_NAME") ?? "sluice")
        do throws(FileError) {
            let token = try await world.text(ofFile: path, by: deadline)
            world.registered(token)
            return await AwsSecurityTokenService(
                world: world, endpoints: endpoints, region: await stsRegion(by: deadline)
            ).assume(role, webIdentityToken: token, by: deadline)
        } catch {
            return .failed("\(error)")
        }
    }

    private func profile(by deadline: Deadline) async -> AwsCredentialsStep {
        do throws(FileError) {
            let profiles = try await AwsProfiles(world, by: deadline)
            let step = await AwsProfileCredentials(
                world: world, endpoints: endpoints, profiles: profiles, stsRegion: await stsRegion(by: deadline)
            ).step(profileName, by: deadline)
            // A profile that was asked for by name is no place to pass by.
            guard case .absent(let why) = step, config.profileName ?? world.variable("AWS_PROFILE") != nil else {
                return step
            }
            return .failed(why)
        } catch {
            return .failed("\(error)")
        }
    }
}
