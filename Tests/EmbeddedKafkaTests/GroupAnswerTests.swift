import EmbeddedKafka
import KafkaWire
import Testing

@Suite struct GroupAnswerTests {
    private func fetch(_ group: String, stable: Bool = false) -> OffsetFetchRequest {
        .with {
            $0.requireStable = stable
            $0.groups = [
                .with {
                    $0.groupID = group
                    $0.topics = [
                        .with {
                            $0.name = "orders"
                            $0.partitionIndexes = [0, 1]
                        }
                    ]
                }
            ]
        }
    }

    private func commit(_ group: String, _ offset: Int64, partition: Int32 = 0) -> OffsetCommitRequest {
        .with {
            $0.groupID = group
            $0.topics = [
                .with {
                    $0.name = "orders"
                    $0.partitions = [
                        .with {
                            $0.index = partition
                            $0.committedOffset = offset
                            $0.committedMetadata = "note"
                        }
                    ]
                }
            ]
        }
    }

    @Test("What was committed is told, and where nothing was, nothing")
    func commits() async throws {
        try await withCluster { cluster async throws in
            cluster.change { $0.createTopic("orders", partitions: 2) }
            let answer = try await cluster.ask(commit("billing", 42))
            #expect(answer?.topics.first?.partitions.first?.error == KafkaErrorCode.none)
            let partitions = try #require(
                try await cluster.ask(fetch("billing"))?.groups.first?.topics.first?.partitions)
            #expect(partitions.map(\.committedOffset) == [42, -1])
            #expect(partitions.map(\.metadata) == ["note", ""])
            let unknown = try await cluster.ask(commit("billing", 1, partition: 2))
            #expect(unknown?.topics.first?.partitions.first?.error == .unknownTopicOrPartition)
        }
    }

    @Test("Groups of share consumers and of streams are listed as what they are, and described by no call for others")
    func otherKinds() async throws {
        try await withCluster { cluster async throws in
            cluster.change { state in
                state.createTopic("orders")
                for kind in [Group.Kind.share, .streams] {
                    var group = Group()
                    group.kind = kind
                    state.groups[Name(kind.rawValue)] = group
                }
            }
            let listed = try await cluster.ask(ListGroupsRequest())?.groups
            #expect(listed?.map(\.groupID) == ["share", "streams"])
            #expect(listed?.map(\.groupType) == ["share", "streams"])
            #expect(listed?.map(\.protocolType) == ["share", "streams"])
            let groups = DescribeGroupsRequest.with { $0.groups = ["share", "streams"] }
            #expect(try await cluster.ask(groups, 5)?.groups.map(\.groupState) == ["Dead", "Dead"])
            #expect(
                try await cluster.ask(groups, 6)?.groups.map(\.errorMessage)
                    == ["Group share is not a classic group.", "Group streams is not a classic group."])
            let described = try await cluster.ask(
                ConsumerGroupDescribeRequest.with { $0.groupIDs = ["share", "streams"] })
            #expect(described?.groups.map(\.error) == [.groupIDNotFound, .groupIDNotFound])
            // From outside, offsets are committed to groups that have some.
            for (group, error) in [("share", KafkaErrorCode.groupIDNotFound), ("streams", .none)] {
                #expect(try await cluster.ask(commit(group, 1))?.topics.first?.partitions.first?.error == error)
            }
        }
    }

    @Test("A group is served by its coordinator alone, which every broker names alike")
    func coordination() async throws {
        try await withCluster(brokers: 3) { cluster async throws in
            cluster.change { state in
                state.createTopic("orders", partitions: 2)
                state.commit(7, of: "billing", "orders")
            }
            let coordinator = cluster.read { $0.coordinator(of: "billing") }
            for broker in Int32(1)...3 {
                let found = try await cluster.ask(
                    FindCoordinatorRequest.with { $0.coordinatorKeys = ["billing"] }, 4, on: broker)
                #expect(found?.coordinators.first?.nodeID == coordinator)
                let answer = try await cluster.ask(fetch("billing"), on: broker)
                #expect(answer?.groups.first?.error == (broker == coordinator ? KafkaErrorCode.none : .notCoordinator))
                let listed = try await cluster.ask(ListGroupsRequest(), on: broker)
                #expect(listed?.groups.map(\.groupID) == (broker == coordinator ? ["billing"] : []))
            }
        }
    }

    @Test("Groups of either protocol are described by their own API and denied by the other")
    func kinds() async throws {
        try await withCluster { cluster async throws in
            cluster.change { state in
                state.createTopic("orders", partitions: 2)
                for (name, kind) in [("old", Group.Kind.classic), ("new", .consumer)] {
                    var group = Group()
                    group.kind = kind
                    group.state = "Stable"
                    group.protocolType = "consumer"
                    group.assignor = kind == .classic ? "range" : "uniform"
                    group.epoch = 3
                    group.members = [
                        .init(id: "m1", epoch: 3, subscription: ["orders"], assignment: ["orders": [0, 1]])
                    ]
                    state.groups[Name(name)] = group
                }
            }
            let classic = try #require(
                try await cluster.ask(DescribeGroupsRequest.with { $0.groups = ["old", "new", "none"] }))
            #expect(classic.groups.map(\.error) == [.none, .groupIDNotFound, .groupIDNotFound])
            #expect(classic.groups.map(\.groupState) == ["Stable", "Dead", "Dead"])
            #expect(classic.groups[0].members[0].memberAssignment.count == 30)
            let consumer = try #require(
                try await cluster.ask(ConsumerGroupDescribeRequest.with { $0.groupIDs = ["old", "new"] }))
            #expect(consumer.groups.map(\.error) == [.groupIDNotFound, .none])
            #expect(consumer.groups[1].members[0].assignment.topicPartitions.map(\.partitions) == [[0, 1]])
            // A stranger may not commit for a group with members, a member of the right epoch may.
            #expect(
                try await cluster.ask(commit("new", 1))?.topics.first?.partitions.first?.error == .unknownMemberID)
            var own = commit("new", 1)
            own.memberID = "m1"
            own.generationIDOrMemberEpoch = 3
            #expect(try await cluster.ask(own)?.topics.first?.partitions.first?.error == KafkaErrorCode.none)
            own.generationIDOrMemberEpoch = 2
            #expect(try await cluster.ask(own)?.topics.first?.partitions.first?.error == .staleMemberEpoch)
        }
    }

    @Test("A commit that hangs in a transaction is held back from those who ask for stable ones")
    func stable() async throws {
        try await withCluster { cluster async throws in
            cluster.change { state in
                state.createTopic("orders", partitions: 2)
                state.commit(5, of: "billing", "orders")
                state.groups["billing"]?.commits["orders"]?[0]?.isPending = true
            }
            let any = try await cluster.ask(fetch("billing"))
            #expect(any?.groups.first?.topics.first?.partitions.first?.committedOffset == 5)
            let stable = try await cluster.ask(fetch("billing", stable: true))
            #expect(stable?.groups.first?.topics.first?.partitions.first?.error == .unstableOffsetCommit)
        }
    }
}
