import EmbeddedKafka
import Guarding
import KafkaWire
import Testing
import Transport

@Suite struct MembershipTests {
    private static func join(_ member: String, _ protocols: [String] = ["range"], instance: String? = nil)
        -> JoinGroupRequest
    {
        .with {
            $0.groupID = "g"
            $0.memberID = member
            $0.groupInstanceID = instance
            $0.sessionTimeoutMs = 10_000
            $0.rebalanceTimeoutMs = 20_000
            $0.protocolType = "consumer"
            $0.protocols = protocols.map { name in
                .with {
                    $0.name = name
                    $0.metadata = [1]
                }
            }
        }
    }

    private static func sync(_ member: String, _ generation: Int32, giving: [String: UInt8] = [:]) -> SyncGroupRequest {
        .with {
            $0.groupID = "g"
            $0.memberID = member
            $0.generationID = generation
            $0.assignments = giving.sorted { $0.key < $1.key }.map { member, byte in
                .with {
                    $0.memberID = member
                    $0.assignment = [byte]
                }
            }
        }
    }

    private static func beat(_ member: String, _ generation: Int32) -> HeartbeatRequest {
        .with {
            $0.groupID = "g"
            $0.memberID = member
            $0.generationID = generation
        }
    }

    @Test("A second member makes the first join again, and both get what the leader gives")
    func rebalance() async throws {
        try await withCluster { cluster async throws in
            let first = try #require(try await cluster.ask(Self.join("", ["range", "sticky"]), 3))
            #expect(first.leader == first.memberID && first.generationID == 1 && first.members.count == 1)
            let alone = try await cluster.ask(Self.sync(first.memberID, 1, giving: [first.memberID: 7]), 3)
            #expect(alone?.assignment == [7])
            // The second waits until the first has come again.
            async let joining = cluster.ask(Self.join("", ["sticky", "range"]), 3)
            var told: KafkaErrorCode?
            while told != .rebalanceInProgress { told = try await cluster.ask(Self.beat(first.memberID, 1))?.error }
            let again = try #require(try await cluster.ask(Self.join(first.memberID, ["range", "sticky"]), 3))
            let second = try #require(try await joining)
            #expect(again.generationID == 2 && second.generationID == 2 && second.leader == first.memberID)
            #expect(again.members.count == 2 && second.members.isEmpty)
            async let waiting = cluster.ask(Self.sync(second.memberID, 2), 3)
            let given = [first.memberID: UInt8(1), second.memberID: UInt8(2)]
            let own = try await cluster.ask(Self.sync(first.memberID, 2, giving: given), 3)
            #expect(own?.assignment == [1])
            #expect(try await waiting?.assignment == [2])
            #expect(try await cluster.ask(Self.beat(second.memberID, 2))?.error == KafkaErrorCode.none)
            #expect(cluster.read { $0.groups["g"]?.state } == "Stable")
        }
    }

    @Test("Whoever is not heard of for a session is a member no more")
    func expiry() async throws {
        try await withCluster { cluster async throws in
            let member = try #require(try await cluster.ask(Self.join(""), 3)).memberID
            _ = try await cluster.ask(Self.sync(member, 1), 3)
            cluster.advance(ms: 10_000)
            #expect(try await cluster.ask(Self.beat(member, 1))?.error == KafkaErrorCode.none)
            cluster.advance(ms: 10_001)
            #expect(try await cluster.ask(Self.beat(member, 1))?.error == .unknownMemberID)
            #expect(cluster.read { $0.groups["g"]?.state } == "Empty")
        }
    }

    @Test("Whoever waits for a member that has died goes on without it, where time passes by itself")
    func death() async throws {
        let reactor = try Reactor()
        defer { reactor.stop() }
        let time = Guarded(Int64(1_700_000_000_000))
        let state = ClusterState(profile: .kafka4, clusterID: "live", nowMs: time.withLock { $0 })
        let cluster = EmbeddedCluster(state, reactor: reactor, clock: { time.withLock { $0 } })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await cluster.serve() }
            defer { cluster.close() }
            _ = try await cluster.ask(Self.join(""), 3)
            async let joining = cluster.ask(Self.join(""), 3)
            while cluster.read({ $0.groups["g"]?.state }) != "PreparingRebalance" { await Task.yield() }
            time.withLock { $0 += 10_001 }
            let joined = try #require(try await joining)
            #expect(joined.generationID == 2 && joined.leader == joined.memberID && joined.members.count == 1)
        }
    }

    @Test("A static member comes back in the place of its former self")
    func staticMember() async throws {
        try await withCluster { cluster async throws in
            let member = try #require(try await cluster.ask(Self.join("", instance: "one"), 7)).memberID
            let later = try #require(try await cluster.ask(Self.join("", instance: "one"), 7))
            #expect(later.memberID != member && later.leader == later.memberID)
            #expect(cluster.read { $0.groups["g"]?.members.count } == 1)
            #expect(try await cluster.ask(Self.beat(member, 1))?.error == .unknownMemberID)
        }
    }

    @Test("Members that a test made are told of, and keep strangers from committing")
    func madeByTest() async throws {
        try await withCluster { cluster async throws in
            cluster.change { state in
                state.createTopic("orders")
                var group = Group()
                group.state = "Stable"
                group.protocolType = "consumer"
                group.assignor = "range"
                group.members = [.init(id: "m", subscription: ["orders"], assignment: ["orders": [0]])]
                state.groups["g"] = group
            }
            let told = try await cluster.ask(DescribeGroupsRequest.with { $0.groups = ["g"] })?.groups.first
            #expect(told?.members.first?.memberMetadata.isEmpty == false)
            let deletion = OffsetDeleteRequest.with {
                $0.groupID = "g"
                $0.topics = [
                    .with {
                        $0.name = "orders"
                        $0.partitions = [.init()]
                    }
                ]
            }
            let deleted = try await cluster.ask(deletion)
            #expect(deleted?.topics.first?.partitions.first?.error == .groupSubscribedToTopic)
            let gone = try await cluster.ask(DeleteGroupsRequest.with { $0.groupsNames = ["g"] })
            #expect(gone?.results.first?.error == .nonEmptyGroup)
        }
    }

    @Test("What fails by a fault has not happened: nobody has joined")
    func fault() async throws {
        try await withCluster { cluster async throws in
            cluster.faults.add(Fault(.error(.coordinatorLoadInProgress), api: .joinGroup, times: 1))
            let refused = try await cluster.ask(Self.join(""), 3)
            #expect(refused?.error == .coordinatorLoadInProgress)
            #expect(cluster.read { $0.groups["g"] == nil })
            #expect(try await cluster.ask(Self.join(""), 3)?.generationID == 1)
        }
    }
}
