import KafkaClient
import KafkaFacts
import Value

extension Primitive {
    static let group = Primitive(
        "group", "One group as its coordinator describes it: one row, failed where there is no such group.",
        apis: ["ConsumerGroupDescribe or DescribeGroups (DESCRIBE on the group)", "FindCoordinator"],
        parameters: [Parameter("group", .string, required: true, "The group's id.")],
        fields: [
            Field("group", "string", "The group's id."),
            Field("type", "string", "classic or consumer (KIP-848)."),
            Field("state", "string", "Lower case: `stable`, `empty`, `reconciling`, …"),
            Field("protocol", "string", "`consumer`, `connect`, …"),
            Field("assignor", "string?", "The assignor in use."),
            Field("members", "table[]", "`{ member_id, instance_id, client_id, host, assignments }` each."),
            Field("assignments", "table[]", "`{ topic, partition, member_id }` of all members."),
            Field("authorized_operations", "string[]?", "What the principal may do with the group."),
        ]
    ) { question throws(KafkaError) in
        let name = question.string("group") ?? ""
        let group = try await question.cluster.cluster.group(name, question.context)
        return question.rows(1) { _ in Row(group.values) }
    }
}

extension GroupDescription {
    fileprivate var values: [ByteString: Value] {
        func place(_ partition: TopicPartition) -> [ByteString: Value] {
            ["topic": .text(partition.topic), "partition": .integer(Int64(partition.partition))]
        }
        let members = members.map { member -> Value in
            [
                "member_id": .text(member.memberID), "instance_id": Value(member.instanceID),
                "client_id": .text(member.clientID), "host": .text(member.host),
                "assignments": .list(member.assignments.sorted().map { .map(place($0)) }),
            ]
        }
        let assignments = self.members.flatMap { member in
            member.assignments.map { partition -> (TopicPartition, Value) in
                (partition, .map(place(partition).merging(["member_id": .text(member.memberID)]) { first, _ in first }))
            }
        }.sorted { $0.0 < $1.0 }.map(\.1)
        return [
            "group": .text(group), "type": .text(type.rawValue), "state": .text(state),
            "protocol": .text(protocolType), "assignor": Value(assignor), "members": .list(members),
            "assignments": .list(assignments), "authorized_operations": Value(operations: authorizedOperations),
        ]
    }
}
