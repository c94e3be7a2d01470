import Value

/// A row of the answer of one primitive call; a call that failed as a whole is its row 0.
package struct ReadKey: Hashable, Sendable {
    package let read: UInt32
    package let row: UInt32

    package init(read: UInt32, row: UInt32 = 0) {
        self.read = read
        self.row = row
    }
}

/// Why a row has no values.
package struct ReadFailure: Hashable, Sendable {
    /// The reason code it gives a check: a Kafka error's name, `unreachable`, `deadline`.
    package let name: String
    package let message: String

    package init(name: String, message: String) {
        self.name = name
        self.message = Message.bounded(message)
    }
}

/// The failed rows of a gate: each has to be seen by a check, an `unknown` or an acknowledgement.
struct FailedReads: Sendable {
    private struct Row {
        let failure: UInt32
        var isAcknowledged: Bool
    }

    /// Beyond this a gate is only asking again and again.
    static let maxRows = 1_000_000
    /// Distinct failures; more share the last one, as only their texts differ.
    private static let maxFailures = 10_000

    private var failures: [ReadFailure] = []
    private var indexes: [ReadFailure: UInt32] = [:]
    private var rows: [ReadKey: Row] = [:]
    private(set) var unacknowledged = 0

    /// False where there are too many.
    mutating func record(_ key: ReadKey, _ failure: ReadFailure) -> Bool {
        guard rows[key] == nil else { return true }
        guard rows.count < Self.maxRows else { return false }
        rows[key] = Row(failure: index(of: failure), isAcknowledged: false)
        unacknowledged += 1
        return true
    }

    private mutating func index(of failure: ReadFailure) -> UInt32 {
        if let known = indexes[failure] { return known }
        guard failures.count < Self.maxFailures else { return UInt32(Self.maxFailures - 1) }
        let index = UInt32(failures.count)
        failures.append(failure)
        indexes[failure] = index
        return index
    }

    subscript(key: ReadKey) -> ReadFailure? { rows[key].map { failures[Int($0.failure)] } }

    func isAcknowledged(_ key: ReadKey) -> Bool { rows[key]?.isAcknowledged ?? false }

    /// False where no such row failed.
    @discardableResult
    mutating func acknowledge(_ key: ReadKey) -> Bool {
        guard let row = rows[key] else { return false }
        if !row.isAcknowledged {
            rows[key]?.isAcknowledged = true
            unacknowledged -= 1
        }
        return true
    }

    /// One reason a distinct failure, in the order in which the failures appeared.
    func reasons() -> [Reason] {
        guard unacknowledged > 0 else { return [] }
        var counts: [UInt32: Int] = [:]
        for row in rows.values where !row.isAcknowledged { counts[row.failure, default: 0] += 1 }
        return counts.sorted { $0.key < $1.key }.map { index, count in
            let failure = failures[Int(index)]
            let rows = count == 1 ? "1 row" : "\(count) rows"
            return Reason(.unacknowledgedRead, "\(rows) failed with \(failure.name): \(failure.message)")
        }
    }
}
