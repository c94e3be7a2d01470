import KafkaRecords
import KafkaWire

extension ProduceRequest: ServedRequest {
    func answer(_ call: Call, _ state: inout ClusterState) -> ProduceResponse? {
        var response = ProduceResponse()
        let mayTransact = transactionalID.map { state.allows(call, .write, on: .transactionalID, $0) } ?? false
        let isRefused = !mayTransact && isTransactional
        for topic in topicData {
            let name = state.name(of: topic.name, topic.topicID, byID: call.version >= 13)
            var partitions: [ProduceResponse.Partition] = []
            for data in topic.partitionData {
                if isRefused {
                    partitions.append(failed(data.index, Refusal(.transactionalIDAuthorizationFailed)))
                } else if let name {
                    partitions.append(written(data, name, call, &state))
                } else {
                    partitions.append(failed(data.index, Refusal(.unknownTopicID)))
                }
            }
            response.responses.append(
                .with {
                    $0.name = topic.name
                    $0.topicID = topic.topicID
                    $0.partitionResponses = partitions
                })
        }
        if call.version >= 10 { nameLeaders(in: &response, call, state) }
        return acks == 0 ? nil : response
    }

    /// Since version 10 whoever is not the leader says who is, and where.
    private func nameLeaders(in response: inout ProduceResponse, _ call: Call, _ state: ClusterState) {
        var named: Set<Int32> = []
        for topic in response.responses.indices {
            let asked = response.responses[topic]
            let name = state.name(of: asked.name, asked.topicID, byID: call.version >= 13)
            let partitions = name.flatMap { state.topics[$0]?.partitions } ?? []
            for place in response.responses[topic].partitionResponses.indices {
                let answer = response.responses[topic].partitionResponses[place]
                guard answer.error == .notLeaderOrFollower, Int(answer.index) < partitions.count else { continue }
                let partition = partitions[Int(answer.index)]
                response.responses[topic].partitionResponses[place].currentLeader = .with {
                    $0.leaderID = partition.leader
                    $0.leaderEpoch = partition.leaderEpoch
                }
                named.insert(partition.leader)
            }
        }
        response.nodeEndpoints = state.endpoints(of: named, call)
    }

    /// Whether any batch says that it belongs to a transaction.
    private var isTransactional: Bool {
        topicData.contains { topic in
            topic.partitionData.contains { data in
                var cursor = BatchCursor(data.records ?? [])
                guard let first = try? cursor.next(), case .batch(let batch) = first else { return false }
                return batch.header.isTransactional
            }
        }
    }

    private func failed(_ index: Int32, _ refusal: Refusal) -> ProduceResponse.Partition {
        .with {
            $0.index = index
            $0.error = refusal.code
            $0.errorMessage = refusal.message
            $0.recordErrors = refusal.records
            $0.baseOffset = -1
        }
    }

    private func written(
        _ data: Partition, _ topic: Name, _ call: Call, _ state: inout ClusterState
    ) -> ProduceResponse.Partition {
        do throws(Refusal) {
            guard (-1...1).contains(acks) else { throw Refusal(.invalidRequiredAcks) }
            let written = try state.produce(data.records ?? [], to: topic, data.index, transactionalID, call)
            return .with {
                $0.index = data.index
                $0.baseOffset = written.baseOffset
                $0.logAppendTimeMs = written.logAppendTime
                $0.logStartOffset = written.logStart
            }
        } catch {
            var answer = failed(data.index, error)
            // What the log itself refused is told with where the log begins.
            let isOfLog = error.isOfLog || !error.records.isEmpty
            if isOfLog,
                case .success(let partition) = state.partition(
                    data.index, of: topic, on: call.broker)
            {
                answer.logStartOffset = partition.log.startOffset
            }
            return answer
        }
    }
}

extension ClusterState {
    /// Where a batch went.
    struct Written {
        var baseOffset: Int64
        var logAppendTime: Int64
        var logStart: Int64
    }

    /// Takes the one batch of a producer, as a leader does: checked, then numbered and stored.
    mutating func produce(
        _ records: ArraySlice<UInt8>, to topic: Name, _ index: Int32, _ transactionalID: String?, _ call: Call
    ) throws(Refusal) -> Written {
        guard allows(call, .write, on: .topic, topic.text) else { throw Refusal(.topicAuthorizationFailed) }
        let partition = try partition(index, of: topic, on: call.broker).get()
        let settings = topics[topic]
        let header = try Self.checked(records, limit: settings?.maxMessageBytes ?? .max, call)
        if let settings { try check(records, settings, "\(topic)-\(index)") }
        if header.isTransactional, header.producerId >= 0 {
            try join(header, transactionalID ?? "", topic, index, call)
        }
        if let known = try repetition(of: header, in: partition.log) {
            return Written(baseOffset: known, logAppendTime: -1, logStart: partition.log.startOffset)
        }
        return try append(Array(records), header, to: topic, index)
    }

    /// Numbers a batch and adds it; the bytes are one sound batch.
    mutating func append(
        _ records: [UInt8], _ header: RecordBatchHeader, to topic: Name, _ index: Int32
    ) throws(Refusal) -> Written {
        let time = topics[topic]?.usesLogAppendTime == true ? nowMs : -1
        let result = change(topic, index) { partition -> Result<Written, Refusal> in
            var bytes = records
            let base = partition.log.bounds.end
            BatchRewriting.setBaseOffset(base, in: &bytes)
            BatchRewriting.setLeaderEpoch(partition.leaderEpoch, in: &bytes)
            if time >= 0 { BatchRewriting.setLogAppendTime(time, in: &bytes) }
            do throws(RecordsError) {
                partition.log.append(try LogBatch(bytes), epoch: partition.leaderEpoch)
            } catch {
                return .failure(Refusal(.corruptMessage, "\(error)"))
            }
            partition.log.note(header, base: base)
            return .success(Written(baseOffset: base, logAppendTime: time, logStart: partition.log.startOffset))
        }
        guard let result else { throw Refusal(.unknownTopicOrPartition) }
        return try result.get()
    }

    /// The header of the only batch, which is whole, sound and not too large.
    private static func checked(
        _ records: ArraySlice<UInt8>, limit: Int, _ call: Call
    ) throws(Refusal) -> RecordBatchHeader {
        do throws(RecordsError) {
            var cursor = BatchCursor(records)
            guard case .batch(let batch)? = try cursor.next(), try cursor.next() == nil, cursor.partialTail == nil
            else {
                throw RecordsError(.recordCount(declared: 1, found: 0))
            }
            guard call.version >= 7 || batch.header.codec != .zstd else {
                throw RecordsError(.unknownCodec(4))
            }
            guard batch.bytes.count <= limit else { throw RecordsError(.tooLarge(batch.bytes.count)) }
            try batch.verifyChecksum()
            var records = try RecordCursor(batch, using: Decompressor())
            var count: Int32 = 0
            while try records.advance() { count += 1 }
            guard Int64(count) == Int64(batch.header.lastOffsetDelta) + 1, !batch.header.isControl else {
                throw RecordsError(.recordCount(declared: Int(batch.header.recordCount), found: Int(count)))
            }
            return batch.header
        } catch {
            switch error.reason {
            case .tooLarge: throw Refusal(.messageTooLarge)
            case .unknownCodec: throw Refusal(.unsupportedCompressionType)
            case .recordCount, .unsupportedFormat, .offsetOutOfOrder: throw Refusal(.invalidRecord)
            default: throw Refusal(.corruptMessage)
            }
        }
    }

    /// The base offset of a batch that was stored before; nil for a new one.
    private func repetition(of header: RecordBatchHeader, in log: PartitionLog) throws(Refusal) -> Int64? {
        guard header.producerId >= 0 else { return nil }
        guard let known = log.producers[header.producerId] else { return nil }
        if header.producerEpoch < known.epoch { throw Refusal(.invalidProducerEpoch, isOfLog: true) }
        if header.producerEpoch > known.epoch {
            if header.baseSequence != 0 { throw Refusal(.outOfOrderSequenceNumber, isOfLog: true) }
            return nil
        }
        let last = header.baseSequence &+ header.lastOffsetDelta
        let lastSequence = last < 0 ? last &- .min : last
        if let same = known.recent.first(where: {
            $0.firstSequence == header.baseSequence && $0.lastSequence == lastSequence
        }) {
            return same.baseOffset
        }
        let next = known.lastSequence == .max ? 0 : known.lastSequence + 1
        guard known.lastSequence < 0 || header.baseSequence == next else {
            throw Refusal(.outOfOrderSequenceNumber, isOfLog: true)
        }
        return nil
    }
}
