/// Asks any broker for the cluster's id, controller and brokers.
package struct DescribeClusterRequest: WireRequest {
    package typealias Response = DescribeClusterResponse
    package static let key = ApiKey.describeCluster
    package static let versions: ClosedRange<Int16> = 0...2
    /// Fenced brokers, the addition of version 2, are of no use to a client.
    package static let spoken: ClosedRange<Int16> = 0...1
    package static let flexible: PartialRangeFrom<Int16>? = 0...

    package var includeClusterAuthorizedOperations = false
    /// 1 brokers, 2 controllers.
    package var endpointType: Int8 = 1
    package var includeFencedBrokers = false
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("include_cluster_authorized_operations", &includeClusterAuthorizedOperations)
        try codec.field("endpoint_type", &endpointType, in: 1..., else: 1)
        try codec.field("include_fenced_brokers", &includeFencedBrokers, in: 2..., else: false)
    }
}

/// The cluster as the asked broker sees it.
package struct DescribeClusterResponse: WireStruct {
    package var throttleTimeMs: Int32 = 0
    package var error: KafkaErrorCode = .none
    package var errorMessage: String?
    package var endpointType: Int8 = 1
    package var clusterID = ""
    package var controllerID: Int32 = -1
    package var brokers: [Broker] = []
    /// A bit for each operation; the least int32 where they were not asked for.
    package var clusterAuthorizedOperations: Int32 = .min
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("throttle_time_ms", &throttleTimeMs)
        try codec.field("error_code", &error)
        try codec.field("error_message", &errorMessage)
        try codec.field("endpoint_type", &endpointType, in: 1..., else: 1)
        try codec.field("cluster_id", &clusterID)
        try codec.field("controller_id", &controllerID)
        try codec.field("brokers", &brokers)
        try codec.field("cluster_authorized_operations", &clusterAuthorizedOperations)
    }

    /// A broker and the address it advertises.
    package struct Broker: WireStruct {
        package var brokerID: Int32 = 0
        package var host = ""
        package var port: Int32 = 0
        package var rack: String?
        package var isFenced = false
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("broker_id", &brokerID)
            try codec.field("host", &host)
            try codec.field("port", &port)
            try codec.field("rack", &rack)
            try codec.field("is_fenced", &isFenced, in: 2..., else: false)
        }
    }
}
