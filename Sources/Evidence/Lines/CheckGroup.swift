private import Value

/// The checks that one line holds: a single one, or several in the order of their partitions.
package struct CheckGroup: EvidencePart {
    private let first: CheckRecord
    private let others: ArraySlice<CheckRecord>
    /// Of each record, ascending; empty for a single one, whose subject names it.
    private let partitions: ArraySlice<Int64>

    /// One check, whatever its subject.
    package init(single record: CheckRecord) {
        first = record
        others = []
        partitions = []
    }

    /// Checks that differ only in their partition, ascending; at least two.
    init?(_ records: ArraySlice<CheckRecord>, partitions: ArraySlice<Int64>) {
        guard let first = records.first else { return nil }
        self.first = first
        others = records.dropFirst()
        self.partitions = others.isEmpty ? [] : partitions
    }

    package var count: Int { others.count + 1 }

    /// The two halves of a line that is too large; nil for a single check.
    var halves: (CheckGroup, CheckGroup)? {
        let records = ArraySlice([first] + others)
        let middle = records.count / 2
        guard middle > 0,
            let low = CheckGroup(records.prefix(middle), partitions: partitions.prefix(middle)),
            let high = CheckGroup(records.dropFirst(middle), partitions: partitions.dropFirst(middle))
        else { return nil }
        return (low, high)
    }

    package func write(to fields: inout EvidenceFields) {
        fields.word("check", first.check)
        fields.word("op", first.op)
        fields.value("limit", first.limit)
        fields.text("unit", first.unit)
        fields.flag("ok", first.ok)
        fields.text("at", first.at)
        fields.part("sampled", sampled)
        if others.isEmpty {
            fields.value("subject", .map(first.subject))
            fields.value("actual", first.actual)
            fields.value("facts", .map(first.facts))
            fields.value("rounds", (first.rounds?.fields).map { .map($0) })
        } else {
            var subject = first.subject
            subject[CheckFolding.partition] = nil
            fields.value("subject", .map(subject))
            fields.word("partitions", PartitionRanges.text(partitions))
            fields.value("actual", .list([first.actual] + others.map(\.actual)))
            fields.value("facts", .map(folded(first.facts) { $0.facts }))
            fields.value("rounds", (first.rounds?.fields).map { .map(folded($0) { $0.rounds?.fields ?? [:] }) })
        }
    }

    /// Each entry once where all have the same, else as an array.
    ///
    /// An entry that is a list itself is always written as an array of arrays: otherwise a reader could not tell one
    /// value of two elements from the values of two partitions.
    private func folded(
        _ entries: [ByteString: Value], _ of: (CheckRecord) -> [ByteString: Value]
    ) -> [ByteString: Value] {
        var result: [ByteString: Value] = [:]
        let all = others.map(of)
        for (name, value) in entries {
            let values = all.map { $0[name] ?? .null }
            if case .list = value {
                result[name] = .list([value] + values)
            } else {
                result[name] = values.allSatisfy { $0 == value } ? value : .list([value] + values)
            }
        }
        return result
    }

    private var sampled: Sampled? {
        let all = ([first] + others).compactMap(\.sampled)
        guard let from = all.map(\.fromUs).min(), let to = all.map(\.toUs).max() else { return nil }
        return Sampled(fromUs: from, toUs: to)
    }
}
