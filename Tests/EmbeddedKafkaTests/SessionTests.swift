import EmbeddedKafka
import KafkaWire
import Testing
import Transport

@Suite struct SessionTests {
    private func token(_ user: String, _ password: String) -> SaslAuthenticateRequest {
        .with { $0.authBytes = [0] + Array(user.utf8) + [0] + Array(password.utf8) }
    }

    @Test("Unknown APIs and versions close the connection, but for ApiVersions, which says what it knows")
    func unknown() async throws {
        try await withCluster(.kafka3) { cluster async throws in
            #expect(try await cluster.ask(ListOffsetsRequest.one("t", at: -1), 10) == nil)
            #expect(try await cluster.ask(ShareGroupDescribeRequest()) == nil)
            let client = cluster.client()
            // ApiVersions v9, whatever it may contain.
            try await client.write([0, 0, 0, 11, 0, 18, 0, 9, 0, 0, 0, 7, 0xFF, 0xFF, 0])
            let frame = try #require(try await client.frame())
            let answer = try ApiVersionsResponse.read(frame.dropFirst(4), requestedVersion: 3)
            #expect(answer.error == .unsupportedVersion)
            #expect(answer.versions(of: .apiVersions) == 0...4)
            let named = ApiVersionsRequest.with {
                $0.clientSoftwareName = "sluice"
                $0.clientSoftwareVersion = "1.0"
            }
            let known = try #require(try await client.ask(named, 3))
            #expect(known.versions(of: .listOffsets) == 2...9)
            #expect(known.versions(of: .consumerGroupDescribe) == 0...0)
            #expect(known.finalizedFeatures.contains { $0.name == "metadata.version" && $0.maxVersionLevel == 21 })
        }
    }

    @Test("Connections that a broker closes are gone, those to other brokers and new ones are served")
    func disconnected() async throws {
        try await withCluster(brokers: 2) { cluster async throws in
            let (first, second) = (cluster.client(1), cluster.client(2))
            for client in [first, second] { #expect(try await client.ask(MetadataRequest()) != nil) }
            cluster.disconnectClients(of: 1)
            #expect(try await first.bytes(1) == nil)
            #expect(try await second.ask(MetadataRequest()) != nil)
            #expect(try await cluster.ask(MetadataRequest(), on: 1) != nil)
        }
    }

    @Test("A frame without end, of no size or of garbage closes the connection, not the broker")
    func garbage() async throws {
        try await withCluster { cluster async throws in
            for bytes: [UInt8] in [[0, 0, 0, 0], [0xFF, 0xFF, 0xFF, 0xFF], [0, 0, 0, 3, 0, 3, 0]] {
                let client = cluster.client()
                try await client.write(bytes)
                #expect(try await client.bytes(1) == nil)
            }
            #expect(try await cluster.ask(MetadataRequest())?.clusterID == "embedded-test")
        }
    }

    @Test("Who logs in with PLAIN is served as that user, who does not is told why and turned away")
    func plain() async throws {
        try await withCluster { cluster async throws in
            cluster.change { state in
                state.passwords["billing"] = "secret"
                state.createTopic("orders")
                state.createTopic("hr")
                state.access.hasAuthorizer = true
                state.access.entries = [.init(.allow, "User:billing", .read, .topic, "orders")]
            }
            func client() -> BrokerClient { cluster.client(1, .sasl) }
            #expect(try await client().ask(MetadataRequest()) == nil)

            let good = client()
            #expect(
                try await good.ask(SaslHandshakeRequest.with { $0.mechanism = "PLAIN" })?.error == KafkaErrorCode.none)
            #expect(try await good.ask(token("billing", "secret"))?.error == KafkaErrorCode.none)
            let topics = try await good.ask(MetadataRequest.with { $0.topics = nil })?.topics
            #expect(topics?.map(\.name) == ["orders"])

            let bad = client()
            _ = try await bad.ask(SaslHandshakeRequest.with { $0.mechanism = "PLAIN" })
            let refused = try await bad.ask(token("billing", "Secret"))
            #expect(refused?.error == .saslAuthenticationFailed)
            #expect(refused?.errorMessage == "Authentication failed: Invalid username or password")
            #expect(try await bad.bytes(1) == nil)

            let other = try await client().ask(SaslHandshakeRequest.with { $0.mechanism = "GSSAPI" })
            #expect(other?.error == .unsupportedSaslMechanism)
            #expect(other?.mechanisms == ["PLAIN"])
        }
    }

    @Test("Over loopback the same bytes are served, at the advertised address")
    func loopback() async throws {
        try await withCluster(brokers: 2, listening: [.plaintext, .sasl]) { cluster async throws in
            let reactor = try Reactor()
            defer { reactor.stop() }
            let answer = try #require(try await cluster.ask(MetadataRequest()))
            #expect(answer.brokers.count == 2)
            let text = answer.brokers.map { "\($0.host):\($0.port)" }.joined(separator: ",")
            #expect(text == cluster.bootstrap())
            #expect(text != cluster.bootstrap(.sasl))
            for broker in answer.brokers {
                let port = try #require(UInt16(exactly: broker.port))
                let stream = try await TCPDialer(reactor: reactor).connect(
                    to: broker.host, port: port, by: .after(.seconds(10))
                ).stream.get()
                let described = try await BrokerClient(stream).ask(DescribeClusterRequest(), 1)
                #expect(described?.clusterID == "embedded-test")
                #expect(described?.brokers.count == 2)
                stream.close()
            }
        }
    }
}
