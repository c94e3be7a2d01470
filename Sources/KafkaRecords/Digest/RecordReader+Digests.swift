private import CRecordDigest

extension RecordReader {
    /// Digests the data records of a Fetch response, appending to `records`; checksums are verified.
    ///
    /// The same records as ``scan(_:_:)`` hands over, at a fraction of its cost. After an error `records` has those
    /// before it, which are sound.
    package func digest(
        _ fetched: FetchedRecords, with digester: inout RecordDigester, into records: inout [DigestedRecord],
        _ onBatch: (StoredBatch) -> Void = { _ in }
    ) throws(RecordsError) -> ReadSummary {
        var reading = RecordReading(fetched)
        var cursor = BatchCursor(fetched.bytes)
        while !reading.isOver {
            guard let batch = try cursor.next() else {
                reading.summary.partialTail = cursor.partialTail
                break
            }
            guard reading.begins(batch) else { break }
            try batch.verifyChecksum()
            onBatch(batch)
            switch batch {
            case .batch(let batch) where reading.takesWhole(batch.header):
                let count = try digest(whole: batch, with: &digester, into: &records)
                reading.summary.dataRecords += count
            case .batch(let batch):
                try reading.read(batch, using: decompressor) { digest($0, with: &digester, into: &records) }
            case .legacy(let message):
                try reading.read(message, using: decompressor) { digest($0, with: &digester, into: &records) }
            }
            reading.finish(batch)
        }
        return reading.summary
    }

    private func digest(
        _ record: RecordView, with digester: inout RecordDigester, into records: inout [DigestedRecord]
    ) -> Flow {
        let digest = digester.digest(of: record)
        records.append(DigestedRecord(offset: record.offset, digest: digest, size: digester.writtenSize))
        return .proceed
    }

    /// Digests the records of a batch where they lie.
    private func digest(
        whole batch: RecordBatch, with digester: inout RecordDigester, into records: inout [DigestedRecord]
    ) throws(RecordsError) -> Int {
        var cursor = try RecordCursor(batch, using: decompressor)
        return try cursor.digest(with: &digester, into: &records)
    }
}

extension RecordCursor {
    /// Goes to the end, appending the digest of each record; returns how many there were.
    fileprivate mutating func digest(
        with digester: inout RecordDigester, into records: inout [DigestedRecord]
    ) throws(RecordsError) -> Int {
        // What stops the quick way, a damaged record among it, the other way judges.
        repeat { digestUsual(digester.policy, into: &records) } while try digestNext(with: &digester, into: &records)
        return index
    }

    /// Digests records where they lie, up to the first that is not as most are.
    private mutating func digestUsual(_ policy: DigestPolicy, into records: inout [DigestedRecord]) {
        let hasOneTimestamp = header.timestampType == .logAppendTime
        var batch = sluice_digest_batch(
            base_offset: header.baseOffset, last_offset_delta: Int64(header.lastOffsetDelta),
            timestamp: hasOneTimestamp ? header.maxTimestamp : header.baseTimestamp,
            has_one_timestamp: hasOneTimestamp, stamps: policy.includesTimestamps,
            takes_headers: policy.ignoredHeaders.isEmpty)
        unsafe record.bytes.withUnsafeBufferPointer { bytes in
            unsafe withUnsafeTemporaryAllocation(of: sluice_digested_record.self, capacity: 128) { room in
                while index < Int(header.recordCount) {
                    var walk = sluice_digest_walk(position: position, least_offset_delta: leastOffsetDelta)
                    let wanted = min(room.count, Int(header.recordCount) - index)
                    let count = unsafe sluice_digest_records(
                        &batch, bytes.baseAddress, bytes.count, &walk, room.baseAddress, wanted)
                    // One by one: to append a mapped collection costs twice as much.
                    for place in 0..<count {
                        let found = unsafe room[place]
                        records.append(
                            DigestedRecord(
                                offset: found.offset,
                                digest: RecordDigest(low: found.digest.low, high: found.digest.high),
                                size: Int(found.size)))
                    }
                    position = walk.position
                    leastOffsetDelta = walk.least_offset_delta
                    index += count
                    guard count == wanted else { return }
                }
            }
        }
    }

    /// Digests the next record, whatever it is like; false at the end.
    private mutating func digestNext(
        with digester: inout RecordDigester, into records: inout [DigestedRecord]
    ) throws(RecordsError) -> Bool {
        guard try advance() else { return false }
        let digest = digester.digest(of: record)
        records.append(DigestedRecord(offset: record.offset, digest: digest, size: digester.writtenSize))
        return true
    }
}
