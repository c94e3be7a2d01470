import EmbeddedKafka
import KafkaWire
import Testing

/// Groups of the protocol in which brokers assign (KIP-848).
///
/// A consumer of Kafka's own makes the real one, and what became of it is set up in the embedded broker: names and
/// epochs as they are told, so that what is compared is how each API tells it.
extension Conformance {
    func consumers(_ fixture: KafkaFixture) async throws {
        try await fixture.join("modern", .consumer, topics: "orders")
        try await fixture.commit("modern", "orders", [0: 3])
        let told = try #require(
            try await learn(ConsumerGroupDescribeRequest.with { $0.groupIDs = ["modern"] })?.groups.first)
        let member = try #require(told.members.first)
        cluster.change { state in
            var group = Group()
            group.kind = .consumer
            group.state = told.groupState
            group.epoch = told.groupEpoch
            group.assignor = told.assignorName
            group.members = [
                .init(
                    id: member.memberID, clientID: member.clientID, clientHost: member.clientHost,
                    epoch: member.memberEpoch, subscription: member.subscribedTopicNames,
                    assignment: ["orders": [0, 1, 2]])
            ]
            state.groups["modern"] = group
            state.commit(3, of: "modern", "orders")
        }
        for operations in [false, true] {
            // One at a time: 3.9 tells of groups more than once where others cannot be told of.
            for group in ["modern", "simple", "unknown"] {
                try await ask(
                    "\(group), operations \(operations)",
                    ConsumerGroupDescribeRequest.with {
                        $0.groupIDs = [group]
                        $0.includeAuthorizedOperations = operations
                    })
            }
        }
        try await ask("a group of the newer protocol", DescribeGroupsRequest.with { $0.groups = ["modern"] })
        for types in [["consumer"], ["classic"]] {
            try await ask(
                "with a group of the newer protocol", in: 5...5, ListGroupsRequest.with { $0.typesFilter = types })
        }
        try await ask("with a group of the newer protocol", ListGroupsRequest())
        try await ask("of its member", in: 9...9) { _, version in
            Self.offsetFetch("modern", ["orders": [0, 1]], version)
        }
        try await ask("of a stranger", in: 9...9) { _, version in
            Self.offsetFetch("modern", ["orders": [0, 1]], version, member: ("stranger", 1))
        }
        try await ask("from outside", Self.offsetCommit("modern", "orders", [0: 1]))
        try await ask("of a stranger", Self.offsetCommit("modern", "orders", [0: 1], member: "stranger", generation: 1))
        try await ask("of a live group", DeleteGroupsRequest.with { $0.groupsNames = ["modern"] })
        try await fixture.leave("modern")
    }
}
