import EmbeddedClusters
import EmbeddedKafka
import Guarding
import KafkaClient
import KafkaFacts
import KafkaWire
import Testing
import Transport

@Suite struct GroupFactsTests {
    @Test("a classic group and one of the new protocol are described alike, members and all")
    func describes() async throws {
        for kind in [Group.Kind.classic, .consumer] {
            try await Self.with(kind: kind) { scene in
                let group = try await scene.client.group("g", Scene.context)
                #expect(group.state == "stable" && group.type.rawValue == kind.rawValue)
                #expect(group.members.map(\.memberID) == ["m1"])
                #expect(group.members[0].assignments == [TopicPartition("a", 0), TopicPartition("b", 3)])
            }
        }
    }

    @Test("on brokers without the new call, or with it switched off, classic groups are described", arguments: 0..<2)
    func olderBroker(kind: Int) async throws {
        try await Self.with(kind == 0 ? .kafka28 : .kafka3, kind: .classic, state: "Empty") { scene in
            if kind == 1 {
                scene.cluster.faults.add(Fault(.error(.unsupportedVersion), api: .consumerGroupDescribe))
            }
            let group = try await scene.client.group("g", Scene.context)
            #expect(group.state == "empty")
            let asked = try scene.requests(ConsumerGroupDescribeRequest.self)
            #expect(asked.count == kind)
        }
    }

    @Test(
        "a group that does not exist is not found, and is never an empty one",
        arguments: [BrokerProfile.kafka28, .kafka3, .kafka4])
    func missing(profile: BrokerProfile) async throws {
        try await EmbeddedScene.with(profile, brokers: 2) { scene in
            let error = await failure { try await scene.client.group("nobody", Scene.context) }
            #expect(error?.name == "GROUP_ID_NOT_FOUND")
        }
    }

    @Test(
        "a live group that the calls cannot describe is not taken for a dead one",
        arguments: [(Group.Kind.share, Int16(5)), (.share, 6), (.streams, 6), (.consumer, 5)])
    func alive(kind: Group.Kind, version: Int16) async throws {
        var versions: [ApiKey: ClosedRange<Int16>?] = [.describeGroups: 0...version]
        if kind == .consumer { versions[.consumerGroupDescribe] = .some(nil) }
        try await Self.with(.kafka4.with(versions), kind: kind) { scene in
            let error = await failure { try await scene.client.group("g", Scene.context) }
            #expect(error?.name == "protocol.unsupported" && error?.message.contains(kind.rawValue) == true)
        }
    }

    @Test("a group that may not be described is an error, not a missing one")
    func forbidden() async throws {
        try await Self.with(kind: .classic) { scene in
            scene.cluster.faults.add(
                Fault(.error(.groupAuthorizationFailed), api: .consumerGroupDescribe, times: 1))
            #expect(await failure { try await scene.client.group("g", Scene.context) }?.code == 30)
            scene.cluster.change { state in
                state.access.hasAuthorizer = true
                state.access.entries = [.init(.allow, "User:ANONYMOUS", .describe, .group, "other")]
            }
            #expect(await failure { try await scene.client.group("g", Scene.context) }?.code == 30)
        }
    }

    @Test("the list is the union over all brokers; types and states as far as the version tells")
    func list() async throws {
        for (profile, version) in [(BrokerProfile.kafka22, 2), (.kafka28, 4), (.kafka4, 5)] {
            try await EmbeddedScene.with(profile, brokers: 3) { state in
                for (index, kind) in [Group.Kind.classic, .consumer, .share].enumerated() {
                    var group = Group()
                    group.kind = kind
                    group.state = "Stable"
                    state.groups[Name("g\(index)")] = group
                }
                #expect(Set((0..<3).map { state.coordinator(of: Name("g\($0)")) }) == [1, 2, 3])
            } _: { scene in
                let groups = try await scene.client.groups(Scene.context)
                #expect(groups.map(\.group) == ["g0", "g1", "g2"])
                #expect(
                    groups.map(\.type)
                        == (version < 5 ? Array(repeating: .untold, count: 3) : [.classic, .consumer, .share]))
                #expect(groups[0].state == (version < 4 ? nil : "stable"))
            }
        }
    }

    @Test("while one coordinator loads, the list is incomplete and thus none")
    func loading() async throws {
        try await Self.with(kind: .classic, state: "Empty") { scene in
            scene.cluster.faults.add(
                Fault(.error(.coordinatorLoadInProgress), api: .listGroups, broker: 2, times: 2))
            let groups = try await scene.client.groups(Scene.context)
            #expect(groups.map(\.group) == ["g"])
            scene.cluster.faults.add(Fault(.error(.coordinatorLoadInProgress), api: .listGroups, broker: 2))
            #expect(await failure { try await scene.client.groups(Scene.context) }?.code == 14)
        }
    }

    @Test("groups whose coordinator moved while every broker was asked are in the list", arguments: [true, false])
    func moving(isSeen: Bool) async throws {
        try await Self.withCoordinator { scene in
            scene.cluster.change { $0.topics["__consumer_offsets"]?.isHidden = !isSeen }
            if isSeen {
                // Broker 1 has been asked, or will be: whichever it is, broker 2 has none of them any more.
                scene.meet(.listGroups, times: 1) { cluster in
                    cluster.change { $0.coordinate(by: 1, of: "__consumer_offsets") }
                }
                let groups = try await scene.client.groups(Scene.context)
                #expect(groups.map(\.group) == ["g"])
                #expect(scene.requestCount(of: .listGroups) == 4)
            } else {
                // Its restart moves its groups, and shows as an error in between.
                let clock = VirtualClock()
                scene.cluster.faults.add(
                    Fault(.error(.coordinatorLoadInProgress), api: .listGroups, broker: 2, times: 3))
                clock.at(.milliseconds(200)) { [cluster = scene.cluster] in
                    cluster.change { $0.coordinate(by: 1, of: "__consumer_offsets") }
                }
                let groups = try await scene.client.groups(clock.within(.seconds(600)))
                #expect(groups.map(\.group) == ["g"])
                let asked = try scene.requests(ListGroupsRequest.self).map(\.broker)
                #expect(asked.count { $0 == 1 } == asked.count { $0 == 2 })
            }
        }
    }

    @Test("a cluster that does not come to rest while every broker is asked has no list of groups")
    func neverAtRest() async throws {
        try await Self.withCoordinator { scene in
            let turns = Guarded(Int32(0))
            scene.meet(.listGroups) { cluster in
                let turn = turns.withLock { turns in
                    turns += 1
                    return turns
                }
                cluster.change { $0.coordinate(by: 1 + turn % 2, of: "__consumer_offsets") }
            }
            let error = await failure { try await scene.client.groups(Scene.context) }
            #expect(error?.name == "changed_underfoot" && error?.api == "ListGroups")
        }
    }

    @Test("groups and transactions that nobody coordinates make the list unknown, not shorter")
    func uncoordinated() async throws {
        try await Self.withCoordinator { scene in
            scene.cluster.change { state in
                state.removeLeader(of: "__consumer_offsets", 7)
                state.removeLeader(of: "__transaction_state", 7)
            }
            for ask in [
                { _ = try await scene.client.groups(Scene.context) },
                { _ = try await scene.client.transactions(Scene.context) },
            ] as [@Sendable () async throws -> Void] {
                let error = await failure(ask)
                #expect(error?.name == "net.leaderless" && error?.partition?.partition == 7)
            }
            let replicas = try await scene.client.logDirs(Scene.context)
            #expect(!replicas.isEmpty)
        }
    }

    /// Two brokers, the second of which coordinates the group `g`.
    private static func withCoordinator(_ body: @Sendable (EmbeddedScene) async throws -> Void) async throws {
        try await EmbeddedScene.with(brokers: 2) { state in
            state.createInternalTopics()
            state.coordinate(by: 2, of: "__consumer_offsets")
            state.groups["g"] = Group()
        } _: {
            try await body($0)
        }
    }

    @Test("two groups whose names only look alike are two")
    func exactNames() async throws {
        try await EmbeddedScene.with { state in
            for name in ["caf\u{e9}", "cafe\u{301}"] { state.groups[Name(name)] = Group() }
        } _: { scene in
            let groups = try await scene.client.groups(Scene.context)
            #expect(groups.count == 2)
        }
    }

    /// Two brokers, one of which coordinates the group `g` of one member.
    private static func with(
        _ profile: BrokerProfile = .kafka4, kind: Group.Kind, state: String = "Stable",
        _ body: @Sendable (EmbeddedScene) async throws -> Void
    ) async throws {
        try await EmbeddedScene.with(profile, brokers: 2) { world in
            world.createTopic("a")
            world.createTopic("b", partitions: 4)
            var group = Group()
            group.kind = kind
            group.state = state
            group.protocolType = "consumer"
            if state != "Empty" {
                group.members = [Group.Member(id: "m1", subscription: ["a", "b"], assignment: ["a": [0], "b": [3]])]
            }
            world.groups["g"] = group
        } _: {
            try await body($0)
        }
    }
}

extension ClusterState {
    /// Makes one broker the leader of all partitions of an internal topic.
    fileprivate mutating func coordinate(by broker: Int32, of topic: String) {
        for partition in 0..<Int32(50) { moveLeader(of: topic, partition, to: broker) }
    }
}
