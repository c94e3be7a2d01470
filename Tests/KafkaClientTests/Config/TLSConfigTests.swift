import KafkaClient
import Secrets
import Testing

@Suite struct TLSConfigTests {
    @Test("TLS trusts the system, names the host and speaks 1.2 and 1.3 where nothing else is said")
    func defaults() throws { #expect(try tls() == TLSConfig()) }

    @Test("a plaintext configuration has no TLS, whatever it says about it")
    func plaintext() throws {
        #expect(try FakeSource().config("ssl.truststore.location=/t.p12").tls == nil)
    }

    @Test("Java's trust stores are read", arguments: ["PKCS12", "jks", "PEM"])
    func trustStores(_ type: String) throws {
        let trust = try tls(
            "ssl.truststore.location=/t", "ssl.truststore.type=\(type)", "ssl.truststore.password=${env:P}"
        ).trust
        #expect(
            trust == .file("/t", declared: TLSConfig.StoreType(rawValue: type.uppercased()), password: Secret("pw")))
    }

    @Test("trust without a type, without a password, inline, in a directory or probed is read")
    func otherTrust() throws {
        #expect(try tls("ssl.truststore.location=t.jks").trust == .file("t.jks", declared: nil, password: nil))
        #expect(try tls("ssl.truststore.certificates=PEM text").trust == .inline("PEM text"))
        #expect(try tls("ssl.ca.pem=PEM text").trust == .inline("PEM text"))
        #expect(
            try tls("ssl.ca.location=/etc/ssl/certs").trust == .file("/etc/ssl/certs", declared: nil, password: nil))
        #expect(try tls("ssl.ca.location=probe").trust == .system)
    }

    @Test("key stores are read, in one file, inline, or as librdkafka's pairs")
    func identities() throws {
        #expect(try tls().identity == nil)
        #expect(
            try tls("ssl.keystore.location=/k", "ssl.keystore.type=PKCS12", "ssl.keystore.password=${env:P}").identity
                == .store("/k", declared: .pkcs12, password: Secret("pw")))
        #expect(
            try tls("ssl.keystore.type=PEM", "ssl.keystore.certificate.chain=C", "ssl.keystore.key=${env:P}").identity
                == .pair(chain: .inline("C"), key: .inline(Secret("pw"))))
        #expect(
            try tls("ssl.certificate.location=/c", "ssl.key.location=/k").identity
                == .pair(chain: .file("/c"), key: .file("/k")))
        #expect(
            try tls("ssl.certificate.pem=C", "ssl.key.location=/k").identity
                == .pair(chain: .inline("C"), key: .file("/k")))
        #expect(try tls("ssl.key.password=${env:P}").keyPassword == Secret("pw"))
    }

    @Test(
        "stores that contradict each other are refused",
        arguments: [
            ["ssl.truststore.location=/a", "ssl.ca.location=/b"], ["ssl.truststore.location=/a", "ssl.ca.pem=C"],
            ["ssl.ca.location=/a", "ssl.truststore.certificates=C"],
            ["ssl.keystore.location=/a", "ssl.keystore.key=K"],
            ["ssl.keystore.location=/a", "ssl.certificate.location=/b"],
            ["ssl.certificate.location=/a", "ssl.certificate.pem=C", "ssl.key.location=/k"],
            ["ssl.key.location=/a", "ssl.key.pem=K", "ssl.certificate.location=/c"],
            ["ssl.truststore.type=JKS", "ssl.truststore.certificates=C"],
            ["ssl.keystore.type=PKCS12", "ssl.keystore.key=K", "ssl.keystore.certificate.chain=C"],
        ])
    func conflicts(_ lines: [String]) {
        let error = #expect(throws: ConfigError.self) { try tls(lines) }
        #expect(error?.reason == .conflict)
    }

    @Test(
        "a certificate without a key and a key without a certificate are refused",
        arguments: [
            "ssl.certificate.location=/c", "ssl.keystore.certificate.chain=C", "ssl.key.location=/k", "ssl.key.pem=K",
        ])
    func halves(_ line: String) {
        let error = #expect(throws: ConfigError.self) { try tls(line) }
        #expect(error?.reason == .missing)
    }

    @Test("the check of host names goes off where it is emptied, with a warning", arguments: ["", "none"])
    func endpointIdentification(_ value: String) throws {
        let result = try FakeSource().build(
            "bootstrap.servers=b:1", "security.protocol=SSL", "ssl.endpoint.identification.algorithm=\(value)")
        #expect(result.config.tls?.endpointIdentification == false)
        #expect(result.config.tls?.certificateVerification == true)
        #expect(result.warnings.count == 1)
        #expect(try tls("ssl.endpoint.identification.algorithm=HTTPS").endpointIdentification)
        #expect(throws: ConfigError.self) { try tls("ssl.endpoint.identification.algorithm=ldaps") }
    }

    @Test("verification goes off as a whole by librdkafka's setting, with a warning")
    func verification() throws {
        let result = try FakeSource().build(
            "bootstrap.servers=b:1", "security.protocol=ssl", "enable.ssl.certificate.verification=false")
        #expect(result.config.tls?.certificateVerification == false)
        #expect(result.config.tls?.endpointIdentification == false)
        #expect(result.warnings.count == 1)
    }

    @Test("protocols are read, old ones left out with a warning, and some must be left")
    func versions() throws {
        #expect(try tls("ssl.enabled.protocols=TLSv1.3").versions == [.tls13])
        #expect(try tls("ssl.enabled.protocols=TLSv1.2, TLSv1.1").versions == [.tls12])
        #expect(throws: ConfigError.self) { try tls("ssl.enabled.protocols=TLSv1,SSLv3") }
        #expect(throws: ConfigError.self) { try tls("ssl.enabled.protocols=TLS1.3") }
    }

    @Test("cipher suites are lists of either client's kind")
    func ciphers() throws {
        #expect(
            try tls("ssl.cipher.suites=TLS_AES_128_GCM_SHA256, TLS_X").cipherSuites == [
                "TLS_AES_128_GCM_SHA256", "TLS_X",
            ])
        #expect(try tls("ssl.cipher.suites=ECDHE-RSA-AES128-GCM-SHA256\\:HIGH").cipherSuites.count == 2)
    }

    private func tls(_ lines: String...) throws -> TLSConfig { try tls(lines) }

    private func tls(_ lines: [String]) throws -> TLSConfig {
        let all = ["bootstrap.servers=b:1", "security.protocol=SSL"] + lines
        return try #require(try FakeSource(environment: ["P": "pw"]).build(all).config.tls)
    }
}
