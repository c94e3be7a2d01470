package import KafkaRecords
import KafkaWire

/// A record to be written.
package struct NewRecord: Sendable {
    package var key: [UInt8]?
    package var value: [UInt8]?
    package var headers: [KafkaRecord.Header]
    /// Nil: the cluster's time.
    package var timestamp: Int64?

    package init(
        key: [UInt8]? = nil, value: [UInt8]?, headers: [KafkaRecord.Header] = [], timestamp: Int64? = nil
    ) {
        self.key = key
        self.value = value
        self.headers = headers
        self.timestamp = timestamp
    }

    package init(_ key: String?, _ value: String?) {
        self.init(key: key.map { Array($0.utf8) }, value: value.map { Array($0.utf8) })
    }
}

/// What becomes of the transaction that records are written in.
package enum TransactionEnd: Sendable { case commit, abort, open }

/// What happens to a cluster that no request brings about: a test or a demo makes its world of these.
extension ClusterState {
    /// Replicas of as many partitions, going round the brokers.
    func placement(partitions: Int, replication: Int) -> [[Int32]] {
        let ids = liveBrokers.map(\.id)
        guard !ids.isEmpty else { return [] }
        return (0..<partitions).map { partition in
            (0..<min(replication, ids.count)).map { ids[(partition + $0) % ids.count] }
        }
    }

    mutating func addTopic(_ name: Name, replicas: [[Int32]], settings: [Name: String], isInternal: Bool = false) {
        // Unique in the cluster and between clusters, and the same at every run.
        let seed = UInt64(UInt32(bitPattern: Name(clusterID).javaHash)) << 32
        let id = KafkaUUID(high: 0x5EED_0000_0000_4000 | nextTopicNumber, low: 0x8000_0000_0000_0000 | seed)
        nextTopicNumber += 1
        topics[name] = Topic(
            id: id, isInternal: isInternal, settings: settings,
            partitions: replicas.map { Topic.Partition(leader: $0[0], replicas: $0, inSync: $0) })
    }

    package mutating func createTopic(
        _ name: String, partitions: Int = 1, replication: Int = 1, settings: [String: String] = [:]
    ) {
        let pairs = settings.map { (Name($0.key), $0.value) }
        addTopic(
            Name(name), replicas: placement(partitions: partitions, replication: replication),
            settings: Dictionary(pairs, uniquingKeysWith: { first, _ in first }))
    }

    /// Writes records as one batch.
    ///
    /// - Returns: the offset of the first.
    @discardableResult
    package mutating func append(
        _ records: [NewRecord], to topic: String, _ partition: Int32 = 0, codec: CompressionCodec = .none,
        producerID: Int64 = -1, transactional: Bool = false
    ) throws -> Int64 {
        var traits = RecordBatchBuilder.Traits()
        if producerID >= 0 {
            let known = topics[Name(topic)]?.partitions[Int(partition)].log.producers[producerID]
            traits.producerId = producerID
            traits.producerEpoch = known?.epoch ?? 0
            traits.baseSequence = (known?.lastSequence ?? -1) + 1
            traits.isTransactional = transactional
        }
        var builder = RecordBatchBuilder(traits, compressor: Compressor(codec))
        for record in records {
            try builder.append(
                timestamp: record.timestamp ?? nowMs, key: record.key, value: record.value, headers: record.headers)
        }
        return try append(batch: try builder.build(), to: topic, partition)
    }

    /// Writes a batch made elsewhere, such as a damaged one, under the next offset.
    @discardableResult
    package mutating func append(batch: [UInt8], to topic: String, _ partition: Int32 = 0) throws -> Int64 {
        let header = try RecordBatchHeader(batch[...])
        return try append(batch, header, to: Name(topic), partition).baseOffset
    }

    /// Writes records in a transaction; one that is left open ends with ``endTransaction(_:committed:)``.
    package mutating func transaction(
        _ id: String, _ end: TransactionEnd, _ records: [(topic: String, partition: Int32, records: [NewRecord])],
        codec: CompressionCodec = .none
    ) throws {
        var transaction =
            transactions[Name(id)] ?? Transaction(producerID: takeProducerID(), epoch: 0, timeoutMs: 60_000)
        if transaction.state != "Ongoing" { transaction.startMs = nowMs }
        transaction.state = "Ongoing"
        transactions[Name(id)] = transaction
        for (topic, partition, records) in records {
            try append(
                records, to: topic, partition, codec: codec, producerID: transaction.producerID, transactional: true)
            var partitions = transaction.partitions[Name(topic)] ?? []
            if !partitions.contains(partition) { partitions.append(partition) }
            transaction.partitions[Name(topic)] = partitions
        }
        transactions[Name(id)] = transaction
        if end != .open { try endTransaction(id, committed: end == .commit) }
    }

    /// Writes the markers of a transaction that is open.
    package mutating func endTransaction(_ id: String, committed: Bool) throws {
        guard var transaction = transactions[Name(id)], transaction.state == "Ongoing" else { return }
        for (topic, partitions) in transaction.partitions.sorted(by: { $0.key < $1.key })
        where topic != "__consumer_offsets" {
            for partition in partitions {
                try appendMarker(transaction, committed: committed, topic, partition)
            }
        }
        transaction.state = committed ? "CompleteCommit" : "CompleteAbort"
        endOffsets(of: transaction, committed: committed)
        transaction.partitions = [:]
        transaction.groups = []
        transactions[Name(id)] = transaction
    }

    private mutating func appendMarker(
        _ transaction: Transaction, committed: Bool, _ topic: Name, _ index: Int32
    ) throws {
        let now = nowMs
        let result = change(topic, index) { partition -> Result<Void, RecordsError> in
            var traits = RecordBatchBuilder.Traits()
            traits.baseOffset = partition.log.bounds.end
            traits.partitionLeaderEpoch = partition.leaderEpoch
            traits.producerId = transaction.producerID
            traits.producerEpoch = transaction.epoch
            do throws(RecordsError) {
                let bytes = try RecordBatchBuilder.endTransaction(
                    traits, committed: committed, coordinatorEpoch: 0, timestamp: now)
                let batch = try LogBatch(bytes)
                partition.log.append(batch, epoch: partition.leaderEpoch)
                partition.log.endTransaction(
                    of: transaction.producerID, epoch: transaction.epoch, committed: committed,
                    marker: batch.baseOffset, coordinatorEpoch: 0)
                return .success(())
            } catch {
                return .failure(error)
            }
        }
        try result?.get()
    }
}
