import EmbeddedClusters
import EmbeddedKafka
import KafkaClient
import KafkaWire
import Testing
import Transport

@Suite struct CoordinatorsTests {
    private let clock = VirtualClock()

    @Test(
        "a group is asked of its coordinator, who is looked up once",
        arguments: [(BrokerProfile.kafka28, Int16(3)), (.kafka4, 4)])
    func finds(profile: BrokerProfile, version: Int16) async throws {
        try await Self.with(profile) { cluster, client in
            for _ in 0..<3 { #expect(try await Self.state(client, clock.within(.seconds(60))) == "Stable") }
            let asked = try cluster.requests(FindCoordinatorRequest.self)
            #expect(asked.map(\.version) == [version])
            #expect(try cluster.requests(DescribeGroupsRequest.self).map(\.broker) == [2, 2, 2])
        }
    }

    @Test("a coordinator that moved is looked up again")
    func moves() async throws {
        try await Self.with { cluster, client in
            _ = try await Self.state(client, clock.within(.seconds(60)))
            cluster.change { $0.coordinate(by: 3) }
            #expect(try await Self.state(client, clock.within(.seconds(60))) == "Stable")
            #expect(try cluster.requests(DescribeGroupsRequest.self).map(\.broker) == [2, 2, 3])
        }
    }

    @Test("a coordinator that went down is looked up again until another has taken over")
    func goesDown() async throws {
        try await Self.with { cluster, client in
            _ = try await Self.state(client, clock.within(.seconds(60)))
            cluster.change { $0.brokers[1].isDown = true }
            cluster.cutOff(2)
            clock.at(.seconds(1)) { cluster.change { $0.coordinate(by: 3) } }
            #expect(try await Self.state(client, clock.within(.seconds(60))) == "Stable")
            #expect(try cluster.requests(FindCoordinatorRequest.self).count > 2)
            #expect(try cluster.requests(DescribeGroupsRequest.self).last?.broker == 3)
            #expect(clock.passed >= .seconds(1))
        }
    }

    @Test(
        "a coordinator that loads is asked again, itself, until it has; or until the deadline",
        arguments: [true, false])
    func loads(forever: Bool) async throws {
        try await Self.with { cluster, client in
            _ = try await Self.state(client, clock.within(.seconds(60)))
            cluster.faults.add(
                Fault(.error(.coordinatorLoadInProgress), api: .describeGroups, times: forever ? nil : 3))
            let error = await failure { try await Self.state(client, clock.within(.seconds(60))) }
            #expect(forever ? error?.code == 14 : error == nil)
            #expect(!forever || ((error?.tries ?? 0) >= 13 && clock.passed < .seconds(60)))
            let asked = try cluster.requests(DescribeGroupsRequest.self)
            #expect(forever || asked.count == 5)
            #expect(asked.allSatisfy { $0.broker == 2 })
            #expect(try cluster.requests(FindCoordinatorRequest.self).count == 1)
        }
    }

    @Test("a cluster without group offsets yet says COORDINATOR_NOT_AVAILABLE, and is asked again")
    func virginCluster() async throws {
        try await Self.with { cluster, client in
            cluster.faults.add(Fault(.error(.coordinatorNotAvailable), api: .findCoordinator, times: 1))
            let state = try await Self.state(client, clock.within(.seconds(60)))
            #expect(state == "Stable")
            #expect(try cluster.requests(FindCoordinatorRequest.self).count == 2)
        }
    }

    @Test("a group that may not be described is an error at once")
    func forbidden() async throws {
        try await Self.with { cluster, client in
            cluster.change { $0.access.hasAuthorizer = true }
            let error = await failure { try await Self.state(client, clock.within(.seconds(60))) }
            #expect(error?.code == 30 && error?.tries == 1 && error?.errorClass == .acl)
            #expect(clock.passed == .zero)
        }
    }

    @Test("two groups whose names only look alike have each its own coordinator")
    func exactNames() async throws {
        let names = ["caf\u{e9}", "cafe\u{301}"]
        try await ServedCluster.with(brokers: 3) { cluster in
            let coordinators = cluster.change { state in names.map { state.coordinator(of: Name($0)) } }
            try #require(coordinators[0] != coordinators[1])
            try await cluster.withClient { client in
                for (name, coordinator) in zip(names, coordinators) {
                    let found = try await client.coordinator(of: name, clock.within(.seconds(60)))
                    #expect(found == coordinator)
                }
            }
        }
    }

    // MARK: -

    /// A group `g` that broker 2 of three coordinates.
    private static func with(
        _ profile: BrokerProfile = .kafka4, _ body: @Sendable (ServedCluster, KafkaCluster) async throws -> Void
    ) async throws {
        try await ServedCluster.with(profile, brokers: 3) { cluster in
            cluster.change { state in
                state.createInternalTopics()
                state.coordinate(by: 2)
                state.groups["g", default: Group()].state = "Stable"
            }
            try await cluster.withClient { try await body(cluster, $0) }
        }
    }

    private static func state(_ client: KafkaCluster, _ context: CallContext) async throws -> String {
        try await client.callCoordinator(DescribeGroupsRequest.self, of: "g", context) { _ in
            .with { $0.groups = ["g"] }
        } read: { reply throws(KafkaError) in
            let group = reply.response.groups[0]
            guard group.error == .none else { throw KafkaError(.broker(group.error, message: "with words")) }
            return group.groupState
        }
    }
}

extension ClusterState {
    /// Makes one broker the coordinator of every group.
    fileprivate mutating func coordinate(by broker: Int32) {
        for partition in 0..<Int32(50) { moveLeader(of: "__consumer_offsets", partition, to: broker) }
    }
}
