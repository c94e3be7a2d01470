package import KafkaClient
private import KafkaWire

/// What a cluster says of itself.
package struct ClusterDescription: Sendable {
    package let clusterID: String?
    package let controller: Int32
    package let brokers: [BrokerInfo]
    /// Finalized feature levels (`metadata.version`, …) as the broker that was asked reports them.
    package let features: [String: Int16]
    /// What the principal may do with the cluster; nil where the broker does not tell.
    package let authorizedOperations: [AclOperation]?
}

extension KafkaCluster {
    package func description(_ context: CallContext) async throws(KafkaError) -> ClusterDescription {
        let metadata = try await metadata(of: [], maxAge: .zero, context)
        let operations = try await clusterOperations(context).flatMap { AclOperation.operations(in: $0) }
        return ClusterDescription(
            clusterID: metadata.clusterID, controller: metadata.controller, brokers: metadata.brokers,
            features: try await features(context), authorizedOperations: operations)
    }

    /// Whether the principal may describe the cluster; nil where the broker does not tell.
    package func mayDescribeCluster(_ context: CallContext) async throws(KafkaError) -> Bool? {
        guard let bits = try await clusterOperations(context), bits >= 0 else { return nil }
        // Whoever may not is told of no operation at all.
        return AclOperation.operations(in: bits)?.contains(.describe) ?? false
    }

    /// The bits of DescribeCluster; brokers before 2.8 have only Metadata to ask, which tells from version 8 to 10.
    private func clusterOperations(_ context: CallContext) async throws(KafkaError) -> Int32? {
        do throws(KafkaError) {
            return try await retrying(context) { () throws(KafkaError) in
                let reply = try await call(DescribeClusterRequest.self, to: .any, context) { _ in
                    .with { $0.includeClusterAuthorizedOperations = true }
                }
                guard reply.response.error == .none else {
                    throw KafkaError(
                        .broker(reply.response.error, message: reply.response.errorMessage), broker: reply.broker,
                        node: reply.node, api: "DescribeCluster", version: reply.version)
                }
                return reply.response.clusterAuthorizedOperations
            }
        } catch {
            guard case .unsupported = error.reason else { throw error }
        }
        do throws(KafkaError) {
            let reply = try await call(MetadataRequest.self, to: .any, versions: 8...10, context) { _ in
                .with {
                    $0.topics = []
                    $0.allowAutoTopicCreation = false
                    $0.includeClusterAuthorizedOperations = true
                }
            }
            return reply.response.clusterAuthorizedOperations
        } catch {
            guard case .unsupported = error.reason else { throw error }
            return nil
        }
    }
}
