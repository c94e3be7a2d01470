/// All that an answer of the embedded broker may differ in from Kafka's, field by field, and why.
///
/// Never an error code, an offset or a count.
enum MayDiffer {
    struct Rule: Hashable, Sendable {
        let path: String
        let reason: String
    }

    static let rules: [Rule] = [
        Rule(path: "Fetch.responses[].partitions[].records[].control.base_timestamp", reason: time),
        Rule(path: "Fetch.responses[].partitions[].records[].control.max_timestamp", reason: time),
        Rule(path: "Fetch.responses[].partitions[].records[].append.base_timestamp", reason: time),
        Rule(path: "Fetch.responses[].partitions[].records[].append.max_timestamp", reason: time),
        Rule(path: "Fetch.responses[].partitions[].records[].horizon.base_timestamp", reason: time),
        Rule(path: "Produce.responses[].partition_responses[].log_append_time_ms", reason: time),
        Rule(path: "DescribeProducers.topics[].partitions[].active_producers[].last_timestamp", reason: time),
        Rule(path: "DescribeTransactions.transaction_states[].transaction_start_time_ms", reason: time),
        Rule(
            path: "Produce.responses[].partition_responses[].record_errors[].batch_index_error_message",
            reason: "names the moment at which the record was too far ahead"),
        Rule(path: "CreateTopics.topics[].topic_id", reason: "a cluster draws the ids of its topics"),
        Rule(path: "Metadata.topics[].topic_id", reason: "a cluster draws the ids of its topics"),
        Rule(path: "SaslAuthenticate.auth_bytes", reason: "each side draws the salt and the nonce of its challenge"),
        Rule(
            path: "Fetch.responses[].partitions[].records[].compressed_payload",
            reason: "a cleaner compresses anew, each with its own library; the records in it are compared one by one"),
        Rule(path: "DescribeAcls.error_message", reason: object),
        Rule(path: "CreateAcls.results[].error_message", reason: object),
        Rule(path: "DeleteAcls.filter_results[].error_message", reason: object),
        Rule(path: "ListPartitionReassignments.error_message", reason: object),
        Rule(path: "Metadata.controller_id", reason: controller),
        Rule(path: "DescribeCluster.controller_id", reason: controller),
        Rule(path: "DescribeLogDirs.results[].log_dir", reason: "a log in memory lies in no folder"),
        Rule(path: "DescribeLogDirs.results[].total_bytes", reason: "the disk is this machine's"),
        Rule(path: "DescribeLogDirs.results[].usable_bytes", reason: "the disk is this machine's"),
    ]

    private static let controller = "with KRaft any live broker is named, another at each request"
    private static let object = "a refusal of Kafka's names an object of its process"
    private static let time = "the moment at which each broker did it"

    /// Arrays whose order Kafka does not promise: it walks a hash table.
    static let unordered: Set<String> = [
        "Metadata.topics[]", "Metadata.topics[].partitions[]", "Metadata.brokers[]", "ListGroups.groups[]",
        "DescribeAcls.resources[]",
        "DescribeAcls.resources[].acls[]", "DeleteAcls.filter_results[].matching_acls[]",
        "DescribeConfigs.results[].configs[]", "DescribeConfigs.results[]", "OffsetFetch.topics[]",
        "OffsetFetch.topics[].partitions[]", "OffsetFetch.groups[].topics[]",
        "OffsetFetch.groups[].topics[].partitions[]", "ListTransactions.transaction_states[]",
        "DescribeProducers.topics[].partitions[].active_producers[]", "DescribeLogDirs.results[].topics[]",
        "DescribeLogDirs.results[].topics[].partitions[]", "JoinGroup.members[]", "DescribeGroups.groups[].members[]",
        "CreateTopics.topics[].configs[]", "DescribeTransactions.transaction_states[].topics[]",
        "ConsumerGroupDescribe.groups[].members[]", "CreateTopics.topics[]", "ListOffsets.topics[]",
        "ListOffsets.topics[].partitions[]", "Fetch.responses[]", "Fetch.responses[].partitions[]",
        "Produce.responses[]", "Produce.responses[].partition_responses[]", "OffsetForLeaderEpoch.topics[]",
        "OffsetForLeaderEpoch.topics[].partitions[]", "DeleteRecords.topics[]", "DeleteRecords.topics[].partitions[]",
        "OffsetCommit.topics[]", "OffsetCommit.topics[].partitions[]", "DescribeProducers.topics[]",
        "DescribeProducers.topics[].partitions[]", "AddPartitionsToTxn.results_by_topic_v3_and_below[]",
        "AddPartitionsToTxn.results_by_topic_v3_and_below[].results_by_partition[]", "TxnOffsetCommit.topics[]",
        "TxnOffsetCommit.topics[].partitions[]", "DeleteTopics.responses[]",
        "DescribeTransactions.transaction_states[]",
        "ListPartitionReassignments.topics[]", "DescribeUserScramCredentials.results[]",
        "DescribeUserScramCredentials.results[].credential_infos[]",
        "SaslHandshake.mechanisms[]", "ApiVersions.supported_features[]", "ApiVersions.finalized_features[]",
        "DeleteGroups.results[]",
        "CreatePartitions.results[]", "AlterConfigs.responses[]", "IncrementalAlterConfigs.responses[]",
        "OffsetDelete.topics[]", "OffsetDelete.topics[].partitions[]", "DescribeClientQuotas.entries[]",
    ]

    static func rule(for path: String) -> Rule? { byPath[path] }

    static func isUnordered(_ path: String) -> Bool { unordered.contains(path) }

    private static let byPath = Dictionary(rules.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
}
