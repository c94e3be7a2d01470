/// Every API this module has messages for.
package enum KafkaMessages {
    package static let requests: [any WireRequest.Type] = [
        ProduceRequest.self, FetchRequest.self, ListOffsetsRequest.self, MetadataRequest.self,
        OffsetCommitRequest.self, OffsetFetchRequest.self, FindCoordinatorRequest.self, DescribeGroupsRequest.self,
        ListGroupsRequest.self, SaslHandshakeRequest.self, ApiVersionsRequest.self, CreateTopicsRequest.self,
        DeleteTopicsRequest.self, DeleteRecordsRequest.self, InitProducerIdRequest.self,
        OffsetForLeaderEpochRequest.self, DescribeAclsRequest.self, DescribeConfigsRequest.self,
        DescribeLogDirsRequest.self, SaslAuthenticateRequest.self, DeleteGroupsRequest.self,
        ListPartitionReassignmentsRequest.self, OffsetDeleteRequest.self, DescribeClientQuotasRequest.self,
        DescribeUserScramCredentialsRequest.self, DescribeClusterRequest.self, DescribeProducersRequest.self,
        DescribeTransactionsRequest.self, ListTransactionsRequest.self, ConsumerGroupDescribeRequest.self,
        ShareGroupDescribeRequest.self, JoinGroupRequest.self, SyncGroupRequest.self, HeartbeatRequest.self,
        LeaveGroupRequest.self, AddPartitionsToTxnRequest.self, AddOffsetsToTxnRequest.self, EndTxnRequest.self,
        TxnOffsetCommitRequest.self, CreateAclsRequest.self, DeleteAclsRequest.self,
        CreatePartitionsRequest.self, AlterConfigsRequest.self, IncrementalAlterConfigsRequest.self,
    ]

    private static let byKey = Dictionary(requests.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })

    package static func request(_ key: ApiKey) -> (any WireRequest.Type)? { byKey[key] }
}
