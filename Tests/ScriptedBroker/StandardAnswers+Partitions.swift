import KafkaClient
import KafkaWire

extension ScriptedCluster {
    static func offsets(_ request: ListOffsetsRequest, _ model: ClusterModel) -> ListOffsetsResponse {
        .with {
            $0.topics = request.topics.map { topic in
                .with {
                    $0.name = topic.name
                    $0.partitions = topic.partitions.map { asked in
                        .with {
                            $0.index = asked.index
                            guard let partition = partition(topic.name, asked.index, model) else {
                                $0.error = .unknownTopicOrPartition
                                return
                            }
                            switch asked.timestamp {
                            case -1:
                                $0.offset =
                                    request.isolationLevel == 1 ? partition.stable ?? partition.end : partition.end
                            case -2: $0.offset = partition.start
                            default: $0.offset = -1
                            }
                        }
                    }
                }
            }
        }
    }

    /// All that the partition has, wherever the reader stands and however little is asked for.
    static func fetch(_ request: FetchRequest, _ model: ClusterModel) -> FetchResponse {
        .with {
            $0.responses = request.topics.map { topic in
                .with {
                    $0.name = topic.name
                    $0.partitions = topic.partitions.map { asked in
                        .with {
                            $0.index = asked.index
                            $0.highWatermark = -1
                            $0.records = []
                            guard let partition = partition(topic.name, asked.index, model) else {
                                $0.error = .unknownTopicOrPartition
                                return
                            }
                            guard asked.fetchOffset >= partition.start, asked.fetchOffset <= partition.end else {
                                $0.error = .offsetOutOfRange
                                return
                            }
                            $0.highWatermark = partition.end
                            $0.lastStableOffset = partition.stable ?? partition.end
                            $0.logStartOffset = partition.start
                            if asked.fetchOffset < partition.end { $0.records = partition.records[...] }
                        }
                    }
                }
            }
        }
    }

    private static func partition(_ topic: String, _ index: Int32, _ model: ClusterModel) -> ClusterModel.Partition? {
        guard let partitions = model.topics[topic]?.partitions, partitions.indices.contains(Int(index)) else {
            return nil
        }
        return partitions[Int(index)]
    }

    // MARK: Groups

    func coordinator(_ request: FindCoordinatorRequest) -> FindCoordinatorResponse {
        let address = address(of: 0)
        return .with {
            $0.coordinators = request.coordinatorKeys.map { key in
                .with {
                    $0.key = key; $0.host = address.host; $0.port = Int32(address.port)
                }
            }
        }
    }

    static func commits(_ request: OffsetFetchRequest, _ model: ClusterModel) -> OffsetFetchResponse {
        .with {
            $0.groups = request.groups.map { asked in
                let commits = model.groups[asked.groupID]?.commits ?? [:]
                let byTopic = Dictionary(grouping: commits.keys.sorted(), by: \.topic)
                return .with {
                    $0.groupID = asked.groupID
                    $0.topics = byTopic.sorted { $0.key < $1.key }.map { topic, partitions in
                        .with {
                            $0.name = topic
                            $0.partitions = partitions.map { partition in
                                .with {
                                    $0.index = partition.partition
                                    $0.committedOffset = commits[partition] ?? -1
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
