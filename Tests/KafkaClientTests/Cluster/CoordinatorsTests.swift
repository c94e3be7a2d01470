import KafkaClient
import KafkaWire
import ScriptedBroker
import Testing
import Transport

@Suite struct CoordinatorsTests {
    @Test("a group is asked of its coordinator, who is looked up once", arguments: [Int16(3), 4])
    func finds(version: Int16) async throws {
        try await Self.with { cluster, client in
            cluster.change { $0.versions[.findCoordinator] = 1...version }
            for _ in 0..<3 { #expect(try await Self.state(client, .within(.seconds(60))) == "Stable") }
            let asked = try cluster.requests(FindCoordinatorRequest.self)
            #expect(asked.map(\.call.version) == [version])
            #expect(try cluster.requests(DescribeGroupsRequest.self).map(\.call.node) == [1, 1, 1])
        }
    }

    @Test("a coordinator that moved is looked up again")
    func moves() async throws {
        try await Self.with { cluster, client in
            _ = try await Self.state(client, .within(.seconds(60)))
            cluster.change { $0.groups["g"]?.coordinator = 2 }
            #expect(try await Self.state(client, .within(.seconds(60))) == "Stable")
            #expect(try cluster.requests(DescribeGroupsRequest.self).map(\.call.node) == [1, 1, 2])
        }
    }

    @Test(
        "a coordinator that loads is asked again, itself, until it has; or until the deadline",
        arguments: [true, false])
    func loads(forever: Bool) async throws {
        try await Self.with { cluster, client in
            _ = try await Self.state(client, .within(.seconds(60)))
            cluster.amend(DescribeGroupsRequest.self) { response, call in
                if forever || call.number < 4 { response.groups[0].error = .coordinatorLoadInProgress }
            }
            let start = ContinuousClock.now
            let error = await failure { try await Self.state(client, .within(.milliseconds(forever ? 4000 : 60_000))) }
            #expect(forever ? error?.code == 14 || error?.name == "deadline" : error == nil)
            #expect(!forever || ((error?.tries ?? 0) >= 2 && start.duration(to: .now) < .seconds(30)))
            let asked = try cluster.requests(FindCoordinatorRequest.self)
            #expect(asked.count == 1)
        }
    }

    @Test("a cluster without group offsets yet says COORDINATOR_NOT_AVAILABLE, and is asked again")
    func virginCluster() async throws {
        try await Self.with { cluster, client in
            cluster.amend(FindCoordinatorRequest.self) { response, call in
                if call.number == 1 { response.coordinators[0].error = .coordinatorNotAvailable }
            }
            let state = try await Self.state(client, .within(.seconds(60)))
            #expect(state == "Stable")
        }
    }

    @Test("a group that may not be described is an error at once")
    func forbidden() async throws {
        try await Self.with { cluster, client in
            cluster.amend(FindCoordinatorRequest.self) { response, _ in
                response.coordinators[0].error = .groupAuthorizationFailed
            }
            let error = await failure { try await Self.state(client, .within(.seconds(60))) }
            #expect(error?.code == 30 && error?.tries == 1 && error?.errorClass == .acl)
        }
    }

    @Test("an answer about another group is none")
    func wrongKey() async throws {
        try await Self.with { cluster, client in
            cluster.amend(FindCoordinatorRequest.self) { response, _ in response.coordinators[0].key = "x" }
            let error = await failure { try await Self.state(client, .within(.seconds(60))) }
            #expect(error?.name == "protocol" && error?.api == "FindCoordinator")
        }
    }

    @Test("two groups whose names only look alike have each its own coordinator")
    func exactNames() async throws {
        let composed = "caf\u{e9}"
        let decomposed = "cafe\u{301}"
        var model = ClusterModel()
        model.topics = [:]
        try await ScriptedCluster.with(brokers: 2, model) { cluster in
            cluster.on(FindCoordinatorRequest.self) { request, _ in
                let isComposed = request.coordinatorKeys.first.map { Array($0.utf8) == Array(composed.utf8) } ?? false
                let address = cluster.address(of: isComposed ? 0 : 1)
                return .answer(
                    .with {
                        $0.coordinators = [
                            .with {
                                $0.key = request.coordinatorKeys[0]
                                $0.nodeID = isComposed ? 0 : 1
                                $0.host = address.host
                                $0.port = Int32(address.port)
                            }
                        ]
                    })
            }
            try await cluster.withClient { client in
                let nodes = (
                    try await client.coordinator(of: composed, .within(.seconds(60))),
                    try await client.coordinator(of: decomposed, .within(.seconds(60)))
                )
                #expect(nodes == (0, 1))
            }
        }
    }

    // MARK: -

    private static func with(
        _ body: @Sendable (ScriptedCluster, KafkaCluster) async throws -> Void
    ) async throws {
        var model = ClusterModel()
        var group = ClusterModel.Group()
        group.state = "Stable"
        group.coordinator = 1
        model.groups["g"] = group
        try await ScriptedCluster.with(brokers: 3, model) { cluster in
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
