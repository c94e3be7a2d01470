import KafkaClient
import Testing

@Suite struct KnownKeysTests {
    @Test(
        "librdkafka's names mean what Java's mean",
        arguments: [
            ("metadata.broker.list", Setting.bootstrapServers), ("sasl.mechanisms", .saslMechanism),
            ("socket.timeout.ms", .requestTimeout), ("fetch.wait.max.ms", .fetchMaxWait),
            ("fetch.message.max.bytes", .maxPartitionFetchBytes), ("sasl.oauthbearer.client.id", .oauthClientID),
            ("sasl.oauthbearer.client.secret", .oauthClientSecret),
            ("metadata.authentication.type", .oauthMetadataAuthentication), ("ssl.ca.pem", .trustStoreCertificates),
            ("ssl.certificate.pem", .keyStoreCertificateChain), ("ssl.key.pem", .keyStoreKey),
        ])
    func aliases(_ alias: String, setting: Setting) {
        #expect(KnownKeys.meaning(of: alias) == .setting(setting))
    }

    @Test("no alias is forgotten by the test above")
    func aliasesAreComplete() { #expect(KnownKeys.aliases.count == 11) }

    @Test("every setting is known by its own name", arguments: Setting.allCases)
    func canonical(_ setting: Setting) {
        #expect(KnownKeys.meaning(of: setting.rawValue) == .setting(setting))
    }

    /// The names are those that `configNames()` of Kafka 3.9's and 4.3's clients lists.
    @Test(
        "what says nothing about reaching a cluster is known and ignored",
        arguments: [
            "group.id", "auto.offset.reset", "enable.auto.commit", "key.deserializer", "value.serializer", "acks",
            "interceptor.classes", "isolation.level", "linger.ms", "metric.reporters", "transactional.id",
            "group.protocol",
            "share.acknowledgement.mode", "sasl.kerberos.kinit.cmd", "config.providers", "config.providers.file.class",
            "statistics.interval.ms", "queue.buffering.max.ms", "debug", "schema.registry.url",
        ])
    func ignored(_ key: String) { #expect(KnownKeys.meaning(of: key) == .ignored) }

    @Test(
        "secrets of other layers are known for what they are",
        arguments: [
            "basic.auth.user.info", "sasl.oauthbearer.assertion.private.key.passphrase", "config.providers.vault.token",
        ])
    func ignoredSecrets(_ key: String) { #expect(KnownKeys.meaning(of: key) == .ignoredSecret) }

    @Test(
        "what would change how a client connects is not ignored in silence",
        arguments: [
            "ssl.engine.factory.class", "ssl.crl.location", "security.providers", "sasl.oauthbearer.assertion.file",
        ])
    func withoutEffect(_ key: String) throws {
        #expect(KnownKeys.meaning(of: key) == .withoutEffect)
        let warnings = try FakeSource().build("bootstrap.servers=b:1", "\(key)=x").warnings
        #expect(warnings.map(\.description) == ["client.properties:2 \(key): has no effect here"])
    }

    @Test(
        "the nearest name of a mistyped key is found",
        arguments: [
            ("sasl.mechansim", "sasl.mechanism"), ("bootstrap.server", "bootstrap.servers"),
            ("ssl.trustore.location", "ssl.truststore.location"), ("Security.Protocol", "security.protocol"),
            ("sasl.jass.config", "sasl.jaas.config"), ("sasl_username", "sasl.username"), ("aks", "acks"),
        ])
    func nearest(_ typo: String, meant: String) {
        #expect(KnownKeys.meaning(of: typo) == nil)
        #expect(KnownKeys.nearest(to: typo) == meant)
    }

    @Test("what is near nothing has no nearest name", arguments: ["foo", "", "x", "my.own.very.special.setting"])
    func nothingNear(_ key: String) { #expect(KnownKeys.nearest(to: key) == nil) }

    @Test("an unknown key is a warning with its line and the nearest name, an error where strict")
    func unknown() throws {
        let lines = ["bootstrap.servers=b:1", "sasl.mechansim=PLAIN"]
        let warnings = try FakeSource().build(lines).warnings
        let words =
            "client.properties:2 sasl.mechansim: no Kafka client knows this key (did you mean sasl.mechanism?)"
        #expect(warnings.map(\.description) == [words])
        let error = #expect(throws: ConfigError.self) { try FakeSource().build(lines, strict: true) }
        #expect(error?.reason == .unknownKey)
        #expect(error?.description == words)
    }

    @Test(
        "a line that may be a piece of a key or a password is not repeated",
        arguments: [
            "hunter2", "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj", "p@ss.word", "Hunter.2=x",
        ])
    func lostLines(_ line: String) throws {
        let warnings = try FakeSource().build("bootstrap.servers=b:1", line).warnings
        #expect(warnings.count == 1)
        #expect(warnings.first?.place == .file("client.properties", line: 2))
        #expect(warnings.contains { $0.description.contains(line.prefix(6)) } == false)
    }

    @Test("a file that is no configuration does not bury the reader in warnings")
    func manyUnknown() throws {
        let lines = (0..<5_000).map { "some.key.\($0)=x" }
        let warnings = try FakeSource().build(["bootstrap.servers=b:1"] + lines).warnings
        #expect(warnings.count == 51)
        #expect(warnings.last?.message.contains("5000") == true)
    }
}
