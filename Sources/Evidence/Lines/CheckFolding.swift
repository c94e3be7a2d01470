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
        var families = Families()
        for record in records {
            guard record.ok, case .integer(let partition)? = record.subject[Self.partition], partition >= 0 else {
                collections.append(Collection(record, partition: nil))
                continue
            }
            let place = families.place(of: record, partition, next: collections.count)
            if place == collections.count {
                collections.append(Collection(record, partition: partition))
            } else {
                collections[place].members.append((partition, record))
            }
        }
        return collections.flatMap(\.groups)
    }

    /// What all checks on one line have in common, told by one of them: copied for none.
    private struct Key: Hashable {
        private let record: CheckRecord

        /// The subject has a partition.
        init(_ record: CheckRecord) { self.record = record }

        static func == (left: Self, right: Self) -> Bool {
            let (one, other) = (left.record, right.record)
            return one.check == other.check && one.at == other.at && one.op == other.op && one.limit == other.limit
                && one.unit == other.unit && (one.rounds == nil) == (other.rounds == nil)
                && one.facts.count == other.facts.count && one.facts.keys.allSatisfy(other.facts.keys.contains)
                && one.subject.count == other.subject.count
                && one.subject.allSatisfy { $0.key == partition || other.subject[$0.key] == $0.value }
        }

        func hash(into hasher: inout Hasher) {
            hasher.combine(record.check)
            hasher.combine(record.at)
            hasher.combine(record.limit)
            hasher.combine(record.unit)
            var names = 0
            for name in record.facts.keys { names ^= name.hashValue }
            hasher.combine(names)
            var entries = 0
            for (name, value) in record.subject where name != partition {
                var entry = Hasher()
                entry.combine(name)
                entry.combine(value)
                entries ^= entry.finalize()
            }
            hasher.combine(entries)
        }
    }

    /// The families by their keys, those of late at hand: gates make the same few checks of one partition after the
    /// other.
    private struct Families {
        private static let recentCount = 4

        private var numbers: [Key: Int] = [:]
        private var families: [Family] = []
        private var recent: [(key: Key, number: Int)] = []
        private var oldest = 0

        mutating func place(of record: CheckRecord, _ partition: Int64, next: Int) -> Int {
            families[number(of: Key(record))].place(of: partition, next: next)
        }

        private mutating func number(of key: Key) -> Int {
            if let known = recent.first(where: { $0.key == key }) { return known.number }
            let number = numbers[key] ?? families.count
            if number == families.count {
                numbers[key] = number
                families.append(Family())
            }
            if recent.count < Self.recentCount {
                recent.append((key, number))
            } else {
                recent[oldest] = (key, number)
                oldest = (oldest + 1) % Self.recentCount
            }
            return number
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
