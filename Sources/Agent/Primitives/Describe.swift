import KafkaClient
import KafkaFacts
import LuaKit
import Value

extension Primitive {
    static let describe = Primitive(
        "describe", "What the cluster says of itself: one row.",
        apis: ["Metadata", "DescribeCluster (DESCRIBE on the cluster: for its operations)", "ApiVersions"],
        parameters: [],
        fields: [
            Field("cluster_id", "string?", "The id; nil on brokers too old to have one."),
            Field("controller", "integer", "The controller's node id; on KRaft any live broker."),
            Field("brokers", "table[]", "`{ node, host, port, rack }` each, as advertised on this listener."),
            Field("features", "table<string, integer>", "Finalized feature levels, such as `metadata.version`."),
            Field(
                "authorized_operations", "string[]?",
                "What the principal may do with the cluster; nil where the broker does not tell, as without DESCRIBE."),
        ]
    ) { question throws(KafkaError) in
        let found = try await question.cluster.cluster.description(question.context)
        return question.rows(1) { _ in
            Row([
                "cluster_id": found.clusterID.map { .text($0) } ?? .null,
                "controller": .integer(Int64(found.controller)),
                "brokers": .list(
                    found.brokers.map { broker in
                        [
                            "node": .integer(Int64(broker.node)), "host": .text(broker.address.host),
                            "port": .integer(Int64(broker.address.port)),
                            "rack": broker.rack.map { .text($0) } ?? .null,
                        ]
                    }),
                "features": .map(
                    Dictionary(
                        found.features.map { (ByteString($0.key), .integer(Int64($0.value))) },
                        uniquingKeysWith: { first, _ in first })),
                "authorized_operations": Value(operations: found.authorizedOperations),
            ])
        }
    }
}

extension Value {
    /// Operations by their names; null where they were not told.
    init(operations: [AclOperation]?) {
        self = operations.map { .list($0.map { .text($0.name) }) } ?? .null
    }

    init(_ number: Int64?) { self = number.map { .integer($0) } ?? .null }
    init(_ number: Int32?) { self = number.map { .integer(Int64($0)) } ?? .null }
    init(_ text: String?) { self = text.map { .text($0) } ?? .null }
    init(_ bytes: [UInt8]?) { self = bytes.map { .string(ByteString(bytes: $0)) } ?? .null }
}
