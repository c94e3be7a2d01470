import KafkaClient
import Testing

@Suite struct ConfigSecretsTests {
    private static let canary = "hunter2-canary"
    private static let head = ["bootstrap.servers=b:1", "security.protocol=SASL_SSL", "sasl.mechanism=PLAIN"]

    @Test(
        "each kind of secret is registered, and neither warnings nor the plan show it",
        arguments: [
            "sasl.password", "ssl.truststore.password", "ssl.keystore.password", "ssl.key.password", "ssl.key.pem",
            "ssl.keystore.key", "sasl.oauthbearer.client.secret", "basic.auth.user.info", "my.own.password",
        ])
    func registered(_ key: String) throws {
        let source = FakeSource()
        let lines = ["bootstrap.servers=b:1", "\(key)= \(Self.canary) "]
        let result = try source.build(lines)
        #expect(source.secrets.contains(Self.canary))
        try expectQuiet(result)
    }

    @Test("a password within a login module is registered, as meant and as written")
    func jaas() throws {
        let source = FakeSource()
        let result = try source.build(
            Self.head + [
                #"sasl.jaas.config=\#(LoginModule.plain.rawValue) required username="u" password="hunter2-canary\\"x";"#
            ])
        #expect(source.secrets.contains("hunter2-canary\"x"))
        #expect(source.secrets.contains("hunter2-canary\\\"x"))
        try expectQuiet(result)
        let shown = result.config.describe().first { $0.key == "sasl.jaas.config" }
        #expect(shown?.value == #"PlainLoginModule required username="u" password=‹secret›;"#)
    }

    @Test("a secret that a later layer replaces is registered all the same")
    func replaced() throws {
        let source = FakeSource(files: ["c": "bootstrap.servers=b:1\nsasl.password=\(Self.canary)"])
        var builder = source.builder()
        try builder.add(file: "c")
        try builder.add([ConfigOverride("sasl.password=other").entry])
        _ = try builder.build()
        #expect(source.secrets.contains(Self.canary) && source.secrets.contains("other"))
    }

    @Test("a secret is registered before anything else can fail")
    func beforeFailure() {
        let source = FakeSource()
        #expect(throws: ConfigError.self) {
            try source.build("sasl.password=\(Self.canary)", "security.protocol=NOPE", "bootstrap.servers=b:1")
        }
        #expect(source.secrets.contains(Self.canary))
    }

    @Test("an empty secret is not registered: everything contains it")
    func empty() throws {
        let source = FakeSource()
        _ = try source.build("bootstrap.servers=b:1", "sasl.password=", "ssl.key.password=  ")
        #expect(source.secrets.isEmpty)
    }

    @Test("a certificate with its key in one text is a secret, a certificate alone is none")
    func certificates() throws {
        let source = FakeSource()
        _ = try source.build(
            "bootstrap.servers=b:1", "ssl.truststore.certificates=-----BEGIN CERTIFICATE----- x",
            "ssl.keystore.certificate.chain=-----BEGIN PRIVATE KEY----- y")
        #expect(Set(source.secrets) == ["-----BEGIN PRIVATE KEY----- y"])
    }

    @Test("a secret that is written out is a warning with its place, one from a provider is none")
    func literals() throws {
        let source = FakeSource(environment: ["P": "x"], files: ["s": "p=y"])
        let written = try source.build(Self.head + ["sasl.username=u", "sasl.password=p"]).warnings
        #expect(
            written.map(\.description) == [
                "client.properties:5 sasl.password: the secret is written out (use ${env:NAME} or ${file:PATH:key})"
            ])
        for value in ["${env:P}", "${file:s:p}", "pre-${env:P}"] {
            #expect(try source.build(Self.head + ["sasl.username=u", "sasl.password=\(value)"]).warnings.isEmpty)
        }
    }

    @Test("within a login module only the secret's own text counts")
    func jaasLiterals() throws {
        let source = FakeSource(environment: ["U": "user", "P": #"p\"w"#])
        func warnings(_ options: String) throws -> [String] {
            let line = "sasl.jaas.config=\(LoginModule.plain.rawValue) required \(options);"
            return try source.build(Self.head + [line]).warnings.map(\.message)
        }
        #expect(try warnings(#"username="u" password="${env:P}""#).isEmpty)
        #expect(try warnings(#"username="${env:U}" password="written""#) == ["password is written out"])
        #expect(source.secrets.contains("p\"w"))
    }

    @Test("blanks before a login module do not shift what is taken for written out")
    func jaasBlanks() throws {
        var builder = FakeSource(environment: ["U": "user"]).builder()
        let blanks = String(repeating: " ", count: 16)
        try builder.add(Self.head.map { try ConfigOverride($0).entry })
        let jaas = #"\#(LoginModule.plain.rawValue) required username="${env:U}" password="pw";"#
        try builder.add([ConfigOverride("sasl.jaas.config=\(blanks)\(jaas)").entry])
        #expect(try builder.build().warnings.map(\.key) == ["sasl.jaas.config"])
    }

    @Test("a secret on the command line is told to be readable there")
    func commandLine() throws {
        var builder = FakeSource().builder()
        try builder.add([ConfigOverride("bootstrap.servers=b:1").entry, ConfigOverride("sasl.password=x").entry])
        let warnings = try builder.build().warnings
        #expect(warnings.first?.description.hasPrefix("-X sasl.password: ") == true)
        #expect(warnings.first?.message.contains("list of processes") == true)
    }

    @Test("the plan shows each setting with its origin and the way it came")
    func plan() throws {
        let source = FakeSource(environment: ["B": "b:1", "P": Self.canary])
        let config = try source.build(
            "bootstrap.servers=${env:B}", "security.protocol=sasl_ssl", "sasl.mechanism=PLAIN", "sasl.username=u",
            "sasl.password=${env:P}", "ssl.ca.pem=abc"
        ).config
        let lines = config.describe().map(\.description)
        #expect(lines.contains("bootstrap.servers = b:1  (client.properties:1 via ${env:B})"))
        #expect(lines.contains("security.protocol = sasl_ssl  (client.properties:2)"))
        #expect(lines.contains("sasl.username = u  (client.properties:4)"))
        #expect(lines.contains("sasl.password = ‹secret›  (client.properties:5 via ${env:P})"))
        #expect(lines.contains("ssl.truststore.certificates = ‹PEM, 3 bytes›  (client.properties:6)"))
        #expect(lines.contains("ssl.endpoint.identification.algorithm = https  (default)"))
        #expect(lines.contains("client.id = sluice  (default)"))
    }

    private func expectQuiet(_ result: ClientConfigBuilder.Result) throws {
        let all =
            result.warnings.map(\.description) + result.config.describe().map(\.description) + ["\(result.config)"]
        #expect(all.contains { $0.contains("hunter2") } == false)
    }
}
