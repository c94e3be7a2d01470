import EmbeddedClusters
import EmbeddedKafka
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
