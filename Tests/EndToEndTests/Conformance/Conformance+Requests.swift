import KafkaRecords
import KafkaWire

/// Requests as the sections put them together.
extension Conformance {
    static func createTopics(
        _ names: [String], partitions: Int32 = 1, replication: Int16 = 1,
        _ settings: KeyValuePairs<String, String?> = [:],
        validateOnly: Bool = false
    ) -> CreateTopicsRequest {
        .with {
            $0.validateOnly = validateOnly
            $0.topics = names.map { name in
                .with {
                    $0.name = name
                    $0.numPartitions = partitions
                    $0.replicationFactor = replication
                    $0.configs = settings.map { setting in
                        .with {
                            $0.name = setting.key
                            $0.value = setting.value
                        }
                    }
                }
            }
        }
    }

    static func metadata(_ names: [String]?, operations: Bool = false, cluster: Bool = false) -> MetadataRequest {
        .with {
            $0.allowAutoTopicCreation = false
            $0.includeTopicAuthorizedOperations = operations
            $0.includeClusterAuthorizedOperations = cluster
            $0.topics = names.map { names in names.map { name in .with { $0.name = name } } }
        }
    }

    static func produce(
        _ batch: [UInt8]?, to topic: String, _ partition: Int32 = 0, acks: Int16 = -1, transactionalID: String? = nil
    ) -> ProduceRequest {
        .with {
            $0.acks = acks
            $0.timeoutMs = 10_000
            $0.transactionalID = transactionalID
            $0.topicData = [
                .with {
                    $0.name = topic
                    $0.partitionData = [
                        .with {
                            $0.index = partition
                            $0.records = batch.map { $0[...] }
                        }
                    ]
                }
            ]
        }
    }

    /// A batch whose records count up, a second apart from `time` on.
    static func batch(
        _ records: [(key: String?, value: String?)], at time: Int64, codec: CompressionCodec = .none,
        _ change: (inout RecordBatchBuilder.Traits) -> Void = { _ in }
    ) throws -> [UInt8] {
        var traits = RecordBatchBuilder.Traits()
        change(&traits)
        var builder = RecordBatchBuilder(traits, compressor: Compressor(codec))
        for (index, record) in records.enumerated() {
            try builder.append(
                timestamp: time + Int64(index) * 1000, key: record.key.map { Array($0.utf8) },
                value: record.value.map { Array($0.utf8) }, headers: [.init(key: Array("h".utf8), value: nil)])
        }
        return try builder.build()
    }

    static func fetch(
        _ topic: String, _ partition: Int32 = 0, from offset: Int64, committed: Bool = false, epoch: Int32 = -1,
        maxBytes: Int32 = 1 << 20, partitionMaxBytes: Int32 = 1 << 20
    ) -> FetchRequest {
        .with {
            $0.maxWaitMs = 0
            $0.minBytes = 0
            $0.maxBytes = maxBytes
            $0.isolationLevel = committed ? 1 : 0
            $0.topics = [
                .with {
                    $0.name = topic
                    $0.partitions = [
                        .with {
                            $0.index = partition
                            $0.fetchOffset = offset
                            $0.partitionMaxBytes = partitionMaxBytes
                            $0.currentLeaderEpoch = epoch
                        }
                    ]
                }
            ]
        }
    }

    static func listOffsets(
        _ topic: String, _ partitions: [Int32] = [0], at time: Int64, committed: Bool = false, epoch: Int32 = -1
    ) -> ListOffsetsRequest {
        .with {
            $0.isolationLevel = committed ? 1 : 0
            $0.timeoutMs = 10_000
            $0.topics = [
                .with {
                    $0.name = topic
                    $0.partitions = partitions.map { partition in
                        .with {
                            $0.index = partition
                            $0.timestamp = time
                            $0.currentLeaderEpoch = epoch
                        }
                    }
                }
            ]
        }
    }

    static func describeConfigs(
        _ type: Int8, _ name: String, keys: [String]? = nil, synonyms: Bool = false
    ) -> DescribeConfigsRequest {
        .with {
            $0.includeSynonyms = synonyms
            $0.resources = [
                .with {
                    $0.resourceType = type
                    $0.resourceName = name
                    $0.configurationKeys = keys
                }
            ]
        }
    }
}
