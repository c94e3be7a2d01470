import KafkaWire

/// Who asks, where and how: all that an answer depends on besides the state and the request.
struct Call: Sendable {
    let broker: Int32
    let listener: Listener
    /// `User:ANONYMOUS` where nobody logged in.
    let principal: String
    let version: Int16
    var clientID = ""
}

/// A request this broker answers.
protocol ServedRequest: WireRequest {
    /// What the request brings about before it waits; it may note in itself what came of that.
    mutating func begin(_ call: Call, _ state: inout ClusterState)
    /// The answer, which may change the state; nil where the request asks for none.
    func answer(_ call: Call, _ state: inout ClusterState) -> Response?
    /// How long the answer may wait for more to answer with.
    var patienceMs: Int32 { get }
    /// Whether there is enough to answer with.
    func isReady(_ call: Call, _ state: ClusterState) -> Bool
}

extension ServedRequest {
    mutating func begin(_ call: Call, _ state: inout ClusterState) {}
    var patienceMs: Int32 { 0 }
    func isReady(_ call: Call, _ state: ClusterState) -> Bool { true }
}

/// The APIs of this broker, besides those of the login, which a session answers itself.
enum ServedApis {
    static let all: [any ServedRequest.Type] = [
        AddOffsetsToTxnRequest.self, AddPartitionsToTxnRequest.self, AlterConfigsRequest.self,
        ApiVersionsRequest.self, ConsumerGroupDescribeRequest.self, CreateAclsRequest.self,
        CreatePartitionsRequest.self, CreateTopicsRequest.self, DeleteAclsRequest.self,
        DeleteGroupsRequest.self, DeleteRecordsRequest.self, DeleteTopicsRequest.self, DescribeAclsRequest.self,
        DescribeClientQuotasRequest.self, DescribeClusterRequest.self, DescribeConfigsRequest.self,
        DescribeGroupsRequest.self, DescribeLogDirsRequest.self, DescribeProducersRequest.self,
        DescribeTransactionsRequest.self, DescribeUserScramCredentialsRequest.self, EndTxnRequest.self,
        FetchRequest.self, FindCoordinatorRequest.self, HeartbeatRequest.self,
        IncrementalAlterConfigsRequest.self, InitProducerIdRequest.self,
        JoinGroupRequest.self, LeaveGroupRequest.self, ListGroupsRequest.self, ListOffsetsRequest.self,
        ListPartitionReassignmentsRequest.self, ListTransactionsRequest.self, MetadataRequest.self,
        OffsetCommitRequest.self, OffsetDeleteRequest.self, OffsetFetchRequest.self,
        OffsetForLeaderEpochRequest.self, ProduceRequest.self, SyncGroupRequest.self, TxnOffsetCommitRequest.self,
    ]

    private static let byKey = Dictionary(all.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })

    static func type(of key: ApiKey) -> (any ServedRequest.Type)? { byKey[key] }
}

extension ClusterState {
    func allows(
        _ call: Call, _ operation: AccessControl.Operation, on resource: AccessControl.Resource, _ name: String
    ) -> Bool {
        access.allows(call.principal, operation, on: resource, name)
    }

    /// What a request about the whole cluster needs; the name of the resource is Kafka's.
    func allows(_ call: Call, onCluster operation: AccessControl.Operation) -> Bool {
        access.allows(call.principal, operation, on: .cluster, "kafka-cluster")
    }
}
