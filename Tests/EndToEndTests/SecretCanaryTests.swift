import Foundation
import TLSFixtures
import Testing
import WebServer

/// A random canary of each kind of secret goes in, on ways that work and on ways that fail; it comes out nowhere.
///
/// That it does not come out is checked of every run by ``SecretWatch``: here are the runs, and that each went the way
/// it was sent, so that something could have come out.
@Suite struct SecretCanaryTests {
    /// A way for a secret into the program.
    struct Way: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// After `run auth_probe --target ADDRESS`.
        var options: [String] = []
        /// The target's `client.properties`.
        var properties = ""
        var environment: [String: String] = [:]
        var exitCode: Int32
        /// What is said on standard error or in the evidence where it went that way.
        var says: String

        init(
            _ name: String, options: [String] = [], properties: String = "", environment: [String: String] = [:],
            _ exitCode: Int32, _ says: String
        ) {
            testDescription = name
            (self.options, self.properties, self.environment) = (options, properties, environment)
            (self.exitCode, self.says) = (exitCode, says)
        }
    }

    private static let package = "org.apache.kafka.common.security"
    private static let plain = "security.protocol=SASL_SSL\nsasl.mechanism=PLAIN\n"
    private static let oauth = "security.protocol=SASL_SSL\nsasl.mechanism=OAUTHBEARER\n"

    private static func module(_ options: String, _ name: String = "plain.PlainLoginModule") -> String {
        "sasl.jaas.config=\(package).\(name) required \(options);\n"
    }

    /// Nobody listens there.
    private static let nowhere = "127.0.0.1:1"

    static let ways: [Way] = {
        let made = { Canary.make() }
        return commandLine(made) + properties(made) + logins(made)
    }()

    /// What people type.
    private static func commandLine(_ canary: () -> String) -> [Way] {
        [
            Way(
                "a key with a slip of the hand", options: ["-X", "sasl.pasword=\(canary())"], 2, "did you mean"),
            Way(
                "the same, strict", options: ["-X", "sasl.passwrd=\(canary())", "--strict-config"], 78, "did you mean"),
            Way("a space for the equals sign", options: ["-X", "sasl.password", canary()], 64, "key=value"),
            Way(
                "the same in quotes", options: ["-X", "sasl.password \(canary())".replacing("=", with: "")], 64, "key"),
            Way("a colon for it", options: ["-X", "sasl.password:\(canary())".replacing("=", with: "")], 64, "key"),
            Way("another tool's option", options: ["-Dsasl.password=\(canary())"], 64, "unknown option"),
            Way("a long one", options: ["--sasl.password=\(canary())"], 64, "unknown option"),
            Way("for the other cluster", options: ["-X", "source.ssl.key.password=\(canary())"], 2, nowhere),
            Way("a key that is ignored", options: ["-X", "basic.auth.user.info=me:\(canary())"], 2, nowhere),
            Way(
                "an address that is ignored", options: ["-X", "schema.registry.url=https://me:\(canary())@sr/"], 2,
                nowhere),
            Way("before a broker's name", options: ["-X", "bootstrap.servers=me:\(canary())@b:9092"], 78, "'@'"),
            Way(
                "the whole module in another key",
                options: ["-X", "sasl.mechanism=\(module("username=\"u\" password=\"\(canary())\"").dropFirst(17))"],
                properties: "security.protocol=SASL_SSL\n", 78, "sasl.mechanism"),
            Way(
                "the whole module, for the other cluster",
                options: ["-X", "source.client.id=\(module("username=\"u\" password=\"\(canary())\""))"], 2, nowhere),
            Way("in the environment", environment: ["SLUICE_X": "sasl.password=\(canary())"], 2, nowhere),
            Way(
                "in the environment, spelled wrong",
                environment: ["SLUICE_X": "sasl.password \(canary())".replacing("=", with: "")], 64, "SLUICE_X"),
            Way(
                "a reference, used twice", options: ["-X", "client.id=${env:MINE}"],
                properties: plain + "sasl.username=u\nsasl.password=${env:MINE}\n", environment: ["MINE": canary()], 2,
                nowhere),
        ]
    }

    /// What stands in files.
    private static func properties(_ canary: () -> String) -> [Way] {
        [
            Way("a password", properties: plain + "sasl.username=u\nsasl.password=\(canary())\n", 2, nowhere),
            Way(
                "without TLS",
                properties: "security.protocol=SASL_PLAINTEXT\nsasl.mechanism=PLAIN\nsasl.username=u\n"
                    + "sasl.password=\(canary())\n", 78, "plaintext_password"),
            Way("a key with a slip of the hand", properties: "sasl.pasword=\(canary())\n", 2, "did you mean"),
            Way("a module", properties: plain + module("username=\"u\" password=\"\(canary())\""), 2, nowhere),
            Way("a module without its end", properties: plain + "sasl.jaas.config=\(canary())\n", 78, "sasl.jaas"),
            Way(
                "a quote without end", properties: plain + module("username=\"u\" password=\"\(canary())"), 78, "quote"),
            Way("no quotes", properties: plain + module("username=u password=\(canary())"), 78, "quotes"),
            Way(
                "an option misspelled", properties: plain + module("username=\"u\" pasword=\"\(canary())\""), 78,
                "password"),
            Way(
                "a module that nobody has",
                properties: plain + module("username=\"u\" password=\"\(canary())\"", "PlianLoginModule"), 78, "module"),
            Way(
                "two that contradict",
                properties: plain + "sasl.password=\(canary())\n" + module("username=\"u\" password=\"\(canary())\""),
                78, "contradicts"),
            Way(
                "a wrong value beside it",
                properties: "sasl.mechanism=PLIAN\nsecurity.protocol=SASL_SSL\nsasl.password=\(canary())\n", 78, "PLAIN"
            ),
            Way(
                "a trust store's",
                properties:
                    "security.protocol=SSL\nssl.truststore.location=/nowhere.p12\nssl.truststore.password=\(canary())\n",
                78, "/nowhere.p12"),
            Way(
                "a store's",
                properties:
                    "security.protocol=SSL\nssl.keystore.location=/nowhere.p12\nssl.keystore.password=\(canary())\nssl.key.password=\(canary())\n",
                78, "/nowhere.p12"),
        ]
    }

    /// What goes out to others.
    private static func logins(_ canary: () -> String) -> [Way] {
        let client = "clientId=\"me\" clientSecret=\"\(canary())\""
        let oauthModule = "oauthbearer.OAuthBearerLoginModule"
        return [
            Way(
                "a client's, at nobody's",
                properties: oauth + module(client, oauthModule)
                    + "sasl.oauthbearer.token.endpoint.url=http://127.0.0.1:1/token\n", 1, nowhere),
            Way(
                "a client's setting",
                properties: oauth
                    + "sasl.oauthbearer.client.credentials.client.id=me\nsasl.oauthbearer.client.credentials.client.secret=\(canary())\nsasl.oauthbearer.token.endpoint.url=http://127.0.0.1:1/token?key=\(Canary.make(plain: true))\n",
                1, nowhere),
            Way(
                "in the endpoint's address",
                properties: oauth + module(client, oauthModule)
                    + "sasl.oauthbearer.token.endpoint.url=http://me:\(canary())@127.0.0.1:1/token\n", 78,
                "holds a user"),
            Way(
                "a proxy's",
                properties: oauth + module(client, oauthModule)
                    + "sasl.oauthbearer.token.endpoint.url=http://idp.invalid/token\n",
                environment: ["http_proxy": "http://me:\(Canary.make(plain: true))@127.0.0.1:1"], 1, nowhere),
        ]
    }

    @Test(
        "No canary comes out of a run that reaches nobody", arguments: ways,
        [[], ["--trace", "--detail", "--progress", "plain"]])
    func runs(way: Way, more: [String]) async throws {
        let folder = try TemporaryFolder()
        var options = way.options + more
        if !way.properties.isEmpty {
            options += ["--target-config", try folder.write(way.properties, to: "client.properties")]
        }
        var given = ["run", "auth_probe"]
        if !way.options.joined().contains("bootstrap.servers") { given += ["--target", Self.nowhere] }
        let evidence = folder.path("run.jsonl")
        let run = try await SluiceCommand.run(
            given + ["--evidence", evidence] + options, environment: way.environment)
        #expect(run.exitCode == way.exitCode, "\(run.errors)")
        let written = (try? folder.lines(of: "run.jsonl")) ?? []
        #expect((run.errors + run.output + written).contains { $0.contains(way.says) }, "\(run.errors)")
        #expect(written.isEmpty == (way.exitCode > 2))
    }

    @Test("Nor out of the page of a plan", arguments: ways, [[], ["--json"]])
    func plans(way: Way, json: [String]) async throws {
        let folder = try TemporaryFolder()
        var target = #"{"bootstrap":"\#(Self.nowhere)"}"#
        if !way.properties.isEmpty {
            let file = try folder.write(way.properties, to: "client.properties")
            target = #"{"bootstrap":"\#(Self.nowhere)","config":"\#(file)"}"#
        }
        let plan = try folder.write(#"{"target":\#(target),"gates":[{"gate":"auth_probe"}]}"#, to: "plan.json")
        let run = try await SluiceCommand.run(["plan", plan] + json + way.options, environment: way.environment)
        #expect(run.exitCode == (way.exitCode > 2 ? way.exitCode : 0), "\(run.errors)")
        #expect(!(run.output + run.errors).isEmpty)
        let check = try await SluiceCommand.run(["check", plan])
        #expect(check.exitCode == 0, "\(check.errors)")
    }
}
