import Value

/// Records on their way to evidence, bounded by about what they occupy: a script may make checks without end.
struct RecordBuffer: Sendable {
    private var records: [LedgerRecord] = []
    private var bytes = 0
    private(set) var isTruncated = false

    mutating func append(_ record: LedgerRecord, limit: Int) {
        let cost = Self.cost(record)
        guard bytes + cost <= limit else {
            isTruncated = true
            return
        }
        bytes += cost
        records.append(record)
    }

    mutating func take() -> [LedgerRecord] {
        defer {
            records = []
            bytes = 0
        }
        return records
    }

    /// Names, subjects and places are shared between records and cost their references only.
    private static func cost(_ record: LedgerRecord) -> Int {
        let own = MemoryLayout<LedgerRecord>.size + 2 * 48
        switch record {
        case .check(let record): return own + cost(record.actual) + cost(record.limit) + cost(record.facts)
        case .unknown(let record): return own + record.message.utf8.count + cost(record.facts)
        case .note(let record): return own + cost(record.facts)
        }
    }

    /// A table takes some three times the bytes of its JSON in memory.
    private static func cost(_ value: Value?) -> Int {
        guard let value else { return 0 }
        if case .success(let bytes) = ValueSize.measure(value) { return bytes * 3 }
        return ValueSize.maxBytes * 3
    }
}
