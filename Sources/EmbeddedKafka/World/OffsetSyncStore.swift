/// What MirrorMaker remembers of a partition's offset syncs, to translate commits by.
///
/// There are 64 places, the newest sync first: the one at place `n` is less than 2ⁿ source offsets older than the
/// newest, so that there are many syncs near the end of the log and ever fewer further back. A commit far behind is
/// therefore translated to a record far before it, never to one after it.
struct OffsetSyncStore: Sendable {
    /// Offsets of one record: on the source, on the target.
    struct Pair: Equatable, Sendable {
        var source: Int64
        var target: Int64
    }

    private static let places = 64
    /// One for each place, some of them the same; empty before the first sync.
    private var syncs: [Pair] = []

    /// Takes in a sync that was written after all others.
    mutating func add(_ sync: Pair) {
        guard let newest = syncs.first, sync.source >= newest.source else {
            // The source was read again from further back: what was known of it holds no more.
            syncs = Array(repeating: sync, count: Self.places)
            return
        }
        let old = syncs
        var next = 0
        var replacement = sync
        syncs[0] = sync
        for place in 1..<Self.places {
            // The next old sync that fits here; those that never will, here or further back, are given up.
            while next < place {
                let isApart = Self.isApart(old[next], from: syncs[place - 1], at: place - 1)
                let isLeftInPlace =
                    place + 1 == Self.places || Self.isApart(syncs[place + 1], from: old[next], at: place)
                let isUsed = isApart && isLeftInPlace && Self.isNear(old[next], at: place, to: syncs[place - 1])
                if isUsed { replacement = old[next] }
                let isGivenUp = !isApart || old[next] == old[next + 1]
                if isUsed || isGivenUp { next += 1 }
                guard isGivenUp else { break }
            }
            // From the first that is still near enough on, nothing has to move.
            guard !Self.isNear(syncs[place], at: place, to: syncs[place - 1]) else { return }
            syncs[place] = replacement
        }
    }

    /// The position on the target to read from so that nothing from `offset` on is missed; nil where no sync reaches
    /// back that far.
    func translate(_ offset: Int64) -> Int64? {
        guard let sync = syncs.first(where: { $0.source <= offset }) else { return nil }
        // How far the records behind the sync lie apart on the target is not known: one further is safe.
        return sync.source == offset ? sync.target : sync.target + 1
    }

    /// Whether a sync may stand at a place, given the one at the place before.
    private static func isNear(_ sync: Pair, at place: Int, to before: Pair) -> Bool {
        // The last place has no limit: 2⁶³ overflows on purpose.
        let limit = sync.source &+ (1 << Int64(place)) &- (1 << Int64(place - 1))
        return sync == before || limit < 0 || before.source <= limit
    }

    /// Whether an older sync is far enough from the one at `place` to be worth a place behind it.
    private static func isApart(_ sync: Pair, from before: Pair, at place: Int) -> Bool {
        let limit = sync.source &+ (1 << Int64(max(place - 2, 0)))
        return sync == before || (limit >= 0 && before.source >= limit)
    }
}
