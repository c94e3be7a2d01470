import KafkaClient
import KafkaFacts
import Value

extension Primitive {
    static let acls = Primitive(
        "acls",
        "Every access control entry. A cluster without an authorizer is a failed row (SECURITY_DISABLED), not an empty list.",
        apis: ["DescribeAcls (DESCRIBE on the cluster)"], parameters: [],
        fields: [
            Field("resource_type", "string", "topic, group, cluster, transactional_id, delegation_token or user."),
            Field("resource_name", "string", "The name, or with a prefixed pattern its beginning; `*` is all."),
            Field("pattern_type", "string", "literal or prefixed."),
            Field("principal", "string", "Such as `User:billing`; `User:*` is everybody."),
            Field("host", "string", "An address, or `*`."),
            Field("operation", "string", "read, write, describe, all, …"),
            Field("permission_type", "string", "allow or deny."),
        ]
    ) { question throws(KafkaError) in
        let found = try await question.cluster.cluster.acls(question.context)
        return question.rows(found.count) { index in
            let acl = found[index]
            return Row([
                "resource_type": .text(acl.resourceType), "resource_name": .text(acl.resourceName),
                "pattern_type": .text(acl.patternType), "principal": .text(acl.principal), "host": .text(acl.host),
                "operation": .text(acl.operation), "permission_type": .text(acl.permission),
            ])
        }
    }
}
