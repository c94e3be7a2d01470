/// Reads the data records of Fetch responses, of all record formats, with checksums verified.
///
/// Each worker has one of its own, since it keeps the codecs' contexts.
package struct RecordReader {
    let decompressor: Decompressor

    package init(limits: DecompressionLimits = DecompressionLimits()) {
        decompressor = Decompressor(limits: limits)
    }

    /// What to do after a record.
    package enum Flow: Sendable {
        case proceed, stop
    }

    /// How much ``read(_:within:)`` may keep.
    package struct Budget: Equatable, Sendable {
        package var maxRecords = 100_000
        /// Of keys, values and headers, and 128 bytes a record; the first record is read whatever its size.
        package var maxBytes = 32 << 20

        package init() {}
    }

    /// Hands over one data record after the other, copying none.
    ///
    /// Control records, those of aborted transactions and those outside the offsets asked for are left out. An error
    /// comes after the records before it: they are sound, but whoever counts must know that there are more.
    package func scan(
        _ fetched: FetchedRecords, _ onRecord: (RecordView) -> Flow
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
            switch batch {
            case .batch(let batch): try reading.read(batch, using: decompressor, onRecord)
            case .legacy(let message): try reading.read(message, using: decompressor, onRecord)
            }
            reading.finish(batch)
        }
        return reading.summary
    }

    /// The data records themselves, as far as the budget goes; the summary says where to go on.
    package func read(
        _ fetched: FetchedRecords, within budget: Budget = Budget()
    ) throws(RecordsError) -> (records: [KafkaRecord], summary: ReadSummary) {
        var records: [KafkaRecord] = []
        var bytes = 0
        let summary = try scan(fetched) { view in
            let record = KafkaRecord(view)
            records.append(record)
            // Sums of what is in memory already do not overflow.
            bytes += 128 + record.headers.reduce(0) { $0 + 64 + $1.key.count + ($1.value?.count ?? 0) }
            bytes += (record.key?.count ?? 0) + (record.value?.count ?? 0)
            return records.count >= budget.maxRecords || bytes >= budget.maxBytes ? .stop : .proceed
        }
        return (records, summary)
    }
}
