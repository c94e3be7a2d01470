import KafkaRecords
import KafkaWire

extension ProduceRequest: ServedRequest {
    func answer(_ call: Call, _ state: inout ClusterState) -> ProduceResponse? {
        var response = ProduceResponse()
        for topic in topicData {
            var partitions: [ProduceResponse.Partition] = []
            for data in topic.partitionData {
                partitions.append(written(data, Name(topic.name), call, &state))
            }
            response.responses.append(
                .with {
                    $0.name = topic.name
                    $0.partitionResponses = partitions
                })
        }
        return acks == 0 ? nil : response
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
            return .with {
                $0.index = data.index
                $0.error = error.code
                $0.errorMessage = error.message
                $0.baseOffset = -1
            }
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
        let header = try Self.checked(records, limit: settings?.maxMessageBytes ?? .max)
        if header.isTransactional, transactionalID.flatMap({ transactions[Name($0)]?.state }) != "Ongoing" {
            throw Refusal(.invalidTxnState)
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
    private static func checked(_ records: ArraySlice<UInt8>, limit: Int) throws(Refusal) -> RecordBatchHeader {
        do throws(RecordsError) {
            var cursor = BatchCursor(records)
            guard case .batch(let batch)? = try cursor.next(), try cursor.next() == nil, cursor.partialTail == nil
            else {
                throw RecordsError(.recordCount(declared: 1, found: 0))
            }
            guard batch.bytes.count <= limit else { throw RecordsError(.tooLarge(batch.bytes.count)) }
            try batch.verifyChecksum()
            var records = try RecordCursor(batch, using: Decompressor())
            var count: Int32 = 0
            while try records.advance() { count += 1 }
            guard count == batch.header.lastOffsetDelta + 1, !batch.header.isControl else {
                throw RecordsError(.recordCount(declared: Int(batch.header.recordCount), found: Int(count)))
            }
            return batch.header
        } catch {
            switch error.reason {
            case .tooLarge(let size):
                throw Refusal(
                    .messageTooLarge,
                    "The record batch size in the append is \(size) bytes which exceeds the maximum configured "
                        + "value of \(limit).")
            case .recordCount, .unsupportedFormat, .offsetOutOfOrder: throw Refusal(.invalidRecord, "\(error)")
            default: throw Refusal(.corruptMessage, "\(error)")
            }
        }
    }

    /// The base offset of a batch that was stored before; nil for a new one.
    private func repetition(of header: RecordBatchHeader, in log: PartitionLog) throws(Refusal) -> Int64? {
        guard header.producerId >= 0 else { return nil }
        guard let known = log.producers[header.producerId] else { return nil }
        if header.producerEpoch < known.epoch { throw Refusal(.invalidProducerEpoch) }
        if header.producerEpoch > known.epoch {
            if header.baseSequence != 0 { throw Refusal(.outOfOrderSequenceNumber) }
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
            throw Refusal(.outOfOrderSequenceNumber)
        }
        return nil
    }
}

extension InitProducerIdRequest: ServedRequest {
    func answer(_ call: Call, _ state: inout ClusterState) -> InitProducerIdResponse? {
        func failed(_ code: KafkaErrorCode) -> InitProducerIdResponse {
            .with {
                $0.error = code
                $0.producerEpoch = -1
            }
        }
        guard let transactionalID else {
            guard state.allows(call, onCluster: .idempotentWrite) else { return failed(.clusterAuthorizationFailed) }
            return .with { $0.producerID = state.takeProducerID() }
        }
        guard state.allows(call, .write, on: .transactionalID, transactionalID) else {
            return failed(.transactionalIDAuthorizationFailed)
        }
        guard !transactionalID.isEmpty else { return failed(.invalidRequest) }
        guard transactionTimeoutMs > 0, transactionTimeoutMs <= 900_000 else {
            return failed(.invalidTransactionTimeout)
        }
        let name = Name(transactionalID)
        guard state.coordinator(of: name) == call.broker else { return failed(.notCoordinator) }
        var transaction =
            state.transactions[name]
            ?? .init(producerID: state.takeProducerID(), epoch: -1, timeoutMs: transactionTimeoutMs)
        guard transaction.state != "Ongoing" else { return failed(.concurrentTransactions) }
        transaction.epoch = transaction.epoch >= .max - 1 ? 0 : transaction.epoch + 1
        transaction.timeoutMs = transactionTimeoutMs
        state.transactions[name] = transaction
        return .with {
            $0.producerID = transaction.producerID
            $0.producerEpoch = transaction.epoch
        }
    }
}

extension ClusterState {
    mutating func takeProducerID() -> Int64 {
        defer { nextProducerID += 1 }
        return nextProducerID
    }
}
