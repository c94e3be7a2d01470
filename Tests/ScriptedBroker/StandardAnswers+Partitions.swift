import KafkaClient
import KafkaRecords
import KafkaWire

extension ScriptedCluster {
    /// The partition if the broker leads it and is asked with the right epoch, else the error.
    private static func led(
        _ name: String, _ index: Int32, epoch: Int32, _ model: ClusterModel, _ call: Call
    ) -> (partition: ClusterModel.Partition?, error: KafkaErrorCode) {
        guard let topic = model.topics[name], topic.partitions.indices.contains(Int(index)) else {
            return (nil, .unknownTopicOrPartition)
        }
        let partition = topic.partitions[Int(index)]
        guard partition.leader == call.node else { return (nil, .notLeaderOrFollower) }
        if epoch >= 0, epoch < partition.leaderEpoch { return (nil, .fencedLeaderEpoch) }
        if epoch > partition.leaderEpoch { return (nil, .unknownLeaderEpoch) }
        return (partition, .none)
    }

    static func offsets(_ request: ListOffsetsRequest, _ model: ClusterModel, _ call: Call) -> ListOffsetsResponse {
        .with {
            $0.topics = request.topics.map { topic in
                .with {
                    $0.name = topic.name
                    $0.partitions = topic.partitions.map { asked in
                        let (partition, error) = led(
                            topic.name, asked.index, epoch: asked.currentLeaderEpoch, model, call)
                        return .with {
                            $0.index = asked.index
                            $0.error = error
                            guard let partition else { return }
                            $0.leaderEpoch = call.version >= 4 ? partition.leaderEpoch : -1
                            (($0.offset), ($0.timestamp)) = offset(
                                at: asked.timestamp, of: partition, isolation: request.isolationLevel)
                        }
                    }
                }
            }
        }
    }

    private static func offset(
        at timestamp: Int64, of partition: ClusterModel.Partition, isolation: Int8
    ) -> (offset: Int64, timestamp: Int64) {
        switch timestamp {
        case -1: return (isolation == 1 ? partition.stable ?? partition.end : partition.end, -1)
        case -2, -4: return (partition.start, -1)
        case -3:
            let latest = records(partition).max { $0.timestamp < $1.timestamp }
            return (latest?.offset ?? -1, latest?.timestamp ?? -1)
        case 0...:
            let first = records(partition).first { $0.timestamp >= timestamp }
            return (first?.offset ?? -1, first?.timestamp ?? -1)
        default: return (-1, -1)
        }
    }

    private static func records(_ partition: ClusterModel.Partition) -> [KafkaRecord] {
        let fetched = FetchedRecords(partition.records[...], from: partition.start, isolationLevel: .readUncommitted)
        return (try? RecordReader().read(fetched).records) ?? []
    }

    static func fetch(_ request: FetchRequest, _ model: ClusterModel, _ call: Call) -> FetchResponse {
        .with {
            var left = Int(request.maxBytes)
            var isFirst = true
            $0.responses = request.topics.map { topic in
                .with {
                    $0.name = topic.name
                    $0.partitions = topic.partitions.map { asked in
                        let (partition, error) = led(
                            topic.name, asked.index, epoch: asked.currentLeaderEpoch, model, call)
                        return .with {
                            $0.index = asked.index
                            $0.error = error
                            $0.records = []
                            $0.highWatermark = -1
                            guard let partition else { return }
                            guard asked.fetchOffset >= partition.start, asked.fetchOffset <= partition.end else {
                                $0.error = .offsetOutOfRange
                                return
                            }
                            let stable = partition.stable ?? partition.end
                            $0.highWatermark = partition.end
                            $0.lastStableOffset = stable
                            $0.logStartOffset = partition.start
                            let isCommitted = request.isolationLevel == 1
                            $0.abortedTransactions =
                                isCommitted
                                ? partition.abortedTransactions.map { aborted in
                                    .with {
                                        $0.producerID = aborted.producerId; $0.firstOffset = aborted.firstOffset
                                    }
                                } : nil
                            let bytes = slice(
                                partition, from: asked.fetchOffset, to: isCommitted ? stable : partition.end,
                                atMost: min(left, Int(asked.partitionMaxBytes)), wholeFirst: isFirst)
                            left = max(0, left - bytes.count)
                            if !bytes.isEmpty { isFirst = false }
                            $0.records = bytes
                        }
                    }
                }
            }
        }
    }

    /// Batches from the one that holds `offset` on; the last is cut where the bytes end, the first comes whole (KIP-74).
    private static func slice(
        _ partition: ClusterModel.Partition, from offset: Int64, to end: Int64, atMost limit: Int, wholeFirst: Bool
    ) -> ArraySlice<UInt8> {
        var cursor = BatchCursor(partition.records[...])
        var position = 0
        var start: Int?
        var stop = 0
        var first = 0
        while let batch = try? cursor.next() {
            defer { position += batch.sizeInBytes }
            guard batch.nextOffset > offset else { continue }
            guard (batch.baseOffset ?? batch.lastOffset) < end else { break }
            if start == nil {
                start = position
                first = batch.sizeInBytes
            }
            stop = position + batch.sizeInBytes
        }
        guard let start else { return [] }
        let allowed = wholeFirst ? max(limit, first) : limit
        return partition.records[start..<min(stop, start + allowed)]
    }
}
