/// Where AWS's own services answer.
package struct AwsEndpoints: Sendable {
    /// Of ECS, for `AWS_CONTAINER_CREDENTIALS_RELATIVE_URI`.
    package var container = "http://169.254.170.2"
    package var instanceMetadata = "http://169.254.169.254"
    /// Nil: the regional one of STS.
    package var sts: String?
    /// How long instance metadata may take to answer: where there is none, nothing does.
    package var metadataPatience: Duration = .seconds(1)

    package init() {}

    /// As AWS's own tools read them from the environment.
    init(_ world: LoginWorld) {
        if let url = world.variable("AWS_EC2_METADATA_SERVICE_ENDPOINT") { instanceMetadata = Self.trimmed(url) }
        if let url = world.variable("AWS_ENDPOINT_URL_STS") ?? world.variable("AWS_ENDPOINT_URL") {
            sts = Self.trimmed(url)
        }
    }

    private static func trimmed(_ url: String) -> String { url.hasSuffix("/") ? String(url.dropLast()) : url }

    /// `host[:port]` of an address.
    static func authority(of url: String) -> String {
        let rest = url.utf8.drop { $0 != UInt8(ascii: "/") }.dropFirst(2)
        return String(decoding: rest.prefix { $0 != UInt8(ascii: "/") }, as: UTF8.self)
    }
}
