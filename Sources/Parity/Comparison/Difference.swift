/// How a record of one log is not matched by the other.
package struct Difference: Hashable, Sendable {
    package enum Kind: String, CaseIterable, Hashable, Sendable {
        /// The target does not have it.
        case missing
        /// The source does not have it.
        case extra
        /// The target has it more often than the source.
        case duplicated
        /// Both have it, in another order.
        case reordered
        /// The target has it with another key, value, header or timestamp.
        case altered
        /// The target has it as data, and on the source its transaction was aborted.
        case abortedCopied = "aborted_copied"
    }

    package var kind: Kind
    /// Nil for what the source does not have; of a duplicate, where the source has it, if that was looked at; of what
    /// was aborted, where it was.
    package var sourceOffset: Int64?
    package var targetOffset: Int64?
    /// Of an altered record, what of it differs.
    package var parts: RecordParts = []

    package init(_ kind: Kind, source: Int64?, target: Int64?, parts: RecordParts = []) {
        self.kind = kind
        sourceOffset = source
        targetOffset = target
        self.parts = parts
    }
}

/// Parts of a record.
package struct RecordParts: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    package static let key = RecordParts(rawValue: 1)
    package static let value = RecordParts(rawValue: 2)
    package static let headers = RecordParts(rawValue: 4)
    package static let timestamp = RecordParts(rawValue: 8)

    package var names: [String] {
        [(RecordParts.key, "key"), (.value, "value"), (.headers, "headers"), (.timestamp, "timestamp")]
            .compactMap { contains($0.0) ? $0.1 : nil }
    }
}

/// Differences, counted; the first ones are kept.
package struct DifferenceTally: Hashable, Sendable {
    package private(set) var counts: [Difference.Kind: Int64] = [:]
    /// Some of them, those at the smallest offsets first.
    package private(set) var examples: [Difference] = []
    /// How many examples are kept.
    private let most: Int

    package init(examples most: Int = 20) {
        self.most = most
    }

    package subscript(kind: Difference.Kind) -> Int64 { counts[kind] ?? 0 }

    package var total: Int64 { counts.values.reduce(0, +) }

    package var first: Difference? { examples.first }

    /// Takes `count` differences of which `difference` is the first.
    package mutating func add(_ difference: Difference, count: Int64 = 1) {
        guard count > 0 else { return }
        counts[difference.kind, default: 0] += count
        let index = examples.firstIndex { difference.place < $0.place } ?? examples.endIndex
        guard index < most else { return }
        examples.insert(difference, at: index)
        if examples.count > most { examples.removeLast() }
    }
}

extension Difference {
    /// For an order in which the source's offsets come first.
    fileprivate var place: (Int64, Int64) { (sourceOffset ?? targetOffset ?? .max, targetOffset ?? .max) }
}
