import KafkaClient
import Secrets
import Testing

@Suite struct OAuthBearerConfigTests {
    private static let module = LoginModule.oauthBearer.rawValue
    private static let package = "org.apache.kafka.common.security.oauthbearer"
    private static let endpoint = "sasl.oauthbearer.token.endpoint.url=https://idp/token"

    @Test("client credentials are read from the login module")
    func javaCredentials() throws {
        let config = try oauth(
            Self.endpoint, "sasl.oauthbearer.header.urlencode=true", "sasl.oauthbearer.scope.claim.name=scp",
            "sasl.oauthbearer.sub.claim.name=cid", "sasl.login.refresh.window.factor=0.9",
            "sasl.login.refresh.window.jitter=0.1", "sasl.login.refresh.min.period.seconds=7",
            "sasl.login.refresh.buffer.seconds=8", "sasl.login.connect.timeout.ms=9", "sasl.login.read.timeout.ms=10",
            "sasl.login.retry.backoff.ms=11", "sasl.login.retry.backoff.max.ms=12",
            "sasl.login.callback.handler.class=\(Self.package).OAuthBearerLoginCallbackHandler",
            #"""
            sasl.jaas.config=\#(Self.module) required clientId="id" clientSecret="se" scope="kafka" \
              extension_logicalCluster="lkc-1" extension_identityPoolId="pool" ssl.truststore.location="/ca.pem" \
              ssl.truststore.type="PEM";
            """#)
        var client = OAuthBearerConfig.ClientCredentials(
            endpoint: "https://idp/token", clientID: "id", clientSecret: Secret("se"))
        client.scope = "kafka"
        client.urlEncodesHeader = true
        client.trust = .file("/ca.pem", declared: .pem, password: nil)
        #expect(config.token == .clientCredentials(client))
        #expect(
            config.extensions == [
                .init(name: "logicalCluster", value: "lkc-1"), .init(name: "identityPoolId", value: "pool"),
            ])
        #expect(config.scopeClaimName == "scp" && config.subClaimName == "cid")
        #expect(config.refresh.windowFactor == 0.9 && config.refresh.windowJitter == 0.1)
        #expect(config.refresh.minPeriod == .seconds(7) && config.refresh.buffer == .seconds(8))
        #expect(config.connectTimeout == .milliseconds(9) && config.readTimeout == .milliseconds(10))
        #expect(config.retryBackoff == .init(first: .milliseconds(11), longest: .milliseconds(12)))
    }

    @Test(
        "client credentials are read from the settings of librdkafka and of newer Java clients",
        arguments: [
            ("sasl.oauthbearer.client.id", "sasl.oauthbearer.client.secret"),
            ("sasl.oauthbearer.client.credentials.client.id", "sasl.oauthbearer.client.credentials.client.secret"),
        ])
    func settings(_ id: String, secret: String) throws {
        let config = try oauth(
            "sasl.oauthbearer.method=oidc", Self.endpoint, "\(id)=id", "\(secret)=se", "sasl.oauthbearer.scope=a b",
            "sasl.oauthbearer.extensions=x=1, y=a=b", "https.ca.location=probe")
        var client = OAuthBearerConfig.ClientCredentials(
            endpoint: "https://idp/token", clientID: "id", clientSecret: Secret("se"))
        client.scope = "a b"
        #expect(config.token == .clientCredentials(client))
        #expect(config.extensions == [.init(name: "x", value: "1"), .init(name: "y", value: "a=b")])
        #expect(config.refresh == OAuthBearerConfig.Refresh())
    }

    @Test("a token may come from a file", arguments: ["file:///run/token", "file:/run/token"])
    func file(_ address: String) throws {
        #expect(try oauth("sasl.oauthbearer.token.endpoint.url=\(address)").token == .file("/run/token"))
    }

    @Test("a token may be unsecured, in Java's words and in librdkafka's")
    func unsecured() throws {
        let java = try oauth(
            #"""
            sasl.jaas.config=\#(Self.module) required unsecuredLoginStringClaim_sub="alice" \
              unsecuredLoginListClaim_scope=",a,b" unsecuredLoginLifetimeSeconds="60" \
              unsecuredLoginExtension_traceId="1";
            """#
        )
        var expected = OAuthBearerConfig.Unsecured(principal: "alice")
        expected.scopes = ["a", "b"]
        expected.lifetime = .seconds(60)
        #expect(java.token == .unsecured(expected))
        #expect(java.extensions == [.init(name: "traceId", value: "1")])
        let librdkafka = try oauth(
            "enable.sasl.oauthbearer.unsecure.jwt=true",
            "sasl.oauthbearer.config=principal=alice scope=a,b lifeSeconds=60 extension_traceId=1")
        #expect(librdkafka.token == .unsecured(expected) && librdkafka.extensions == java.extensions)
        #expect(throws: ConfigError.self) { try oauth("sasl.oauthbearer.config=principal=alice") }
    }

    @Test(
        "a token for MSK is made from AWS credentials",
        arguments: [
            ["sasl.oauthbearer.method=oidc", "sasl.oauthbearer.metadata.authentication.type=aws_iam"],
            [
                #"sasl.jaas.config=\#(module) required awsStsRegion="r";"#,
                "sasl.login.callback.handler.class=software.amazon.msk.auth.iam.IAMOAuthBearerLoginCallbackHandler",
            ],
        ])
    func awsToken(_ lines: [String]) throws {
        guard case .awsMskIam(let aws) = try oauth(lines).token else { throw Unexpected() }
        #expect(aws.stsRegion == (lines.count == 2 && lines[0].contains("awsStsRegion") ? "r" : nil))
    }

    @Test(
        "a login without a source of tokens, or with one that is not spoken here, is refused",
        arguments: [
            (.missing, []), (.missing, [endpoint]), (.missing, [endpoint, "sasl.oauthbearer.client.id=x"]),
            (.badValue, ["sasl.oauthbearer.token.endpoint.url=ftp://x"]),
            (.badValue, ["sasl.oauthbearer.token.endpoint.url=file:token"]),
            (.badValue, ["sasl.oauthbearer.token.endpoint.url=https://u:hunter2@idp/token"]),
            (.badValue, [endpoint, "sasl.oauthbearer.method=magic"]),
            (.unsupported, ["sasl.oauthbearer.grant.type=urn:ietf:params:oauth:grant-type:jwt-bearer"]),
            (.unsupported, ["sasl.oauthbearer.metadata.authentication.type=azure_imds"]),
            (
                .unsupported,
                [
                    "sasl.oauthbearer.jwt.retriever.class=\(package).JwtBearerJwtRetriever"
                ]
            ),
            (
                .unsupported,
                ["sasl.login.callback.handler.class=io.strimzi.kafka.oauth.client.JaasClientOauthLoginCallbackHandler"]
            ),
            (
                .conflict,
                [
                    endpoint, "sasl.oauthbearer.client.id=x",
                    #"sasl.jaas.config=\#(module) required clientId="y" clientSecret="z";"#,
                ]
            ),
            (.badValue, ["sasl.oauthbearer.token.endpoint.url=file:///t", "sasl.oauthbearer.extensions=auth=x"]),
            (.badValue, ["sasl.oauthbearer.token.endpoint.url=file:///t", "sasl.oauthbearer.extensions=a1=x"]),
            (
                .badValue,
                ["sasl.oauthbearer.token.endpoint.url=file:///t", "sasl.oauthbearer.extensions=a=x\\u0001b=c"]
            ),
            (.badValue, ["sasl.oauthbearer.token.endpoint.url=file:///t", "sasl.login.refresh.window.factor=nan"]),
        ] as [(ConfigError.Reason, [String])])
    func refused(_ reason: ConfigError.Reason, lines: [String]) {
        let error = #expect(throws: ConfigError.self) { try oauth(lines) }
        #expect(error?.reason == reason)
        #expect(error?.description.contains("hunter2") == false)
    }

    @Test("a token over plaintext is a warning, unless it is worth nothing")
    func inClear() throws {
        func warnings(_ lines: String...) throws -> [ConfigWarning] {
            let head = ["bootstrap.servers=b:1", "security.protocol=SASL_PLAINTEXT", "sasl.mechanism=OAUTHBEARER"]
            return try FakeSource().build(head + lines).warnings
        }
        #expect(try warnings("sasl.oauthbearer.token.endpoint.url=file:///t").map(\.key) == ["security.protocol"])
        #expect(
            try warnings("enable.sasl.oauthbearer.unsecure.jwt=true", "sasl.oauthbearer.config=principal=a").isEmpty)
    }

    private struct Unexpected: Error {}

    private func oauth(_ lines: String...) throws -> OAuthBearerConfig { try oauth(lines) }

    private func oauth(_ lines: [String]) throws -> OAuthBearerConfig {
        let head = ["bootstrap.servers=b:1", "security.protocol=SASL_SSL", "sasl.mechanism=OAUTHBEARER"]
        guard case .oauthBearer(let config) = try FakeSource().build(head + lines).config.sasl else {
            throw Unexpected()
        }
        return config
    }
}
