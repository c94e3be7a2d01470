import KafkaClient
import KafkaFacts
import Value

extension Primitive {
    static let quotas = Primitive(
        "quotas", "Every client quota, those of defaults included: one row a limit.",
        apis: ["DescribeClientQuotas (DESCRIBE_CONFIGS on the cluster)"], parameters: [],
        fields: [
            Field(
                "entity", "table<string, string>",
                "Whom it binds: user, client-id, ip; the default's name is `<default>`."),
            Field(
                "defaults", "string[]",
                "The types of entity whose default it binds: a user may be called `<default>` as well."),
            Field("key", "string", "producer_byte_rate, consumer_byte_rate, request_percentage, …"),
            Field("value", "number", "The limit."),
        ]
    ) { question throws(KafkaError) in
        let found = try await question.cluster.cluster.quotas(question.context)
        return question.rows(found.count) { index in
            let quota = found[index]
            let entity = quota.entity.map { (ByteString($0.key), Value.text($0.value ?? "<default>")) }
            return Row([
                "entity": .map(Dictionary(entity, uniquingKeysWith: { first, _ in first })), "key": .text(quota.key),
                "value": .number(quota.value),
                "defaults": .list(quota.entity.filter { $0.value == nil }.keys.sorted().map { .text($0) }),
            ])
        }
    }

    static let scramUsers = Primitive(
        "scram_users", "The users that SCRAM can log in, one row a mechanism; nothing secret.",
        apis: ["DescribeUserScramCredentials (DESCRIBE on the cluster)"], parameters: [],
        fields: [
            Field("user", "string", "The user's name."),
            Field("mechanism", "string", "SCRAM-SHA-256 or SCRAM-SHA-512."),
            Field("iterations", "integer", "How often the password is hashed."),
        ]
    ) { question throws(KafkaError) in
        let found = try await question.cluster.cluster.scramUsers(question.context).flatMap { user in
            user.iterations.sorted { $0.key < $1.key }.map { (user.user, $0.key, $0.value) }
        }
        return question.rows(found.count) { index in
            let (user, mechanism, iterations) = found[index]
            return Row([
                "user": .text(user), "mechanism": .text(mechanism), "iterations": .integer(Int64(iterations)),
            ])
        }
    }
}
