import Crypto
import Transport
import Web

/// STS: temporary credentials of a role.
struct AwsSecurityTokenService {
    let world: LoginWorld
    let endpoints: AwsEndpoints
    let region: String?

    struct Role {
        var arn: String
        var sessionName: String
        var externalID: String?
    }

    /// `AssumeRole`, signed by other credentials.
    func assume(_ role: Role, with credentials: AwsCredentials, by deadline: Deadline) async -> AwsCredentialsStep {
        var form = [
            ("Action", "AssumeRole"), ("Version", "2011-06-15"), ("RoleArn", role.arn),
            ("RoleSessionName", role.sessionName),
        ]
        if let id = role.externalID { form.append(("ExternalId", id)) }
        return await send(form, role: role, signedBy: credentials, by: deadline)
    }

    /// `AssumeRoleWithWebIdentity`: the token of a Kubernetes service account or the like is the proof.
    func assume(_ role: Role, webIdentityToken token: String, by deadline: Deadline) async -> AwsCredentialsStep {
        await send(
            [
                ("Action", "AssumeRoleWithWebIdentity"), ("Version", "2011-06-15"), ("RoleArn", role.arn),
                ("RoleSessionName", role.sessionName), ("WebIdentityToken", token),
            ], role: role, signedBy: nil, by: deadline)
    }

    private func send(
        _ form: [(String, String)], role: Role, signedBy credentials: AwsCredentials?, by deadline: Deadline
    ) async -> AwsCredentialsStep {
        let signingRegion = region ?? "us-east-1"
        let regional = region.map { "https://sts.\($0).\(AwsRegion.domain(of: $0))" } ?? "https://sts.amazonaws.com"
        let endpoint = endpoints.sts ?? regional
        let type = "application/x-www-form-urlencoded; charset=utf-8"
        var request = HTTPRequest(.post, endpoint + "/")
        request.body = Array(
            form.map { "\($0.0)=\(PercentEncoding.of($0.1))" }.joined(separator: "&").utf8)
        request.headers = [HTTPRequest.Header("content-type", type)]
        do {
            if let credentials {
                let host = AwsEndpoints.authority(of: endpoint)
                request.headers = try AwsSignature(credentials, region: signingRegion, service: "sts", now: world.now())
                    .headers(host: host, contentType: type, body: request.body)
                    .map { HTTPRequest.Header($0.name, $0.value) }
            }
            let response = try await world.http.send(request, deadline)
            return read(response, role)
        } catch {
            return .failed("role \(role.arn): \(error)")
        }
    }

    private func read(_ response: HTTPResponse, _ role: Role) -> AwsCredentialsStep {
        func text(_ name: String) -> String? { Self.element(name, in: response.body) }
        guard response.status == 200 else {
            let why = [text("Code"), text("Message")].compactMap { $0 }.joined(separator: ": ")
            return .failed("role \(role.arn): STS answers \(response.status) \(ShownText.of(why.utf8))")
        }
        guard let id = text("AccessKeyId"), let key = text("SecretAccessKey"), let token = text("SessionToken") else {
            return .failed("role \(role.arn): STS answers without credentials")
        }
        return .found(
            AwsCredentials(
                accessKeyID: id, secretAccessKey: world.registered(key), sessionToken: world.registered(token),
                expiration: text("Expiration").flatMap { AwsTime.seconds($0) } ?? world.now() + 900))
    }

    /// The text of the first element of that name; what STS answers has neither attributes nor entities in these.
    private static func element(_ name: String, in body: [UInt8]) -> String? {
        let (open, close) = (Array("<\(name)>".utf8), Array("</\(name)>".utf8))
        guard let start = body.indices.first(where: { body[$0] == open[0] && body[$0...].starts(with: open) })
        else { return nil }
        let rest = body[(start + open.count)...]
        guard let end = rest.indices.first(where: { rest[$0] == close[0] && rest[$0...].starts(with: close) })
        else { return nil }
        let text = String(decoding: ConfigList.trimmed(Array(rest[..<end])), as: UTF8.self)
        return text.isEmpty ? nil : text
    }
}
