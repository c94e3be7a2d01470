package import KafkaRecords

/// Single facts of a cluster made otherwise than they are: by these a test of a gate finds out what the gate can see.
extension ClusterState {
    /// Gives a topic more partitions, or takes its last ones away.
    package mutating func setPartitions(of topic: String, to count: Int) {
        guard let known = topics[Name(topic)], count > 0 else { return }
        if count < known.partitions.count {
            topics[Name(topic)]?.partitions.removeLast(known.partitions.count - count)
            return
        }
        let replication = known.partitions.first?.replicas.count ?? 1
        for replicas in placement(partitions: count, replication: replication).dropFirst(known.partitions.count) {
            topics[Name(topic)]?.partitions.append(
                Topic.Partition(leader: replicas[0], replicas: replicas, inSync: replicas))
        }
    }

    /// Leaves a partition without a leader.
    package mutating func removeLeader(of topic: String, _ partition: Int32 = 0) {
        _ = change(Name(topic), partition) { $0.leader = 0 }
    }

    /// Writes another value in the place of that of the record at `offset`, in a batch that is as sound as before.
    ///
    /// False: there is no such record.
    package mutating func rewriteRecord(
        of topic: String, _ partition: Int32 = 0, at offset: Int64, _ body: ([UInt8]?) -> [UInt8]?
    ) throws(RecordsError) -> Bool {
        let result = change(Name(topic), partition) { partition -> Result<Bool, RecordsError> in
            do throws(RecordsError) {
                return .success(try partition.log.rewriteRecord(at: offset, body))
            } catch {
                return .failure(error)
            }
        }
        return try result?.get() ?? false
    }

    /// Flips the last byte of the batch that holds `offset` and leaves its checksum as it was.
    package mutating func damageBatch(of topic: String, _ partition: Int32 = 0, at offset: Int64) -> Bool {
        change(Name(topic), partition) { $0.log.damageBatch(at: offset) } ?? false
    }

    /// The data records of a partition from its start, with their values.
    package func recordValues(
        of topic: String, _ partition: Int32 = 0
    ) throws(RecordsError) -> [(offset: Int64, value: [UInt8]?)] {
        guard let log = log(of: topic, partition) else { return [] }
        return try log.records().filter { $0.offset >= log.bounds.start }.map { ($0.offset, $0.value) }
    }
}

extension PartitionLog {
    fileprivate func records() throws(RecordsError) -> [KafkaRecord] {
        var found: [KafkaRecord] = []
        for batch in batches {
            let header = try RecordBatchHeader(batch.bytes[...])
            if !header.isControl { found += try Self.records(in: batch) }
        }
        return found
    }

    private static func records(in batch: LogBatch) throws(RecordsError) -> [KafkaRecord] {
        var cursor = BatchCursor(batch.bytes[...])
        guard case .batch(let stored)? = try cursor.next() else { return [] }
        var records = try RecordCursor(stored, using: Decompressor())
        var found: [KafkaRecord] = []
        while try records.advance() { found.append(KafkaRecord(records.record)) }
        return found
    }

    fileprivate mutating func rewriteRecord(
        at offset: Int64, _ body: ([UInt8]?) -> [UInt8]?
    ) throws(RecordsError) -> Bool {
        let place = index(of: offset)
        guard batches.indices.contains(place), batches[place].baseOffset <= offset else { return false }
        let header = try RecordBatchHeader(batches[place].bytes[...])
        guard !header.isControl else { return false }
        var isFound = false
        let records = try Self.records(in: batches[place]).map { record in
            guard record.offset == offset else { return record }
            isFound = true
            var changed = record
            changed.value = body(record.value)
            return changed
        }
        guard isFound else { return false }
        replaceBatch(place, with: try LogBatch(try Self.rebuilt(header, records, horizonMs: nil)))
        return true
    }

    fileprivate mutating func damageBatch(at offset: Int64) -> Bool {
        let place = index(of: offset)
        guard batches.indices.contains(place), batches[place].baseOffset <= offset else { return false }
        var bytes = batches[place].bytes
        bytes[bytes.count - 1] ^= 0xFF
        guard let damaged = try? LogBatch(bytes) else { return false }
        replaceBatch(place, with: damaged)
        return true
    }
}
