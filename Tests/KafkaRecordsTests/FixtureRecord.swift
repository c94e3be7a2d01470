import KafkaRecords

/// What the fixtures hold, by the rule they were made by.
enum FixtureRecord {
    static let baseTimestamp: Int64 = 1_700_000_000_000
    /// The leader's time in those with LogAppendTime.
    static let logAppendTime: Int64 = 1_700_000_999_999

    static func key(_ index: Int) -> [UInt8]? {
        index % 5 == 4 ? nil : Array("key-\(index)".utf8)
    }

    static func value(_ index: Int, repeats: Int = 1) -> [UInt8]? {
        index % 7 == 6
            ? nil : Array(("value-\(index)-" + String(repeating: "abcdefgh", count: index % 9 * repeats)).utf8)
    }

    static func headers(_ index: Int) -> [KafkaRecord.Header] {
        guard index % 3 == 0 else { return [] }
        return [
            KafkaRecord.Header(key: Array("trace".utf8), value: Array("t\(index)".utf8)),
            KafkaRecord.Header(key: Array("none".utf8), value: nil),
            KafkaRecord.Header(key: [], value: []),
        ]
    }

    static func timestamp(_ index: Int) -> Int64 { baseTimestamp + 7 * Int64(index) }

    /// Whether `records` are the first of a fixture, at offsets from 100 with `step` between them.
    static func matches(
        _ records: [KafkaRecord], count: Int = 12, step: Int64 = 1, repeats: Int = 1,
        timestamp: (Int) -> Int64 = timestamp, hasHeaders: Bool = true
    ) -> Bool {
        records.count == count
            && records.enumerated().allSatisfy { index, record in
                record.offset == 100 + Int64(index) * step && record.key == key(index)
                    && record.value == value(index, repeats: repeats) && record.timestamp == timestamp(index)
                    && record.headers == (hasHeaders ? headers(index) : [])
            }
    }
}

/// The data records of a response that is fetched from `offset` on.
func read(
    _ bytes: [UInt8], from offset: Int64 = 0, isolationLevel: IsolationLevel = .readUncommitted,
    abortedTransactions: [AbortedTransaction] = []
) throws -> (records: [KafkaRecord], summary: ReadSummary) {
    try RecordReader().read(
        FetchedRecords(
            bytes[...], from: offset, isolationLevel: isolationLevel, abortedTransactions: abortedTransactions))
}

/// Why `body` throws; nil if it does not.
func reason(_ body: () throws -> Void) -> RecordsError.Reason? {
    do {
        try body()
        return nil
    } catch {
        return (error as? RecordsError)?.reason
    }
}

/// Sets the checksum of the batch or legacy message that is all of `bytes`.
func rechecksum(_ bytes: inout [UInt8]) {
    guard bytes.count >= 26 else { return }
    let isBatch = bytes[16] == 2
    let crc = isBatch ? Checksum.crc32c(bytes.dropFirst(21)) : Checksum.crc32(bytes.dropFirst(16))
    for index in 0..<4 {
        bytes[(isBatch ? 17 : 12) + index] = UInt8(truncatingIfNeeded: crc >> (24 - 8 * UInt32(index)))
    }
}

/// `bytes` with the big-endian `value` at `position` and the checksum to match.
func patched<I: FixedWidthInteger>(_ bytes: [UInt8], at position: Int, _ value: I) -> [UInt8] {
    var bytes = bytes
    for index in 0..<MemoryLayout<I>.size {
        bytes[position + index] = UInt8(truncatingIfNeeded: value >> (I.bitWidth - 8 - 8 * index))
    }
    rechecksum(&bytes)
    return bytes
}
