package import Crypto
import Secrets
import Value

/// AWS's signature, version 4: of a request in its address (presigned), or in its headers.
package struct AwsSignature: Sendable {
    private let credentials: AwsCredentials
    private let region: String
    private let service: String
    private let stamp: String

    /// `now` is in seconds since 1970.
    package init(_ credentials: AwsCredentials, region: String, service: String, now: Int64) {
        self.credentials = credentials
        self.region = region
        self.service = service
        stamp = AwsTime.stamp(now)
    }

    private var date: String { String(stamp.prefix(8)) }
    private var scope: String { "\(date)/\(region)/\(service)/aws4_request" }

    package struct Parameter: Sendable, Hashable {
        package let name: String
        package let value: String
    }

    /// The parameters of `GET https://host/` with the signature as the last of them.
    package func presigned(
        host: String, action: String, expires: Int
    ) throws(CryptoError) -> [Parameter] {
        var parameters = [
            Parameter(name: "Action", value: action),
            Parameter(name: "X-Amz-Algorithm", value: "AWS4-HMAC-SHA256"),
            Parameter(name: "X-Amz-Credential", value: "\(credentials.accessKeyID)/\(scope)"),
            Parameter(name: "X-Amz-Date", value: stamp),
            Parameter(name: "X-Amz-Expires", value: "\(expires)"),
        ]
        if let token = credentials.sessionToken {
            let text = token.reveal { String(decoding: $0, as: UTF8.self) }
            parameters.append(Parameter(name: "X-Amz-Security-Token", value: text))
        }
        parameters.append(Parameter(name: "X-Amz-SignedHeaders", value: "host"))
        // As they stand here they are in the order of their names, which the signature is made over.
        let canonical =
            "GET\n/\n\(Self.query(parameters))\nhost:\(host)\n\nhost\n"
            + Hex.text(try HashFunction.sha256.digest(of: []))
        parameters.append(Parameter(name: "X-Amz-Signature", value: try signature(of: canonical)))
        return parameters
    }

    /// The headers that `POST /` with this body needs beside its type.
    func headers(host: String, contentType: String, body: [UInt8]) throws(CryptoError) -> [Parameter] {
        var headers = [
            Parameter(name: "content-type", value: contentType), Parameter(name: "host", value: host),
            Parameter(name: "x-amz-date", value: stamp),
        ]
        if let token = credentials.sessionToken {
            let text = token.reveal { String(decoding: $0, as: UTF8.self) }
            headers.append(Parameter(name: "x-amz-security-token", value: text))
        }
        let names = headers.map(\.name).joined(separator: ";")
        let canonical =
            "POST\n/\n\n" + headers.map { "\($0.name):\($0.value)\n" }.joined() + "\n\(names)\n"
            + Hex.text(try HashFunction.sha256.digest(of: body))
        let signature = try signature(of: canonical)
        headers.append(
            Parameter(
                name: "Authorization",
                value: "AWS4-HMAC-SHA256 Credential=\(credentials.accessKeyID)/\(scope), "
                    + "SignedHeaders=\(names), Signature=\(signature)"))
        return headers
    }

    private func signature(of canonical: String) throws(CryptoError) -> String {
        let hash = HashFunction.sha256
        let text = "AWS4-HMAC-SHA256\n\(stamp)\n\(scope)\n" + Hex.text(try hash.digest(of: Array(canonical.utf8)))
        var key = credentials.secretAccessKey.reveal { Array("AWS4".utf8) + $0 }
        for part in [date, region, service, "aws4_request"] { key = try hash.hmac(of: Array(part.utf8), key: key) }
        return Hex.text(try hash.hmac(of: Array(text.utf8), key: key))
    }

    static func query(_ parameters: [Parameter]) -> String {
        parameters.map { "\(PercentEncoding.of($0.name))=\(PercentEncoding.of($0.value))" }.joined(separator: "&")
    }
}
