import Crypto
import EmbeddedKafka
import KafkaClient
import KafkaWire
import Secrets
import Testing
import Transport

@Suite struct ProfileTests {
    @Test("Each profile offers its versions and closes the connection on others")
    func versions() async throws {
        for profile in BrokerProfile.all {
            try await withCluster(profile) { cluster async throws in
                let request = ApiVersionsRequest.with {
                    $0.clientSoftwareName = "sluice"
                    $0.clientSoftwareVersion = "1"
                }
                let version = profile.versions(of: .apiVersions)?.upperBound ?? 0
                let answer = try #require(try await cluster.ask(request, min(version, 3)))
                #expect(answer.versions(of: .metadata) == profile.versions(of: .metadata), "\(profile.name)")
                let highest = try #require(profile.versions(of: .metadata)?.upperBound)
                cluster.change { $0.createTopic("t") }
                let metadata = try await cluster.ask(MetadataRequest.with { $0.topics = nil }, highest)
                #expect(metadata?.topics.first?.name == "t", "\(profile.name)")
                guard highest < MetadataRequest.versions.upperBound else { return }
                #expect(try await cluster.ask(MetadataRequest(), highest + 1) == nil, "\(profile.name)")
            }
        }
    }

    @Test("A release may be given other versions of an API, or be left without it")
    func otherVersions() async throws {
        let profile = BrokerProfile.kafka4.with([.describeGroups: 3...5, .describeCluster: nil])
        try await withCluster(profile) { cluster async throws in
            let answer = try #require(try await cluster.ask(ApiVersionsRequest(), 0))
            #expect(answer.versions(of: .describeGroups) == 3...5)
            #expect(answer.versions(of: .describeCluster) == nil)
            #expect(answer.versions(of: .metadata) == BrokerProfile.kafka4.versions(of: .metadata))
            #expect(try await cluster.ask(DescribeGroupsRequest(), 3) != nil)
            #expect(try await cluster.ask(DescribeGroupsRequest(), 6) == nil)
            #expect(try await cluster.ask(DescribeClusterRequest(), 0) == nil)
        }
    }

    @Test("In the middle of an upgrade each broker offers and answers what its own release does")
    func upgrade() async throws {
        try await withCluster(brokers: 2) { cluster async throws in
            cluster.change { $0.brokers[1].profile = .kafka3 }
            let versions = ApiVersionsRequest.with {
                $0.clientSoftwareName = "sluice"
                $0.clientSoftwareVersion = "1"
            }
            let missing = ConsumerGroupDescribeRequest.with { $0.groupIDs = ["g"] }
            for _ in 0..<2 {
                for (broker, profile) in [(Int32(1), BrokerProfile.kafka4), (2, .kafka3)] {
                    let offered = try #require(try await cluster.ask(versions, 3, on: broker))
                    #expect(offered.versions(of: .describeGroups) == profile.versions(of: .describeGroups))
                    cluster.change { state in
                        state.createInternalTopics()
                        for index in 0..<Int32(50) { state.moveLeader(of: "__consumer_offsets", index, to: broker) }
                    }
                    let answer = try await cluster.ask(missing, 0, on: broker)?.groups.first
                    #expect(answer?.errorMessage == (broker == 1 ? "Group g not found." : nil))
                }
            }
            #expect(try await cluster.ask(DescribeGroupsRequest(), 6, on: 1) != nil)
            #expect(try await cluster.ask(DescribeGroupsRequest(), 6, on: 2) == nil)
        }
    }

    @Test("What a service does not have, nobody is told of")
    func absent() {
        #expect(BrokerProfile.mskServerless.versions(of: .describeAcls) == nil)
        #expect(BrokerProfile.redpanda.versions(of: .describeCluster) == nil)
        #expect(BrokerProfile.redpanda.versions(of: .metadata) == 4...8)
        #expect(BrokerProfile.kafka22.versions(of: .describeProducers) == nil)
        #expect(BrokerProfile.kafka28.versions(of: .listTransactions) == nil)
    }

    @Test("Before 3.9 a special timestamp that is too new finds the first record, without an error")
    func unknownTimes() async throws {
        for (profile, error, offset) in [
            (BrokerProfile.kafka28, KafkaErrorCode.none, Int64(0)), (.kafka3, .unsupportedVersion, -1),
        ] {
            try await withCluster(profile) { cluster async throws in
                try cluster.change { state in
                    state.createTopic("t")
                    try state.append(records(3), to: "t")
                }
                let answer = try await cluster.ask(ListOffsetsRequest.one("t", at: -3), 6)?.first
                #expect(answer?.error == error && answer?.offset == offset, "\(profile.name)")
            }
        }
    }

    @Test("A SCRAM login is proven by both sides", arguments: [("SCRAM-SHA-256", Int8(1)), ("SCRAM-SHA-512", 2)])
    func scram(mechanism: String, number: Int8) async throws {
        try await withCluster { cluster async throws in
            try cluster.change { try $0.addScramUser("a,b=c", password: "pencil", mechanism: number) }
            for (password, isRight) in [("pencil", true), ("pen", false)] {
                let client = cluster.client(1, .sasl)
                let handshake = try await client.ask(SaslHandshakeRequest.with { $0.mechanism = mechanism })
                #expect(handshake?.mechanisms == ["PLAIN", mechanism])
                var exchange = ScramExchange(
                    number == 1 ? .sha256 : .sha512, user: "a,b=c", password: Secret(password))
                let start = try exchange.start()
                let challenge = try await client.ask(SaslAuthenticateRequest.with { $0.authBytes = start })
                guard case .send(let proof) = try exchange.answer(challenge?.authBytes ?? []) else {
                    Issue.record("no proof")
                    continue
                }
                let end = try #require(try await client.ask(SaslAuthenticateRequest.with { $0.authBytes = proof }))
                #expect((end.error == .none) == isRight)
                if isRight {
                    guard case .done = try exchange.answer(end.authBytes) else {
                        Issue.record("the broker did not prove itself")
                        continue
                    }
                } else {
                    // The broker has hung up, whether that is seen in writing or in reading.
                    let served = try? await client.ask(MetadataRequest())
                    #expect(served == .none || served == .some(nil))
                }
            }
        }
    }
}
