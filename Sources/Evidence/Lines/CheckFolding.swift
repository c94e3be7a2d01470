import Value

/// Gathers passing checks of a gate that differ only in their partition, so that evidence of 100,000 partitions stays
/// small.
///
/// Failing checks stand alone.
///
/// Only checks with the same names of facts share a line. A check that a partition gets twice begins a second line, as
/// partitions are a set.
package enum CheckFolding {
    static let partition: ByteString = "partition"
    /// Where a group is cut before it is written; the writer cuts further where this guess was too large.
    private static let guess = 48 << 10

    /// The lines in order of first appearance; with `detail`, one for each check.
    package static func groups(_ records: [CheckRecord], detail: Bool = false) -> [CheckGroup] {
        if detail { return records.map(CheckGroup.init(single:)) }
        var collections: [Collection] = []
        var families: [Key: Family] = [:]
        for record in records {
            guard record.ok, case .integer(let partition)? = record.subject[Self.partition], partition >= 0 else {
                collections.append(Collection(record, partition: nil))
                continue
            }
            let place = families[Key(record), default: Family()].place(of: partition, next: collections.count)
            if place == collections.count {
                collections.append(Collection(record, partition: partition))
            } else {
                collections[place].members.append((partition, record))
            }
        }
        return collections.flatMap(\.groups)
    }

    /// What all checks on one line have in common.
    private struct Key: Hashable {
        let check: String
        let subject: [ByteString: Value]
        let op: String
        let limit: Value
        let unit: String?
        let at: String?
        let facts: Set<ByteString>
        let hasRounds: Bool

        init(_ record: CheckRecord) {
            check = record.check
            var subject = record.subject
            subject[partition] = nil
            self.subject = subject
            op = record.op
            limit = record.limit
            unit = record.unit
            at = record.at
            facts = Set(record.facts.keys)
            hasRounds = record.rounds != nil
        }
    }

    /// The collections of one key: the n-th check of each partition goes to the n-th of them.
    private struct Family {
        private var places: [Int] = []
        private var seen: [Int64: Int] = [:]

        mutating func place(of partition: Int64, next: Int) -> Int {
            let turn = seen[partition, default: 0]
            seen[partition] = turn + 1
            if turn == places.count { places.append(next) }
            return places[turn]
        }
    }

    private struct Collection {
        var members: [(partition: Int64, record: CheckRecord)]
        private let isSingle: Bool

        init(_ record: CheckRecord, partition: Int64?) {
            members = [(partition ?? 0, record)]
            isSingle = partition == nil
        }

        var groups: [CheckGroup] {
            if isSingle || members.count == 1 { return members.map { CheckGroup(single: $0.record) } }
            let sorted = members.sorted { $0.partition < $1.partition }
            let records = sorted.map(\.record)
            let partitions = sorted.map(\.partition)
            var groups: [CheckGroup] = []
            var start = 0
            var size = 0
            for index in records.indices {
                let more = weight(records[index])
                if index > start, size + more > guess {
                    groups += [CheckGroup(records[start..<index], partitions: partitions[start..<index])]
                        .compactMap(\.self)
                    (start, size) = (index, 0)
                }
                size += more
            }
            return groups
                + [CheckGroup(records[start...], partitions: partitions[start...])].compactMap(\.self)
        }
    }

    /// Roughly the bytes that a check adds to a line.
    private static func weight(_ record: CheckRecord) -> Int {
        record.facts.values.reduce(12 + weight(record.actual)) { $0 + weight($1) }
            + (record.rounds == nil ? 0 : 48)
    }

    private static func weight(_ value: Value) -> Int {
        switch value {
        case .null, .bool: 6
        case .integer(let integer): integer.magnitude < 1_000_000 ? 8 : 20
        case .number: 20
        case .string(let text): text.bytes.count + 4
        case .list(let elements): elements.reduce(4) { $0 + weight($1) }
        case .map(let entries): entries.reduce(4) { $0 + weight($1.value) + $1.key.bytes.count + 4 }
        }
    }
}
