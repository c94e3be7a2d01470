/// What Kafka's authorizer asks for before it answers a request, as `kafka-acls.sh` names it.
enum ApiPermission {
    /// Empty: none is needed, or the request is not known here.
    static func of(_ api: String) -> [String] { table[api] ?? [] }

    private static let table: [String: [String]] = [
        "Metadata": ["Describe topic"],
        "DescribeTopicPartitions": ["Describe topic"],
        "ListOffsets": ["Describe topic"],
        "OffsetForLeaderEpoch": ["Describe topic"],
        "Fetch": ["Read topic"],
        "DescribeProducers": ["Read topic"],
        "FindCoordinator": ["Describe group"],
        "ListGroups": ["Describe cluster or Describe group"],
        "DescribeGroups": ["Describe group"],
        "ConsumerGroupDescribe": ["Describe group", "Describe topic"],
        "ShareGroupDescribe": ["Describe group", "Describe topic"],
        "DescribeShareGroupOffsets": ["Describe group", "Describe topic"],
        "OffsetFetch": ["Describe group", "Describe topic"],
        "OffsetCommit": ["Read group", "Read topic"],
        "OffsetDelete": ["Delete group", "Read topic"],
        "DescribeConfigs": ["DescribeConfigs topic, group or cluster"],
        "DescribeAcls": ["Describe cluster"],
        "DescribeClientQuotas": ["DescribeConfigs cluster"],
        "DescribeUserScramCredentials": ["Describe cluster"],
        "DescribeLogDirs": ["Describe cluster"],
        "ListPartitionReassignments": ["Describe cluster"],
        "DescribeTransactions": ["Describe transactional id"],
        "ListTransactions": ["Describe transactional id"],
        "Produce": ["Write topic"],
        "InitProducerId": ["Write transactional id or IdempotentWrite cluster"],
        "CreateTopics": ["Create topic or cluster"],
        "DeleteTopics": ["Delete topic"],
        "DeleteRecords": ["Delete topic"],
    ]
}
