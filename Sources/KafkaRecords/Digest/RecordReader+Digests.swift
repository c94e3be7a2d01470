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
        let payload = record.bytes
        let includesTimestamps = digester.policy.includesTimestamps
        do throws(RecordsError) {
            try unsafe payload.withUnsafeBufferPointer { (bytes) throws(RecordsError) in
                let span = unsafe bytes.span
                while index < Int(header.recordCount) {
                    guard position < span.count else {
                        throw RecordsError(
                            .recordCount(declared: Int(header.recordCount), found: index), position: position)
                    }
                    let (place, end) = try place(in: span, from: 0)
                    let digest: RecordDigest
                    if digester.needsWriting(place) {
                        record.place = place.moved(by: payload.startIndex)
                        digest = digester.digest(of: record)
                    } else {
                        let content = unsafe UnsafeRawBufferPointer(
                            UnsafeBufferPointer(rebasing: bytes[place.content..<end]))
                        digest = unsafe RecordDigester.digest(
                            content, timestamp: includesTimestamps ? place.timestamp : nil)
                    }
                    records.append(DigestedRecord(offset: place.offset, digest: digest, size: end - place.content))
                    position = end
                    // Not more than the last offset delta, so it cannot overflow.
                    leastOffsetDelta = place.offset - header.baseOffset + 1
                    index += 1
                }
                let left = span.count - position
                guard left == 0 else { throw RecordsError(.trailingBytes(left), position: position) }
            }
        } catch {
            var error = error
            error.baseOffset = header.baseOffset
            error.record = index
            throw error
        }
        return index
    }
}
