import KafkaClient
import Testing

@Suite struct ClientConfigTests {
    @Test("with a broker and nothing else the defaults are Java's")
    func defaults() throws {
        let config = try FakeSource().config()
        #expect(config.bootstrap == [HostPort(host: "b", port: 9092)])
        #expect(config.securityProtocol == .plaintext)
        #expect(config.sasl == nil && config.tls == nil)
        #expect(config.clientID == "sluice")
        #expect(config.clientRack == nil)
        #expect(config.dnsLookup == .useAllDNSIPs)
        #expect(config.requestTimeout == .seconds(30))
        #expect(config.defaultAPITimeout == .seconds(60))
        #expect(config.connectionSetupTimeout == .init(first: .seconds(10), longest: .seconds(30)))
        #expect(config.reconnectBackoff == .init(first: .milliseconds(50), longest: .seconds(1)))
        #expect(config.retryBackoff == .init(first: .milliseconds(100), longest: .seconds(1)))
        #expect(config.connectionsMaxIdle == .seconds(540))
        #expect(config.metadataMaxAge == .seconds(300))
        #expect(config.fetch.maxBytes == 52_428_800 && config.fetch.minBytes == 1)
        #expect(config.fetch.maxPartitionBytes == 1_048_576 && config.fetch.maxWait == .milliseconds(500))
    }

    @Test("each setting of connections and requests is read")
    func settings() throws {
        let config = try FakeSource().config(
            "client.id= app ", "client.rack=r1", "client.dns.lookup=resolve_canonical_bootstrap_servers_only",
            "request.timeout.ms=1", "default.api.timeout.ms=2", "socket.connection.setup.timeout.ms=3",
            "socket.connection.setup.timeout.max.ms=4", "reconnect.backoff.ms=5", "reconnect.backoff.max.ms=6",
            "retry.backoff.ms=7", "retry.backoff.max.ms=8", "connections.max.idle.ms=9", "metadata.max.age.ms=10",
            "fetch.max.bytes=11", "fetch.min.bytes=12", "fetch.max.wait.ms=13", "max.partition.fetch.bytes=14")
        #expect(config.clientID == "app" && config.clientRack == "r1")
        #expect(config.dnsLookup == .resolveCanonicalBootstrapServersOnly)
        #expect(config.requestTimeout == .milliseconds(1) && config.defaultAPITimeout == .milliseconds(2))
        #expect(config.connectionSetupTimeout == .init(first: .milliseconds(3), longest: .milliseconds(4)))
        #expect(config.reconnectBackoff == .init(first: .milliseconds(5), longest: .milliseconds(6)))
        #expect(config.retryBackoff == .init(first: .milliseconds(7), longest: .milliseconds(8)))
        #expect(config.connectionsMaxIdle == .milliseconds(9) && config.metadataMaxAge == .milliseconds(10))
        #expect(config.fetch.maxBytes == 11 && config.fetch.minBytes == 12)
        #expect(config.fetch.maxWait == .milliseconds(13) && config.fetch.maxPartitionBytes == 14)
    }

    @Test("the longest wait is never shorter than the first")
    func backoffs() throws {
        let longer = try FakeSource().config("reconnect.backoff.ms=5000").reconnectBackoff
        #expect(longer == .init(first: .seconds(5), longest: .seconds(5)))
        let shorter = try FakeSource().config("reconnect.backoff.max.ms=10").reconnectBackoff
        #expect(shorter == .init(first: .milliseconds(10), longest: .milliseconds(10)))
    }

    @Test("idle connections are kept where either client's way of saying so is used", arguments: ["-1", "0"])
    func idle(_ value: String) throws {
        #expect(try FakeSource().config("connections.max.idle.ms=\(value)").connectionsMaxIdle == nil)
    }

    @Test("Java's word for never is a long time, not a trap")
    func never() throws {
        let age = try FakeSource().config("metadata.max.age.ms=9223372036854775807").metadataMaxAge
        #expect(age == .seconds(3650 * 86_400))
    }

    @Test(
        "a value that cannot be meant is refused with its place",
        arguments: [
            "request.timeout.ms=soon", "request.timeout.ms=-1", "request.timeout.ms=99999999999999999999",
            "fetch.max.bytes=0", "fetch.max.bytes=2147483648", "security.protocol=TLS", "client.dns.lookup=maybe",
            "connections.max.idle.ms=-2", "client.id=a\\u0000b", "bootstrap.servers=b",
        ])
    func badValues(_ line: String) {
        let error = #expect(throws: ConfigError.self) { try FakeSource().build("bootstrap.servers=b:1", line) }
        #expect(error?.reason == .badValue)
        #expect(error?.place == .file("client.properties", line: 2))
        #expect(error?.key == String(line.prefix { $0 != "=" }))
    }

    @Test("a configuration without a broker is refused")
    func noBroker() {
        let error = #expect(throws: ConfigError.self) { try FakeSource().build("client.id=x") }
        #expect(error?.reason == .missing && error?.key == "bootstrap.servers")
    }

    @Test(
        "the protocol is read in any case",
        arguments: [
            ("plaintext", SecurityProtocol.plaintext), ("SSL", .ssl), ("Ssl", .ssl),
        ])
    func protocols(_ text: String, expected: SecurityProtocol) throws {
        #expect(try FakeSource().config("security.protocol=\(text)").securityProtocol == expected)
    }

    @Test("a later layer beats an earlier one, under whichever name")
    func layers() throws {
        var builder = FakeSource(files: ["c": "bootstrap.servers=file:1\nclient.id=file\nclient.rack=file"]).builder()
        try builder.add(file: "c")
        try builder.add([ConfigEntry(key: "client.id", value: "plan", origin: .plan("plan.lua:3"))])
        try builder.add([
            ConfigEntry(key: "metadata.broker.list", value: "env:2", origin: .environment("SLUICE_SOURCE"))
        ])
        let config = try builder.build().config
        #expect(config.bootstrap.map(\.description) == ["env:2"])
        #expect(config.clientID == "plan" && config.clientRack == "file")
        let origins = Dictionary(config.describe().map { ($0.key, $0.origin.description) }) { $1 }
        #expect(origins["bootstrap.servers"] == "environment SLUICE_SOURCE")
        #expect(origins["client.id"] == "plan.lua:3")
        #expect(origins["client.rack"] == "c:3")
        #expect(origins["retry.backoff.ms"] == "default")
    }

    @Test("an empty value takes a setting of an earlier layer away")
    func emptied() throws {
        var builder = FakeSource(files: ["c": "bootstrap.servers=b:1\nclient.id=x"]).builder()
        try builder.add(file: "c")
        try builder.add([ConfigOverride("client.id=").entry])
        #expect(try builder.build().config.clientID == "sluice")
    }

    @Test("two names for one setting in one layer must agree")
    func doubled() throws {
        let error = #expect(throws: ConfigError.self) {
            try FakeSource().build("bootstrap.servers=a:1", "metadata.broker.list=b:2")
        }
        #expect(error?.reason == .conflict)
        #expect(error?.description.contains("contradicts bootstrap.servers (client.properties:1)") == true)
        let same = try FakeSource().build("bootstrap.servers=a:1", "metadata.broker.list=a:1")
        #expect(same.config.bootstrap.count == 1)
    }

    @Test("a key that stands twice in a file is a warning, and the last counts")
    func duplicate() throws {
        let result = try FakeSource().build("bootstrap.servers=a:1", "client.id=x", "client.id=y")
        #expect(result.config.clientID == "y")
        #expect(result.warnings.map(\.description) == ["client.properties:3 client.id: replaces line 2"])
    }

    @Test(
        "an override may be for one cluster only",
        arguments: [
            ("client.id=x", nil, "client.id", "x"), ("source.client.id=x", .source, "client.id", "x"),
            ("target.client.id=a=b", .target, "client.id", "a=b"), ("client.id=", nil, "client.id", ""),
        ] as [(String, ConfigOverride.Side?, String, String)])
    func overrides(_ text: String, side: ConfigOverride.Side?, key: String, value: String) throws {
        let override = try ConfigOverride(text)
        #expect(override.side == side)
        #expect(override.entry == ConfigEntry(key: key, value: value, origin: .option("-X")))
    }

    @Test("an override without a sign is refused and not repeated", arguments: ["hunter2", "=hunter2", ""])
    func badOverrides(_ text: String) {
        let error = #expect(throws: ConfigError.self) { try ConfigOverride(text) }
        #expect(error?.description == "-X: is not of the form key=value")
    }

    @Test("random files build or are refused")
    func noise() {
        var random = SeededRandom(seed: 3)
        let keys = Setting.allCases.map(\.rawValue) + KnownKeys.aliases.keys.sorted()
        let values = [
            "", "PLAIN", "SASL_SSL", "OAUTHBEARER", "true", "1", "-1", "a,b", "https", "file:", "file:///x", "${env:A}",
            "https://x", "M required;", "SCRAM-SHA-512", "GSSAPI", "\u{e4}=,=", "extension_a=1 principal=x", "PEM",
            "\(LoginModule.oauthBearer.rawValue) required extension_=\"\" clientId=a clientSecret=b;", "AWS_MSK_IAM",
        ]
        for _ in 0..<5_000 {
            var lines = ["bootstrap.servers=b:1"]
            for _ in 0..<Int.random(in: 0...6, using: &random) {
                lines.append(
                    "\(keys.randomElement(using: &random) ?? "")=\(values.randomElement(using: &random) ?? "")")
            }
            guard let result = try? FakeSource(environment: ["A": "x"]).build(lines) else { continue }
            #expect(result.config.securityProtocol.usesSasl == (result.config.sasl != nil))
            #expect(result.config.securityProtocol.usesTLS == (result.config.tls != nil))
        }
    }
}
