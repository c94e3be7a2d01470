import Foundation
import KafkaClient
import TLS
import TLSFixtures
import Testing
import Transport

@Suite struct TLSStreamTests {
    private let authority: TestAuthority
    private let other: TestAuthority

    init() throws {
        authority = try TestAuthority()
        other = try TestAuthority("Other")
    }

    @Test(
        "A chain that is as it must be is verified, and its facts are up to the trusted root", arguments: [false, true])
    func good(slices: Bool) async throws {
        let server = try TLSServer(try authority.issue("good"), ["-rev"])
        let (stream, facts) = try await TestClient.connect(
            server.port, TestClient.trusting(authority.root), slices: slices)
        let opened = try stream.get()
        let found = try #require(facts)
        #expect(found.version == "TLSv1.3")
        #expect(found.cipher == "TLS_AES_256_GCM_SHA384")
        #expect(found.verified && found.verifyError == nil && found.verifiesHost)
        #expect(found.chain.map(\.subject) == ["CN=good,O=Test", "CN=Test Issuing CA,O=Test", "CN=Test Root,O=Test"])
        #expect(found.chain.first?.issuer == "CN=Test Issuing CA,O=Test")
        #expect(found.chain.first?.subjectAltNames == ["DNS:localhost", "IP Address:127.0.0.1"])
        let leaf = try OpenSSLCommand.run(
            ["x509", "-in", "good.pem", "-noout", "-fingerprint", "-sha256"], in: authority.folder)
        let digits = leaf.split(separator: "=").last?.split(separator: ":").joined().lowercased()
        #expect(found.chain.first?.sha256 == digits?.trimmingCharacters(in: .whitespacesAndNewlines))
        let end = try OpenSSLCommand.run(
            ["x509", "-in", "good.pem", "-noout", "-enddate", "-dateopt", "iso_8601"], in: authority.folder)
        let text = try #require(found.chain.first?.notAfter.text)
        #expect(end.contains(text.replacingOccurrences(of: "T", with: " ")))

        // The server sends each line back reversed.
        try await opened.write(Array("sluice\n".utf8), by: .after(.seconds(10)))
        var buffer = [UInt8](repeating: 0, count: 64)
        var filled = 0
        while !buffer[..<filled].contains(UInt8(ascii: "\n")) {
            let count = try await opened.read(into: &buffer, from: filled, by: .after(.seconds(10)))
            try #require(count > 0)
            filled += count
        }
        #expect(String(decoding: buffer[..<filled], as: UTF8.self) == "eciuls\n")
        opened.close()
    }

    /// A certificate, and how it must be refused.
    struct Bad: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let kind: TLSFailure.Kind
        let words: String
        var host = "localhost"
        var names: String? = "DNS:localhost"
        var validity = TestAuthority.Validity.current
        var issuer = TestAuthority.Issuer.intermediate
        var sendsChain = true
        var isTrusted = true
    }

    static let mistakes = [
        Bad(testDescription: "expired", kind: .expired, words: "certificate has expired", validity: .expired),
        Bad(testDescription: "not yet valid", kind: .notYetValid, words: "is this clock right", validity: .future),
        Bad(
            testDescription: "wrong host", kind: .wrongHost, words: "it has DNS:other.example",
            names: "DNS:other.example"),
        Bad(
            testDescription: "no SAN, though the common name fits", kind: .wrongHost,
            words: "no subject alternative name", host: "leaf", names: nil),
        Bad(
            testDescription: "an address, and names only", kind: .wrongHost, words: "IP address mismatch",
            host: "127.0.0.1"),
        Bad(
            testDescription: "a name, and addresses only", kind: .wrongHost, words: "IP Address:127.0.0.1",
            names: "IP:127.0.0.1"),
        Bad(
            testDescription: "a partial wildcard", kind: .wrongHost, words: "DNS:local*.example",
            host: "localhost.example", names: "DNS:local*.example"),
        Bad(testDescription: "self-signed", kind: .selfSigned, words: "ssl.truststore.type=PEM", issuer: .itself),
        Bad(testDescription: "unknown CA", kind: .unknownCA, words: "ssl.truststore.type=PEM", isTrusted: false),
        Bad(
            testDescription: "missing intermediate", kind: .unknownCA, words: "may be missing an intermediate",
            sendsChain: false),
    ]

    @Test("A certificate that must not be trusted ends the handshake, and is shown all the same", arguments: mistakes)
    func bad(_ bad: Bad) async throws {
        let identity = try authority.issue(
            "leaf", names: bad.names, validity: bad.validity, by: bad.issuer, sendsChain: bad.sendsChain)
        let server = try TLSServer(identity, sendsChain: bad.sendsChain && bad.issuer == .intermediate)
        let trusted = bad.isTrusted ? authority.root : other.root
        let (stream, facts) = try await TestClient.connect(server.port, TestClient.trusting(trusted), host: bad.host)
        let failure = try #require(stream.tlsFailure)
        #expect(failure.kind == bad.kind)
        #expect(failure.message.contains(bad.words))
        let found = try #require(facts)
        #expect(!found.verified)
        #expect(found.verifyError != nil)
        #expect(found.chain.first?.subject == "CN=leaf,O=Test")
    }

    @Test("An address is verified by the addresses of the certificate")
    func address() async throws {
        let server = try TLSServer(try authority.issue("ip", names: "IP:127.0.0.1"))
        let (stream, facts) = try await TestClient.connect(
            server.port, TestClient.trusting(authority.root), host: "127.0.0.1")
        _ = try stream.get()
        #expect(facts?.verified == true)
    }

    @Test("Without the check of the host name another host's certificate is taken, without that of the chain any is")
    func switchedOff() async throws {
        let server = try TLSServer(try authority.issue("other", names: "DNS:other.example"))
        let nameless = TestClient.trusting(authority.root) { $0.endpointIdentification = false }
        let (named, facts) = try await TestClient.connect(server.port, nameless)
        // The server takes one connection at a time.
        try named.get().close()
        #expect(facts?.verified == true)
        #expect(facts?.verifiesHost == false)

        let blind = TestClient.trusting(other.root) {
            $0.endpointIdentification = false
            $0.certificateVerification = false
        }
        let (any, anyFacts) = try await TestClient.connect(server.port, blind)
        _ = try any.get()
        #expect(anyFacts?.verified == false)
        #expect(anyFacts?.verifyError != nil)
    }

    @Test(
        "A server of weak means is refused",
        arguments: [
            (["-tls1"], TLSFailure.Kind.version), (["-tls1_1"], .version),
            (["-tls1_2", "-cipher", "NULL-SHA256:@SECLEVEL=0"], .handshake),
            (["-tls1_2", "-cipher", "AES128-SHA:@SECLEVEL=0"], .handshake),
            (["-tls1_2", "-cipher", "ADH-AES128-SHA256:@SECLEVEL=0"], .handshake),
        ])
    func weak(arguments: [String], kind: TLSFailure.Kind) async throws {
        let cipher = arguments.contains("-cipher") ? [] : ["-cipher", "ALL:@SECLEVEL=0"]
        let server = try TLSServer(try authority.issue("weak", rsa: true), arguments + cipher)
        let (stream, _) = try await TestClient.connect(server.port, TestClient.trusting(authority.root))
        #expect(stream.tlsFailure?.kind == kind)
    }

    @Test("The versions and suites of the configuration are those that are spoken")
    func choice() async throws {
        let server = try TLSServer(try authority.issue("choice"))
        let old = TestClient.trusting(authority.root) {
            $0.cipherSuites = ["TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"]
        }
        let (_, facts) = try await TestClient.connect(server.port, old)
        #expect(facts?.version == "TLSv1.2")
        #expect(facts?.cipher == "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256")
        let new = TestClient.trusting(authority.root) { $0.cipherSuites = ["TLS_CHACHA20_POLY1305_SHA256"] }
        let (_, newFacts) = try await TestClient.connect(server.port, new)
        #expect(newFacts?.cipher == "TLS_CHACHA20_POLY1305_SHA256")
    }

    @Test("The name of the host goes out, an address does not")
    func serverName() async throws {
        let (named, other) = (try authority.issue("named"), try authority.issue("other", names: "IP:127.0.0.1"))
        let server = try TLSServer(
            other,
            ["-servername", "localhost", "-cert2", named.certificate, "-key2", named.key])
        let config = TestClient.trusting(authority.intermediate)
        let (_, facts) = try await TestClient.connect(server.port, config)
        #expect(facts?.chain.first?.subject == "CN=named,O=Test")
        let (_, otherFacts) = try await TestClient.connect(server.port, config, host: "127.0.0.1")
        #expect(otherFacts?.chain.first?.subject == "CN=other,O=Test")
    }

    @Test(
        "A server that demands a certificate gets the chain, and refuses none and a foreign one",
        arguments: ["-tls1_2", "-tls1_3"])
    func mutual(version: String) async throws {
        let server = try TLSServer(
            try authority.issue("server"),
            ["-Verify", "3", "-verify_return_error", "-CAfile", authority.root, version, "-rev"])
        let own = try authority.issue("client", names: nil)
        let stranger = try other.issue("stranger", names: nil)
        for (store, isTaken) in [(own.store, true), (stranger.store, false), (nil, false)] {
            let config = TestClient.trusting(authority.root) {
                $0.identity = store.map { .store($0, declared: nil, password: nil) }
            }
            let (stream, facts) = try await TestClient.connect(server.port, config)
            if isTaken {
                try stream.get().close()
            } else {
                #expect(stream.tlsFailure?.kind == .clientCertificate)
                #expect(
                    stream.tlsFailure?.message.contains(store == nil ? "none is configured" : "does not accept") == true
                )
            }
            #expect(facts?.verified == true)
            #expect(facts?.requestedCertificate == true)
        }
    }

    @Test("The end of the other side is the end of the data, with a goodbye or without")
    func ending() async throws {
        // It answers one line as a web server does, and closes.
        let server = try TLSServer(try authority.issue("good"), ["-www"])
        let (stream, _) = try await TestClient.connect(server.port, TestClient.trusting(authority.root))
        let opened = try stream.get()
        try await opened.write(Array("GET / HTTP/1.0\r\n\r\n".utf8), by: .after(.seconds(10)))
        var buffer = [UInt8](repeating: 0, count: 4096)
        var total = 0
        while true {
            let count = try await opened.read(into: &buffer, from: 0, by: .after(.seconds(10)))
            if count == 0 { break }
            total += count
        }
        #expect(total > 0)
    }
}
