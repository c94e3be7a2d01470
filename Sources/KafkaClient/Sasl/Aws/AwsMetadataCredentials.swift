import HostSystem
import Transport
import Web

/// Credentials that the machine or the container around this process hands out.
struct AwsMetadataCredentials {
    let world: LoginWorld
    let endpoints: AwsEndpoints

    // MARK: Container

    /// ECS and EKS Pod Identity.
    func container(by deadline: Deadline) async -> AwsCredentialsStep {
        let url: String
        if let path = world.variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") {
            url = endpoints.container + path
        } else if let full = world.variable("AWS_CONTAINER_CREDENTIALS_FULL_URI") {
            guard Self.mayGetToken(full) else {
                return .failed("AWS_CONTAINER_CREDENTIALS_FULL_URI is neither https nor an address of this machine")
            }
            url = full
        } else {
            return .absent("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI and …_FULL_URI are not set")
        }
        var request = HTTPRequest(.get, url)
        request.usesProxy = false
        do {
            // Read anew each time, for the file's token is replaced now and then.
            var token = world.variable("AWS_CONTAINER_AUTHORIZATION_TOKEN")
            if let path = world.variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") {
                token = try await world.text(ofFile: path, by: deadline)
            }
            if let token {
                guard token.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
                    return .failed("the container's authorization token has a character that cannot be sent")
                }
                world.registered(token)
                request.headers = [.init("Authorization", token)]
            }
            let response = try await world.http.send(request, deadline)
            guard response.status == 200 else { return .failed("\(url) answers \(response.status)") }
            guard let found = AwsCredentials(json: response.body, token: "Token", world: world) else {
                return .failed("\(url) answers without credentials")
            }
            return .found(found)
        } catch {
            return .failed("\(error)")
        }
    }

    /// A token in clear goes to this machine or to the link-local addresses of ECS and EKS only.
    private static func mayGetToken(_ url: String) -> Bool {
        let lower = url.lowercased()
        if lower.utf8.starts(with: "https://".utf8) { return true }
        guard lower.utf8.starts(with: "http://".utf8) else { return false }
        let authority = AwsEndpoints.authority(of: lower)
        guard !authority.utf8.contains(UInt8(ascii: "@")) else { return false }
        let isBracketed = authority.utf8.first == UInt8(ascii: "[")
        let end = authority.utf8.lastIndex(of: UInt8(ascii: isBracketed ? "]" : ":")) ?? authority.utf8.endIndex
        let host = String(authority[..<end]) + (isBracketed ? "]" : "")
        let local = ["localhost", "127.0.0.1", "[::1]", "169.254.170.2", "169.254.170.23", "[fd00:ec2::23]"]
        return local.contains(host)
    }

    // MARK: Instance

    /// EC2's instance metadata, version 2 only: version 1 answers whoever can make this machine send a request.
    func instance(by deadline: Deadline) async -> AwsCredentialsStep {
        if world.variable("AWS_EC2_METADATA_DISABLED")?.lowercased() == "true" {
            return .absent("switched off by AWS_EC2_METADATA_DISABLED")
        }
        let patience = deadline.atMost(endpoints.metadataPatience)
        let token: String
        do throws(HTTPError) {
            let response = try await get(
                "/latest/api/token", .put, [.init("X-aws-ec2-metadata-token-ttl-seconds", "21600")], by: patience)
            guard response.status == 200 else {
                return .failed("\(endpoints.instanceMetadata) answers \(response.status) to the request for a token")
            }
            token = String(decoding: ConfigList.trimmed(response.body), as: UTF8.self)
        } catch {
            return .absent("\(error)")
        }
        guard !token.isEmpty, token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            return .failed("\(endpoints.instanceMetadata) hands out no usable token")
        }
        world.registered(token)
        let headers = [HTTPRequest.Header("X-aws-ec2-metadata-token", token)]
        let path = "/latest/meta-data/iam/security-credentials/"
        do throws(HTTPError) {
            let list = try await get(path, .get, headers, by: deadline)
            if list.status == 404 { return .absent("the instance has no role") }
            guard list.status == 200,
                let line = list.body.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }).first
            else { return .failed("instance metadata answers \(list.status) to the question for a role") }
            let role = String(decoding: ConfigList.trimmed(Array(line)), as: UTF8.self)
            let response = try await get(path + PercentEncoding.of(role), .get, headers, by: deadline)
            guard response.status == 200,
                let found = AwsCredentials(json: response.body, token: "Token", world: world)
            else { return .failed("instance metadata answers \(response.status) without credentials") }
            return .found(found)
        } catch {
            return .failed("\(error)")
        }
    }

    private func get(
        _ path: String, _ method: HTTPRequest.Method, _ headers: [HTTPRequest.Header], by deadline: Deadline
    ) async throws(HTTPError) -> HTTPResponse {
        var request = HTTPRequest(method, endpoints.instanceMetadata + path)
        request.headers = headers
        request.usesProxy = false
        return try await world.http.send(request, deadline)
    }
}
