import Gate
import KafkaClient

/// The reads of an attempt that failed, for evidence: one entry for each distinct error of a call, however many rows it
/// took away.
struct FailedReadList: Sendable {
    struct Entry: Hashable, Sendable {
        let error: KafkaError
        /// Every row that failed this way was seen by a check, an `unknown` or an acknowledgement.
        let isAcknowledged: Bool
    }

    private struct Read: Sendable {
        let error: KafkaError
        let number: UInt32
        var rows: [UInt32]
    }

    /// Entries kept; more of them say nothing new.
    static let limit = 1_000
    /// Rows kept; the ledger counts as many.
    private static let rowLimit = 1_000_000

    private var reads: [Read] = []
    private var rows = 0

    mutating func add(_ failures: [RowFailure], read: UInt32) {
        var places: [KafkaError: Int] = [:]
        for failure in failures where rows < Self.rowLimit {
            // A line of evidence does not name the partition: 100,000 leaders that are away make one line a broker.
            let error = failure.error.with { $0.partition = nil }
            let row = UInt32(clamping: failure.index)
            if let place = places[error] {
                reads[place].rows.append(row)
            } else {
                guard reads.count < Self.limit else { continue }
                places[error] = reads.count
                reads.append(Read(error: error, number: read, rows: [row]))
            }
            rows += 1
        }
    }

    func entries(isAcknowledged: (ReadKey) -> Bool) -> [Entry] {
        reads.map { read in
            let isSeen = read.rows.allSatisfy { isAcknowledged(ReadKey(read: read.number, row: $0)) }
            return Entry(error: read.error, isAcknowledged: isSeen)
        }
    }
}
