/// The records that a Fetch response holds of one partition, with what was asked for.
package struct FetchedRecords: Sendable {
    package var bytes: ArraySlice<UInt8>
    /// The offset that was asked for; a batch that holds it may begin below.
    package var fetchOffset: Int64
    /// Where to stop, itself not included; nil for all.
    package var endOffset: Int64?
    package var isolationLevel: IsolationLevel
    /// As the response lists them; none where it lists null.
    package var abortedTransactions: [AbortedTransaction]

    package init(
        _ bytes: ArraySlice<UInt8>, from fetchOffset: Int64, to endOffset: Int64? = nil,
        isolationLevel: IsolationLevel = .readCommitted, abortedTransactions: [AbortedTransaction] = []
    ) {
        self.bytes = bytes
        self.fetchOffset = fetchOffset
        self.endOffset = endOffset
        self.isolationLevel = isolationLevel
        self.abortedTransactions = abortedTransactions
    }
}

/// What a reading came upon besides the records, from the fetch offset on.
package struct ReadSummary: Equatable, Sendable {
    /// Batches that were read, a legacy message counting as one.
    package var batches = 0
    package var dataRecords = 0
    /// Markers and the like; never data.
    package var controlRecords = 0
    /// Records of aborted transactions that were kept back.
    package var abortedRecords = 0
    /// Where the first batch begins; nil where it is a compressed legacy message, or there is none.
    ///
    /// Above the fetch offset it shows that compaction or retention came in between.
    package var firstBaseOffset: Int64?
    /// Where to fetch next: the fetch offset again, if no batch was whole.
    package var nextOffset: Int64
    /// All below the end offset has been read.
    package var reachedEnd = false
    /// The caller stopped it.
    package var stopped = false
    /// Not known where reading stopped before the end.
    package var partialTail: PartialTail?

    /// The broker sent part of one batch only: ask again for as many bytes as it needs.
    package var isTooSmall: Bool { batches == 0 && partialTail != nil }
}
