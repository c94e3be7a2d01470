/// An aborted transaction that a Fetch response names.
package struct AbortedTransaction: Equatable, Sendable {
    package var producerId: Int64
    package var firstOffset: Int64

    package init(producerId: Int64, firstOffset: Int64) {
        self.producerId = producerId
        self.firstOffset = firstOffset
    }
}

/// What a reader is shown of transactions, by its number in requests.
package enum IsolationLevel: Int8, Sendable {
    case readUncommitted = 0
    case readCommitted = 1
}

/// Tells the batches of aborted transactions from others, over one response walked in order.
///
/// A producer's batches are aborted from the transaction's first offset up to its abort marker.
package struct TransactionFilter {
    /// The last comes first, so that the next can be taken off the end.
    private var pending: [AbortedTransaction]
    private var aborted: Set<Int64> = []

    package init(_ transactions: [AbortedTransaction]) {
        pending = transactions.sorted { $0.firstOffset > $1.firstOffset }
    }

    /// Whether the records of `batch`, which follows those asked about before, are to be dropped.
    package mutating func isAborted(_ batch: RecordBatchHeader) -> Bool {
        while let next = pending.last, next.firstOffset <= batch.lastOffset {
            aborted.insert(next.producerId)
            pending.removeLast()
        }
        return batch.isTransactional && !batch.isControl && aborted.contains(batch.producerId)
    }

    /// Takes note of an abort marker of `producerId`; its next transaction is another.
    package mutating func end(of producerId: Int64) {
        aborted.remove(producerId)
    }
}
