/// Decides of which records of a partition MirrorMaker writes an offset sync.
///
/// Not of each: of the first after a start, of one whose offset on the target is `offset.lag.max` past where a reader
/// of the last sync would begin, of one before which the source has a gap, and of one that came back on the target. A
/// record that is none of these waits for the next periodic commit, so that a quiet topic gets the sync of its end.
struct OffsetSyncWriter: Sendable {
    private let offsetLagMax: Int64
    private var lastSync: OffsetSyncStore.Pair?
    private var previous: OffsetSyncStore.Pair?
    private var delayed: OffsetSyncStore.Pair?

    init(offsetLagMax: Int64) { self.offsetLagMax = offsetLagMax }

    /// The sync to write at once for a record that was copied, if one is due.
    mutating func sync(for copied: OffsetSyncStore.Pair) -> OffsetSyncStore.Pair? {
        defer { previous = copied }
        if let lastSync, let previous, copied.target - (lastSync.target + 1) < offsetLagMax,
            copied.source == previous.source + 1, copied.target >= previous.target
        {
            delayed = copied
            return nil
        }
        delayed = nil
        lastSync = copied
        return copied
    }

    /// The sync that waited for the periodic commit.
    ///
    /// It does not count as the last one: the distance to the next is measured from the one that was due by itself.
    mutating func takeDelayed() -> OffsetSyncStore.Pair? {
        defer { delayed = nil }
        return delayed
    }
}
