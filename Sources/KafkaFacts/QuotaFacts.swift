package import KafkaClient
private import KafkaWire

/// One limit of one client or group of clients.
package struct QuotaFact: Hashable, Sendable {
    /// Whom it binds, by entity type (`user`, `client-id`, `ip`); a nil name is the default of that type.
    package let entity: [String: String?]
    /// Kafka's name, such as `producer_byte_rate` or `request_percentage`.
    package let key: String
    package let value: Double
}

/// A user that SCRAM can log in, without anything secret.
package struct ScramUserFact: Hashable, Sendable {
    package let user: String
    /// Iterations by mechanism, such as `SCRAM-SHA-512`.
    package let iterations: [String: Int32]
}

extension KafkaCluster {
    /// Every client quota of the cluster, those of defaults included.
    package func quotas(_ context: CallContext) async throws(KafkaError) -> [QuotaFact] {
        try await ask(DescribeClientQuotasRequest.self, context) { _ in
            // No component and not strict: everything.
            DescribeClientQuotasRequest()
        } failure: {
            ($0.error, $0.errorMessage)
        } read: { response throws(KafkaError) in
            // Null is what comes with an error, not "there is none".
            guard let entries = response.entries else { throw KafkaError(.malformed("neither an error nor quotas")) }
            return entries.flatMap { entry in
                let entity = Dictionary(
                    entry.entity.map { ($0.entityType, $0.entityName) }, uniquingKeysWith: { first, _ in first })
                return entry.values.map { QuotaFact(entity: entity, key: $0.key, value: $0.value) }
            }
        }
    }

    /// The users that have SCRAM credentials; an error of one is an error of all, for the list would look complete.
    package func scramUsers(_ context: CallContext) async throws(KafkaError) -> [ScramUserFact] {
        try await ask(DescribeUserScramCredentialsRequest.self, context) { _ in
            // An empty list means all, as null does; refusing null, brokers fail within and never answer.
            .with { $0.users = [] }
        } failure: {
            ($0.error, $0.errorMessage)
        } read: { response throws(KafkaError) in
            if let failed = response.results.first(where: { $0.error != .none }) {
                throw KafkaError(.broker(failed.error, message: failed.errorMessage ?? "user \(failed.user)"))
            }
            return response.results.map { user in
                ScramUserFact(
                    user: user.user,
                    iterations: Dictionary(
                        user.credentialInfos.map { (Self.mechanism($0.mechanism), $0.iterations) },
                        uniquingKeysWith: { first, _ in first }))
            }.sorted { $0.user < $1.user }
        }
    }

    private static func mechanism(_ code: Int8) -> String {
        switch code {
        case 1: "SCRAM-SHA-256"
        case 2: "SCRAM-SHA-512"
        default: "unknown_\(code)"
        }
    }
}
