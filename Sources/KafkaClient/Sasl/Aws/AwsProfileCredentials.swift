import HostSystem
import Transport

/// Credentials as a profile says: written there, printed by a program, or a role's.
struct AwsProfileCredentials {
    let world: LoginWorld
    let endpoints: AwsEndpoints
    let profiles: AwsProfiles
    let stsRegion: String?

    func step(_ name: String, by deadline: Deadline) async -> AwsCredentialsStep {
        await step(name, passed: [], by: deadline)
    }

    private func step(_ name: String, passed: [String], by deadline: Deadline) async -> AwsCredentialsStep {
        guard let profile = profiles[name] else {
            return .absent("no profile '\(name)' in \(profiles.paths.joined(separator: " or "))")
        }
        // A profile that names itself as its source means its own keys.
        if let role = profile["role_arn"], passed.last != name {
            return await assume(role, profile, name, passed: passed, by: deadline)
        }
        if let id = profile["aws_access_key_id"] {
            guard let key = profile["aws_secret_access_key"] else {
                return .failed("profile '\(name)' has an access key without its secret")
            }
            return .found(
                AwsCredentials(
                    accessKeyID: id, secretAccessKey: world.registered(key),
                    sessionToken: profile["aws_session_token"].map { world.registered($0) }))
        }
        if let command = profile["credential_process"] { return await run(command, name, by: deadline) }
        if profile.keys.contains(where: { $0.utf8.starts(with: "sso_".utf8) }) {
            return .failed(
                "profile '\(name)' is one of SSO: set credential_process = aws configure export-credentials "
                    + "--profile \(name), in another profile")
        }
        return .absent("profile '\(name)' has no credentials")
    }

    private func assume(
        _ arn: String, _ profile: [String: String], _ name: String, passed: [String], by deadline: Deadline
    ) async -> AwsCredentialsStep {
        if profile["mfa_serial"] != nil {
            return .failed("profile '\(name)' wants a second factor, which nobody can type here")
        }
        let sts = AwsSecurityTokenService(
            world: world, endpoints: endpoints, region: stsRegion ?? profile["region"])
        let role = AwsSecurityTokenService.Role(
            arn: arn, sessionName: profile["role_session_name"] ?? "sluice", externalID: profile["external_id"])
        if let path = profile["web_identity_token_file"] {
            do throws(FileError) {
                let token = try await world.text(ofFile: path, by: deadline)
                world.registered(token)
                return await sts.assume(role, webIdentityToken: token, by: deadline)
            } catch {
                return .failed("profile '\(name)': \(error)")
            }
        }
        let base: AwsCredentialsStep
        if let source = profile["source_profile"] {
            guard !passed.contains(source), passed.count < 8 else {
                return .failed("profile '\(name)': source_profile goes in a circle")
            }
            base = await step(source, passed: passed + [name], by: deadline)
        } else {
            base = await named(profile["credential_source"], by: deadline)
        }
        switch base {
        case .found(let credentials): return await sts.assume(role, with: credentials, by: deadline)
        case .absent(let why), .failed(let why): return .failed("profile '\(name)': no source for its role: \(why)")
        }
    }

    private func named(_ source: String?, by deadline: Deadline) async -> AwsCredentialsStep {
        let metadata = AwsMetadataCredentials(world: world, endpoints: endpoints)
        return switch source {
        case "Environment": AwsCredentialChain.environment(world)
        case "EcsContainer": await metadata.container(by: deadline)
        case "Ec2InstanceMetadata": await metadata.instance(by: deadline)
        case .some(let other): .failed("credential_source = \(ShownText.of(other.utf8)) is not known")
        case nil: .failed("neither source_profile nor credential_source is set")
        }
    }

    private func run(_ command: String, _ name: String, by deadline: Deadline) async -> AwsCredentialsStep {
        let limit = deadline.atMost(.seconds(60))
        let result = await BlockingCall.value(by: limit) {
            Result { () throws(CommandRun.Failure) in try CommandRun.shell(command, until: limit.instant) }
        }
        let place = "credential_process of profile '\(name)'"
        switch result {
        case .success(let output):
            guard let found = AwsCredentials(json: output, token: "SessionToken", world: world) else {
                return .failed("\(place) printed no credentials")
            }
            if let expiration = found.expiration, expiration <= world.now() {
                return .failed("\(place) printed credentials that have expired")
            }
            return .found(found)
        case .failure(.notStarted(let why)): return .failed("\(place) does not start: \(why)")
        case .failure(.ended(let status)): return .failed("\(place) ended with status \(status)")
        case .failure(.tooMuchOutput(let limit)): return .failed("\(place) printed more than \(limit) bytes")
        case .failure(.deadline), nil: return .failed("\(place) did not end in time")
        }
    }
}
