import Foundation
import KafkaClient
import Secrets
import TLS
import TLSFixtures
import Testing
import Transport

/// Stores in all the shapes that Java and librdkafka take, and what is said of those that cannot be used.
@Suite struct TLSContextTests {
    private let authority: TestAuthority

    init() throws { authority = try TestAuthority() }

    /// Whether a server that demands a certificate takes this one.
    private func isTaken(_ config: TLSConfig) async throws -> Bool {
        let server = try TLSServer(
            try authority.issue("server"), ["-Verify", "3", "-verify_return_error", "-CAfile", authority.root])
        let (stream, _) = try await TestClient.connect(server.port, config)
        if let failure = stream.tlsFailure { Issue.record("\(failure.message)") }
        return (try? stream.get()) != nil
    }

    private func refusal(_ config: TLSConfig) throws -> ConfigError {
        let error = #expect(throws: ConfigError.self) { try TestClient.context(config) }
        return try #require(error)
    }

    // MARK: Trust

    @Test("Certificates on one line, with spaces or written line breaks, are read", arguments: [" ", "\\n", ""])
    func oneLine(separator: String) async throws {
        let server = try TLSServer(try authority.issue("good"))
        var config = TLSConfig()
        let lines = try authority.read(authority.root).split(separator: "\n").map(String.init)
        config.trust = .inline(lines.joined(separator: separator))
        let (stream, _) = try await TestClient.connect(server.port, config)
        _ = try stream.get()
    }

    @Test("A PKCS#12 trust store of certificates alone is read, as Java writes it with keytool", .enabled(if: hasJava))
    func javaTrustStore() async throws {
        let store = authority.path("trust.jks")
        try Self.keytool([
            "-importcert", "-noprompt", "-alias", "root", "-file", authority.root, "-keystore", store, "-storepass",
            "changeit",
        ])
        let server = try TLSServer(try authority.issue("good"))
        var config = TLSConfig()
        config.trust = .file(store, declared: .jks, password: Secret("changeit"))
        let (stream, _) = try await TestClient.connect(server.port, config)
        _ = try stream.get()

        config.trust = .file(store, declared: nil, password: Secret("wrong"))
        #expect(try refusal(config).key == "ssl.truststore.password")
        config.trust = .file(store, declared: nil, password: nil)
        #expect(try refusal(config).reason == .missing)
    }

    @Test("A JKS store comes with the command that converts it", .enabled(if: hasJava))
    func jks() throws {
        let store = authority.path("old store.jks")
        try Self.keytool([
            "-importcert", "-noprompt", "-alias", "root", "-file", authority.root, "-keystore", store, "-storepass",
            "changeit", "-storetype", "JKS",
        ])
        let hint = try refusal(TestClient.trusting(store)).hint
        #expect(
            hint == "convert it with: keytool -importkeystore -srckeystore '\(store)' -srcstoretype JKS "
                + "-destkeystore '\(store).p12' -deststoretype PKCS12")
    }

    @Test("A certificate in the trust store is trusted though it is no root, as in Java")
    func partialChain() async throws {
        let identity = try authority.issue("leaf", sendsChain: false)
        let server = try TLSServer(identity, sendsChain: false)
        for trusted in [authority.intermediate, identity.certificate] {
            let (stream, facts) = try await TestClient.connect(server.port, TestClient.trusting(trusted))
            try stream.get().close()
            #expect(facts?.verified == true)
        }
    }

    @Test("A folder of hashed certificates is trusted")
    func folder() async throws {
        let hash = try OpenSSLCommand.run(["x509", "-in", authority.root, "-noout", "-hash"], in: authority.folder)
        let folder = authority.folder.appendingPathComponent("certs")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let name = hash.trimmingCharacters(in: .whitespacesAndNewlines)
        try FileManager.default.copyItem(
            atPath: authority.root, toPath: folder.appendingPathComponent("\(name).0").path)
        let server = try TLSServer(try authority.issue("good"))
        let (stream, _) = try await TestClient.connect(server.port, TestClient.trusting(folder.path))
        _ = try stream.get()
    }

    @Test("What is missing, empty, damaged or nothing of the kind is said before anything is dialled")
    func unusable() throws {
        let missing = try refusal(TestClient.trusting(authority.path("none.pem")))
        #expect(missing.reason == .unreadable)
        #expect(missing.description.contains("none.pem does not exist"))
        try authority.write("hello", to: "text")
        #expect(try refusal(TestClient.trusting(authority.path("text"))).message.contains("neither PEM nor PKCS#12"))
        try authority.write("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", to: "damaged.pem")
        #expect(try refusal(TestClient.trusting(authority.path("damaged.pem"))).message.contains("damaged"))
        let keyOnly = try authority.issue("lone").key
        #expect(try refusal(TestClient.trusting(keyOnly)).message.contains("no certificate"))
    }

    // MARK: Identity

    @Test(
        "Keys in every shape log in",
        arguments: ["pkcs8", "pkcs8-encrypted", "sec1", "sec1-encrypted", "pkcs1", "one-line", "pair", "inline"])
    func keys(shape: String) async throws {
        let own = try authority.issue("client", names: nil, rsa: shape == "pkcs1")
        let key = authority.path("shaped.key")
        var arguments: [String] = ["pkey", "-in", own.key, "-out", key]
        let password = ["-aes-256-cbc", "-passout", "pass:geheim"]
        switch shape {
        case "pkcs8-encrypted": arguments = ["pkcs8", "-topk8", "-in", own.key, "-out", key, "-passout", "pass:geheim"]
        case "sec1": arguments += ["-traditional"]
        case "sec1-encrypted": arguments += ["-traditional"] + password
        case "pkcs1": arguments += ["-traditional"]
        default: break
        }
        try OpenSSLCommand.run(arguments, in: authority.folder)
        let text = try authority.read(key)
        switch shape {
        case "sec1", "sec1-encrypted": #expect(text.contains("BEGIN EC PRIVATE KEY"))
        case "pkcs1": #expect(text.contains("BEGIN RSA PRIVATE KEY"))
        default: break
        }
        var store = text + (try authority.read(own.chain))
        if shape == "one-line" { store = store.split(separator: "\n").joined(separator: " ") }
        let path = try authority.write(store, to: "shaped-store.pem")
        let config = TestClient.trusting(authority.root) {
            $0.identity = .store(path, declared: nil, password: nil)
            if shape.hasSuffix("encrypted") { $0.keyPassword = Secret("geheim") }
        }
        var chosen = config
        if shape == "pair" { chosen.identity = .pair(chain: .file(own.chain), key: .file(key)) }
        if shape == "inline" {
            chosen.identity = .pair(chain: .inline(try authority.read(own.chain)), key: .inline(Secret(text)))
        }
        #expect(try await isTaken(chosen))
        guard shape.hasSuffix("encrypted") else { return }
        chosen.keyPassword = nil
        #expect(try refusal(chosen).hint == "set ssl.key.password")
        chosen.keyPassword = Secret("wrong")
        #expect(try refusal(chosen).key == "ssl.key.password")
    }

    @Test("PKCS#12 key stores log in with their whole chain, old encryption included", arguments: [false, true])
    func pkcs12(isOld: Bool) async throws {
        let own = try authority.issue("client", names: nil)
        let store = authority.path("client.p12")
        try OpenSSLCommand.run(
            [
                "pkcs12", "-export", "-inkey", own.key, "-in", own.chain, "-out", store, "-passout", "pass:geheim",
            ] + (isOld ? ["-legacy", "-certpbe", "PBE-SHA1-RC2-40", "-keypbe", "PBE-SHA1-3DES"] : []),
            in: authority.folder)
        let config = TestClient.trusting(authority.root) {
            $0.identity = .store(store, declared: .pkcs12, password: Secret("geheim"))
        }
        #expect(try await isTaken(config))
    }

    @Test("A key and a certificate of somebody else's are no identity")
    func mismatch() throws {
        let (one, two) = (try authority.issue("one"), try authority.issue("two"))
        let config = TestClient.trusting(authority.root) {
            $0.identity = .pair(chain: .file(one.chain), key: .file(two.key))
        }
        #expect(try refusal(config).message.contains("belongs to the private key"))
    }

    @Test("A client certificate that has expired, or is not valid yet, is warned of")
    func clientValidity() throws {
        for (validity, words) in [(TestAuthority.Validity.expired, "has expired"), (.future, "is not valid yet")] {
            let own = try authority.issue("client", validity: validity)
            let context = try TestClient.context(
                TestClient.trusting(authority.root) { $0.identity = .store(own.store, declared: nil, password: nil) })
            #expect(context.warnings.map(\.message).contains { $0.contains(words) })
        }
    }

    // MARK: Suites

    @Test("Suites that are unknown, weak or beside the versions are left out with a warning, and none left is an error")
    func suites() throws {
        func warnings(_ suites: [String]) throws -> [String] {
            let config = TestClient.trusting(authority.root) { $0.cipherSuites = suites }
            return try TestClient.context(config).warnings.map(\.message)
        }
        #expect(try warnings(["TLS_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"]).isEmpty)
        #expect(try warnings(["ECDHE-RSA-AES128-GCM-SHA256"]).isEmpty)
        #expect(try warnings(["TLS_AES_128_GCM_SHA256", "TLS_KRB5_NONSENSE"]).first?.contains("not known") == true)
        #expect(
            try warnings(["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_RSA_WITH_NULL_SHA256"]).first?
                .contains("too weak") == true)
        for none in [["TLS_RSA_WITH_NULL_SHA256"], ["NONSENSE"]] {
            let config = TestClient.trusting(authority.root) { $0.cipherSuites = none }
            #expect(try refusal(config).key == "ssl.cipher.suites")
        }
        let apart = TestClient.trusting(authority.root) {
            $0.cipherSuites = ["TLS_AES_128_GCM_SHA256"]
            $0.versions = [.tls12]
        }
        #expect(try refusal(apart).hint == "compare with ssl.enabled.protocols")
    }

    /// `keytool` is part of every Java runtime.
    private static let hasJava = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        .contains { FileManager.default.isExecutableFile(atPath: "\($0)/keytool") }

    private static func keytool(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["keytool"] + arguments
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
    }
}
