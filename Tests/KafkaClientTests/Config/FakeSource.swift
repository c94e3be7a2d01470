import Guarding
import KafkaClient
import Secrets

/// A configuration's surroundings in memory, and what it says is secret.
final class FakeSource: Sendable {
    let environment: [String: String]
    let files: [String: String]
    private let heard = Guarded<[String]>([])

    init(environment: [String: String] = [:], files: [String: String] = [:]) {
        self.environment = environment
        self.files = files
    }

    var source: ConfigSource {
        ConfigSource(
            environment: { [environment] in environment[$0] },
            readFile: { [files] path throws(ConfigSource.Failure) in
                guard let text = files[path] else { throw .missing }
                return Array(text.utf8)
            })
    }

    var secrets: [String] { heard.withLock { $0 } }

    func builder(strict: Bool = false) -> ClientConfigBuilder {
        ClientConfigBuilder(source: source, strict: strict) { secret in
            let text = secret.reveal { String(decoding: $0, as: UTF8.self) }
            self.heard.withLock { $0.append(text) }
        }
    }

    /// What a file of these lines says.
    func build(_ lines: String..., strict: Bool = false) throws -> ClientConfigBuilder.Result {
        try build(lines, strict: strict)
    }

    func build(_ lines: [String], strict: Bool = false) throws -> ClientConfigBuilder.Result {
        var files = files
        files["client.properties"] = lines.joined(separator: "\n")
        let whole = FakeSource(environment: environment, files: files)
        defer { heard.withLock { $0 += whole.secrets } }
        var builder = whole.builder(strict: strict)
        try builder.add(file: "client.properties")
        return try builder.build()
    }

    /// The same beside a broker to talk to.
    func config(_ lines: String...) throws -> ClientConfig {
        try build(["bootstrap.servers=b:9092"] + lines).config
    }
}
