import KafkaClient
import KafkaFacts
import Value

extension Primitive {
    static let groupOperations = Primitive(
        "group_operations",
        "What the principal may do with a group, which need not exist: permissions go by the name. One row.",
        apis: ["DescribeGroups (DESCRIBE on the group)", "FindCoordinator"],
        parameters: [Parameter("group", .string, required: true, "The group's id.")],
        fields: [
            Field("group", "string", "The group's id."),
            Field(
                "authorized_operations", "string[]?",
                "What the principal may do with it; nil where the broker does not tell."),
            Field(
                "known_operations", "string[]",
                "What brokers of this release tell of: an operation that is not among these is not denied but unheard of."
            ),
        ]
    ) { question throws(KafkaError) in
        let name = question.string("group") ?? ""
        let found = try await question.cluster.cluster.operations(onGroup: name, question.context)
        return question.rows(1) { _ in
            Row([
                "group": .text(name), "authorized_operations": Value(operations: found.authorized),
                "known_operations": Value(operations: found.known),
            ])
        }
    }
}
