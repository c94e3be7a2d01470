import EmbeddedKafka
import KafkaClient
import KafkaWire
import Secrets
import TLS
import Testing
import Transport

/// Listeners with TLS, in memory.
@Suite struct EncryptionTests {
    private static let day: Int64 = 86_400_000
    /// When time stands still in these clusters, in milliseconds.
    private static let now: Int64 = 1_700_000_000_000

    private static func config(_ authorities: CertificateAuthorities, as name: String? = nil) throws -> TLSConfig {
        var config = TLSConfig()
        config.trust = .inline(try authorities.trusted())
        if let name {
            let own = try authorities.client(name, from: now - day, to: now + day)
            config.identity = .pair(chain: .inline(own.chain), key: .inline(Secret(own.key)))
        }
        return config
    }

    private static func connect(
        _ cluster: EmbeddedCluster, _ listener: Listener = .ssl, as name: String? = nil, host: String = "memory",
        at ms: Int64 = now
    ) async throws -> (stream: Result<TLSStream, TransportError>, facts: TLSFacts?) {
        let source = ConfigSource(environment: { _ in nil }) { _ throws(ConfigSource.Failure) in throw .missing }
        let context = try TLSContext(try config(cluster.authorities, as: name), source: source) { ms / 1000 }
        return await TLSStream.open(
            over: cluster.connect(to: 1, listener), context, host: host, by: .after(.seconds(30)))
    }

    private static func certify(_ cluster: EmbeddedCluster, _ change: (inout BrokerCertificate) -> Void = { _ in }) {
        var certificate = BrokerCertificate(notBeforeMs: now - day, notAfterMs: now + 30 * day)
        change(&certificate)
        cluster.change { [certificate] in $0.brokers[0].certificate = certificate }
    }

    @Test("A broker answers over TLS, and shows what it was given")
    func answers() async throws {
        try await withCluster { cluster async throws in
            Self.certify(cluster) { $0.intermediateNotAfterMs = Self.now + 60 * Self.day }
            let (stream, facts) = try await Self.connect(cluster)
            let client = BrokerClient(try stream.get())
            #expect(try await client.ask(MetadataRequest())?.clusterID == "embedded-test")
            let chain = try #require(facts?.chain)
            #expect(chain.map(\.subject) == ["CN=memory", "CN=Embedded Root 1", "CN=Embedded Root"])
            #expect(chain.prefix(2).map(\.notAfter.epochMs) == [Self.now + 30 * Self.day, Self.now + 60 * Self.day])
            #expect(chain[0].subjectAltNames == ["DNS:memory"] && facts?.verified == true)
        }
    }

    @Test("A certificate is judged by the time that the client is told, whatever the machine's clock says")
    func time() async throws {
        try await withCluster { cluster async throws in
            Self.certify(cluster)
            func failure(_ ms: Int64) async throws -> TLSFailure.Kind? {
                guard case .failure(let error) = try await Self.connect(cluster, at: ms).stream,
                    case .tls(let failure) = error.reason
                else { return nil }
                return failure.kind
            }
            #expect(try await failure(Self.now + 30 * Self.day - 1000) == nil)
            #expect(try await failure(Self.now + 30 * Self.day + 1000) == .expired)
            #expect(try await failure(Self.now - Self.day - 1000) == .notYetValid)
        }
    }

    @Test("What a broker shows can change; a broker without a certificate hangs up")
    func changes() async throws {
        try await withCluster { cluster async throws in
            await #expect(throws: TransportError.self) { try await Self.connect(cluster).stream.get() }
            Self.certify(cluster) { $0.hosts = ["10.0.0.1", "old-1"] }
            let (stream, facts) = try await Self.connect(cluster)
            #expect(throws: TransportError.self) { try stream.get() }
            #expect(facts?.chain.first?.subjectAltNames == ["IP Address:10.0.0.1", "DNS:old-1"])
            #expect(try await Self.connect(cluster, host: "10.0.0.1").facts?.verified == true)
            Self.certify(cluster) { $0.issuer = "Somebody" }
            #expect(try await Self.connect(cluster).facts?.chain.first?.issuer == "CN=Somebody")
            Self.certify(cluster)
            #expect(try await Self.connect(cluster).facts?.verified == true)
        }
    }

    @Test("Who shows a certificate is its subject; behind a login nobody is asked for one")
    func principals() async throws {
        try await withCluster { cluster async throws in
            Self.certify(cluster)
            cluster.change { state in
                state.asksForCertificates = true
                state.passwords["shipping"] = "secret"
                state.createTopic("orders")
                state.access.hasAuthorizer = true
                state.access.entries = [.init(.allow, "User:CN=billing", .describe, .topic, "orders")]
            }
            let client = BrokerClient(try await Self.connect(cluster, as: "billing").stream.get())
            #expect(try await client.ask(MetadataRequest.of("orders"))?.topics.first?.error == KafkaErrorCode.none)
            // With TLS 1.3 a client is done before the broker misses its certificate: it may hear of that only later.
            let nobody = try? await Self.connect(cluster).stream.get()
            let refused = try? await nobody.map { BrokerClient($0) }?.ask(MetadataRequest.of("orders"))
            #expect(refused?.topics.count == nil)
            let login = BrokerClient(try await Self.connect(cluster, .saslSSL).stream.get())
            let mechanism = SaslHandshakeRequest.with { $0.mechanism = "PLAIN" }
            #expect(try await login.ask(mechanism, 1)?.error == KafkaErrorCode.none)
            let token = SaslAuthenticateRequest.with { $0.authBytes = Array("\0shipping\0secret".utf8) }
            #expect(try await login.ask(token)?.error == KafkaErrorCode.none)
            #expect(
                try await login.ask(MetadataRequest.of("orders"))?.topics.first?.error == .topicAuthorizationFailed)
        }
    }
}

extension MetadataRequest {
    fileprivate static func of(_ topic: String) -> MetadataRequest {
        .with { $0.topics = [.with { $0.name = topic }] }
    }
}
