import KafkaClient
import KafkaFacts
import KafkaWire
import ScriptedBroker
import Testing
import Transport

@Suite struct GroupFactsTests {
    @Test("a classic group and one of the new protocol are described alike, members and all")
    func describes() async throws {
        for type in ["classic", "consumer"] {
            try await Scene.with(brokers: 2, Self.model(type: type, state: "Stable")) { _, client in
                let group = try await client.group("g", Scene.context)
                #expect(group.state == "stable" && group.type.rawValue == type)
                #expect(group.members.map(\.memberID) == ["m1"])
                #expect(group.members[0].assignments == [TopicPartition("a", 0), TopicPartition("b", 3)])
            }
        }
    }

    @Test("on brokers without the new call, or with it switched off, classic groups are described", arguments: 0..<2)
    func olderBroker(kind: Int) async throws {
        var model = Self.model(type: "classic", state: "Empty")
        if kind == 0 { model.versions[.consumerGroupDescribe] = .some(nil) }
        model.versions[.describeGroups] = 0...5
        try await Scene.with(brokers: 2, model) { cluster, client in
            if kind == 1 {
                cluster.amend(ConsumerGroupDescribeRequest.self) { response, _ in
                    response.groups[0].error = .unsupportedVersion
                }
            }
            let group = try await client.group("g", Scene.context)
            #expect(group.state == "empty")
        }
    }

    @Test("a group that does not exist is not found, and is never an empty one", arguments: [Int16(5), 6])
    func missing(version: Int16) async throws {
        var model = ClusterModel()
        model.versions[.describeGroups] = 0...version
        try await Scene.with(brokers: 2, model) { _, client in
            let error = await failure { try await client.group("nobody", Scene.context) }
            #expect(error?.name == "GROUP_ID_NOT_FOUND")
        }
    }

    @Test(
        "a live group that the calls cannot describe is not taken for a dead one",
        arguments: [("share", Int16(5)), ("share", 6), ("streams", 6), ("consumer", 5)])
    func alive(type: String, version: Int16) async throws {
        var model = Self.model(type: type, state: "Stable")
        model.versions[.describeGroups] = 0...version
        if type == "consumer" { model.versions[.consumerGroupDescribe] = .some(nil) }
        try await Scene.with(brokers: 2, model) { _, client in
            let error = await failure { try await client.group("g", Scene.context) }
            #expect(error?.name == "protocol.unsupported" && error?.message.contains(type) == true)
        }
    }

    @Test("a group that may not be described is an error, not a missing one")
    func forbidden() async throws {
        try await Scene.with(brokers: 2, Self.model(type: "classic", state: "Stable")) { cluster, client in
            cluster.amend(ConsumerGroupDescribeRequest.self) { response, _ in
                response.groups[0].error = .groupAuthorizationFailed
            }
            #expect(await failure { try await client.group("g", Scene.context) }?.code == 30)
        }
    }

    @Test("the list is the union over all brokers; types and states as far as the version tells")
    func list() async throws {
        var model = ClusterModel()
        for (index, type) in ["classic", "consumer", "share"].enumerated() {
            var group = ClusterModel.Group()
            group.type = type
            group.coordinator = Int32(index)
            group.state = "Stable"
            model.groups["g\(index)"] = group
        }
        for version in [Int16(2), 4, 5] {
            model.versions[.listGroups] = 0...version
            try await Scene.with(brokers: 3, model) { _, client in
                let groups = try await client.groups(Scene.context)
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
        try await Scene.with(brokers: 2, Self.model(type: "classic", state: "Empty")) { cluster, client in
            _ = try await client.groups(Scene.context)
            cluster.amend(ListGroupsRequest.self) { response, call in
                if call.node == 1 { response.error = .coordinatorLoadInProgress }
            }
            let error = await failure { try await client.groups(.within(.seconds(4))) }
            #expect(error?.code == 14 || error?.name == "deadline")
        }
    }

    @Test("two groups whose names only look alike are two")
    func exactNames() async throws {
        try await Scene.with { cluster, client in
            cluster.on(ListGroupsRequest.self) { _, _ in
                .answer(.with { $0.groups = ["caf\u{e9}", "cafe\u{301}"].map { name in .with { $0.groupID = name } } })
            }
            let groups = try await client.groups(Scene.context)
            #expect(groups.count == 2)
        }
    }

    private static func model(type: String, state: String) -> ClusterModel {
        var group = ClusterModel.Group()
        group.type = type
        group.state = state
        group.coordinator = 1
        var member = ClusterModel.Member("m1")
        member.assignments = [TopicPartition("a", 0), TopicPartition("b", 3)]
        group.members = [member]
        var model = ClusterModel()
        model.groups["g"] = group
        return model
    }
}
