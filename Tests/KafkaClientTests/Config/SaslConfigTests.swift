import KafkaClient
import Secrets
import Testing

@Suite struct SaslConfigTests {
    private static let plain = LoginModule.plain.rawValue
    private static let scram = LoginModule.scram.rawValue
    private static let iam = LoginModule.awsMskIam.rawValue
    private static let kerberos = LoginModule.kerberos.rawValue

    @Test("PLAIN is read from a login module and from librdkafka's settings alike")
    func plain() throws {
        let expected = SaslConfig.plain(user: "alice", password: Secret("p;w"))
        #expect(
            try sasl("PLAIN", #"sasl.jaas.config=\#(Self.plain) required username="alice" password="p;w";"#) == expected
        )
        #expect(try sasl("PLAIN", "sasl.username=alice", "sasl.password=p;w") == expected)
        #expect(
            try config("SASL_SSL", "sasl.mechanisms=PLAIN", "sasl.username=alice", "sasl.password=p;w").sasl == expected
        )
    }

    @Test("SCRAM is read in both strengths, with delegation tokens")
    func scram() throws {
        let jaas = #"sasl.jaas.config=\#(Self.scram) required username="u" password="p""#
        #expect(
            try sasl("SCRAM-SHA-256", jaas + ";") == .scram256(user: "u", password: Secret("p"), tokenAuth: false))
        #expect(
            try sasl("SCRAM-SHA-512", jaas + " tokenauth=true;")
                == .scram512(user: "u", password: Secret("p"), tokenAuth: true))
        #expect(
            try sasl("SCRAM-SHA-512", "sasl.username=u", "sasl.password=p")
                == .scram512(user: "u", password: Secret("p"), tokenAuth: false))
    }

    @Test("the mechanism must be named, and the error says which default it is spared")
    func mechanismIsExplicit() {
        let jaas = #"sasl.jaas.config=\#(Self.scram) required username="u" password="p";"#
        let error = #expect(throws: ConfigError.self) { try config("SASL_SSL", jaas) }
        #expect(error?.reason == .missing && error?.key == "sasl.mechanism")
        #expect(error?.message.contains("GSSAPI") == true)
        #expect(error?.hint == "set it to SCRAM-SHA-256 or SCRAM-SHA-512")
    }

    @Test(
        "a mechanism is spelled exactly, as for the clients that use the same file",
        arguments: [
            "plain", "SCRAM-SHA256", "PLAIN,GSSAPI", "DIGEST-MD5",
        ])
    func mechanisms(_ name: String) {
        let error = #expect(throws: ConfigError.self) { try sasl(name, "sasl.username=u", "sasl.password=p") }
        #expect(error?.reason == .badValue)
    }

    @Test("a login in two forms, half a login and the login of another mechanism are refused")
    func badLogins() {
        let jaas = #"sasl.jaas.config=\#(Self.plain) required username="u" password="p";"#
        let cases: [(ConfigError.Reason, String, [String])] = [
            (.conflict, "PLAIN", [jaas, "sasl.username=v"]),
            (.conflict, "PLAIN", [jaas, "sasl.password=v"]),
            (.conflict, "SCRAM-SHA-512", [jaas]),
            (.missing, "PLAIN", []),
            (.missing, "PLAIN", ["sasl.username=u"]),
            (.missing, "PLAIN", ["sasl.password=p"]),
            (.missing, "PLAIN", ["sasl.username=u", "sasl.password="]),
            (.missing, "PLAIN", ["sasl.jaas.config=\(Self.plain) required username=u;"]),
            (.missing, "PLAIN", [#"sasl.jaas.config=\#(Self.plain) required username="" password="p";"#]),
            (.unsupported, "PLAIN", [#"sasl.jaas.config=com.example.MyLoginModule required username="u";"#]),
            (.unsupported, "PLAIN", [jaas, "sasl.login.class=com.example.Login"]),
            (.unsupported, "PLAIN", [jaas, "sasl.client.callback.handler.class=com.example.Handler"]),
            (
                .conflict, "PLAIN",
                [jaas, "sasl.client.callback.handler.class=software.amazon.msk.auth.iam.IAMClientCallbackHandler"]
            ),
            (.syntax, "PLAIN", ["sasl.jaas.config=\(Self.plain) required username=u"]),
        ]
        for (reason, mechanism, lines) in cases {
            let error = #expect(throws: ConfigError.self) { try sasl(mechanism, lines) }
            #expect(error?.reason == reason)
            #expect(error?.key?.hasPrefix("sasl.") == true)
        }
    }

    @Test("foreign classes are refused by name, with the known one that is near")
    func classNames() {
        let error = #expect(throws: ConfigError.self) {
            try sasl("PLAIN", "sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLogonModule required;")
        }
        #expect(error?.message.contains("PlainLogonModule") == true)
        #expect(error?.hint == "did you mean \(Self.plain)?")
    }

    @Test("only PLAIN without TLS sends a password in clear")
    func passwordInClear() throws {
        let login = ["sasl.username=u", "sasl.password=p"]
        #expect(try config("SASL_PLAINTEXT", ["sasl.mechanism=PLAIN"] + login).sendsPasswordInClear)
        #expect(try config("SASL_SSL", ["sasl.mechanism=PLAIN"] + login).sendsPasswordInClear == false)
        #expect(try config("SASL_PLAINTEXT", ["sasl.mechanism=SCRAM-SHA-512"] + login).sendsPasswordInClear == false)
        #expect(try config("PLAINTEXT", login).sendsPasswordInClear == false)
    }

    @Test("a login that the protocol does not ask for is a warning")
    func unusedLogin() throws {
        let result = try FakeSource().build("bootstrap.servers=b:1", "sasl.mechanism=PLAIN")
        #expect(result.config.sasl == nil)
        #expect(result.warnings.map(\.key) == ["sasl.mechanism"])
    }

    @Test("AWS_MSK_IAM needs no login module, and reads what one says")
    func awsMskIam() throws {
        #expect(try sasl("AWS_MSK_IAM") == .awsMskIam(AwsMskIamConfig()))
        let handler = "sasl.client.callback.handler.class=software.amazon.msk.auth.iam.IAMClientCallbackHandler"
        guard
            case .awsMskIam(let aws) = try sasl(
                "AWS_MSK_IAM", handler,
                #"""
                sasl.jaas.config=\#(Self.iam) required awsProfileName="dev" awsRoleArn="arn:aws:iam::1:role/x" \
                  awsRoleSessionName="s" awsRoleExternalId="e" awsStsRegion="eu-west-1" awsDebugCreds=true \
                  awsRoleAccessKeyId="AKIA" awsRoleSecretAccessKey="sk" awsRoleSessionToken="st";
                """#)
        else { throw Unexpected() }
        #expect(aws.profileName == "dev" && aws.roleARN == "arn:aws:iam::1:role/x" && aws.roleSessionName == "s")
        #expect(aws.roleExternalID == "e" && aws.stsRegion == "eu-west-1" && aws.debugCredentials)
        #expect(aws.roleCredentials?.accessKeyID == "AKIA")
        #expect(aws.roleCredentials?.secretAccessKey == Secret("sk"))
        #expect(aws.roleCredentials?.sessionToken == Secret("st"))
    }

    @Test("GSSAPI is read from a login module and from librdkafka's settings alike")
    func gssapi() throws {
        var expected = GssapiConfig(serviceName: "kafka", usesTicketCache: false)
        expected.principal = "me@EXAMPLE.COM"
        expected.keytab = "/k.keytab"
        let jaas =
            #"sasl.jaas.config=\#(Self.kerberos) required useKeyTab=true storeKey=true keyTab="/k.keytab" "#
            + #"principal="me@EXAMPLE.COM";"#
        #expect(try sasl("GSSAPI", jaas, "sasl.kerberos.service.name=kafka") == .gssapi(expected))
        #expect(
            try sasl("GSSAPI", "sasl.kerberos.keytab=/k.keytab", "sasl.kerberos.principal=me@EXAMPLE.COM")
                == .gssapi(expected))
        let cache = try sasl(
            "GSSAPI", #"sasl.jaas.config=\#(Self.kerberos) required useTicketCache=true serviceName="k";"#)
        #expect(cache == .gssapi(GssapiConfig(serviceName: "k", usesTicketCache: true)))
        #expect(throws: ConfigError.self) { try sasl("GSSAPI", jaas) }
        #expect(throws: ConfigError.self) {
            try sasl("GSSAPI", jaas, "sasl.kerberos.service.name=kafka", "sasl.kerberos.principal=you")
        }
    }

    @Test("an option that the module does not know is a warning that repeats nothing")
    func unknownOption() throws {
        let result = try FakeSource(environment: ["P": "x"]).build(
            "bootstrap.servers=b:1", "security.protocol=SASL_SSL", "sasl.mechanism=PLAIN",
            #"sasl.jaas.config=\#(Self.plain) required username="u" password="${env:P}" passwort="hunter2";"#)
        #expect(
            result.warnings.map(\.description) == [
                "client.properties:4 sasl.jaas.config: option 3 is none that PlainLoginModule knows "
                    + "(did you mean password?)"
            ])
    }

    private struct Unexpected: Error {}

    private func sasl(_ mechanism: String, _ lines: String...) throws -> SaslConfig? { try sasl(mechanism, lines) }

    private func sasl(_ mechanism: String, _ lines: [String]) throws -> SaslConfig? {
        try config("SASL_SSL", ["sasl.mechanism=\(mechanism)"] + lines).sasl
    }

    private func config(_ security: String, _ lines: String...) throws -> ClientConfig { try config(security, lines) }

    private func config(_ security: String, _ lines: [String]) throws -> ClientConfig {
        try FakeSource().build(["bootstrap.servers=b:1", "security.protocol=\(security)"] + lines).config
    }
}
