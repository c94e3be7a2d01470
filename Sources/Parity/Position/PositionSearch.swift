package import KafkaClient
import KafkaFacts
package import KafkaRecords
import Transport
private import Value

/// Finds where on the target the record is that a group on the source would read next.
package struct PositionSearch: Sendable {
    let source: KafkaCluster
    let target: KafkaCluster
    /// Records in a row that have to agree.
    let run: Int
    private(set) var isolation: IsolationLevel
    let ignoredHeaders: Set<[UInt8]>
    /// More records between two positions are not counted.
    let mostCounted: Int64
    let context: CallContext

    /// How far around the target's commit is looked first, and how much of the log after that.
    private static let vicinity: Int64 = 20_000
    private static let mostRecords = 2_000_000
    /// The longest run that is tried where shorter ones repeat.
    private static let longestRun = 2048

    package init(
        source: KafkaCluster, target: KafkaCluster, run: Int = 8, isolation: IsolationLevel = .readCommitted,
        ignoredHeaders: Set<[UInt8]> = [], mostCounted: Int64 = 1_000_000, _ context: CallContext
    ) {
        self.source = source
        self.target = target
        self.run = max(1, run)
        self.isolation = isolation
        self.ignoredHeaders = ignoredHeaders
        self.mostCounted = mostCounted
        self.context = context
    }

    /// Compares two commits; nil for one that is not there.
    package func compare(_ pair: LogPair, source commit: Int64?, target found: Int64?) async -> PositionComparison {
        var comparison = PositionComparison(pair)
        comparison.sourceCommit = commit
        comparison.targetCommit = found
        guard let commit else {
            comparison.obstacle = .noSourceCommit
            return comparison
        }
        guard let found else {
            comparison.obstacle = .noTargetCommit
            return comparison
        }
        do throws(KafkaError) {
            try await search(commit, found, &comparison)
        } catch {
            comparison.error = error
        }
        return comparison
    }

    private func search(
        _ commit: Int64, _ found: Int64, _ comparison: inout PositionComparison
    ) async throws(KafkaError) {
        let pair = comparison.pair
        // The source first: what it holds now, the target may have a moment later.
        let sourceLog = try await bounds(source, pair.source)
        let targetLog = try await bounds(target, pair.target)
        if isolation != .readUncommitted, sourceLog.isOpen(at: commit) || targetLog.isOpen(at: found) {
            // Whoever has come past the last stable offset does not wait for transactions to end: it is seen with the
            // eyes of such a group, or what it has read behind that offset would be read again unnoticed.
            var search = self
            search.isolation = .readUncommitted
            return try await search.search(commit, found, &comparison)
        }
        let sourceBounds = visible(sourceLog)
        let targetBounds = visible(targetLog)
        guard (targetBounds.start...targetBounds.end).contains(found) else {
            comparison.relation = .outOfRange
            return
        }
        // The commit was read before the end, which only rises: the log has lost what the group had read.
        guard commit <= sourceLog.end else {
            comparison.obstacle = .sourceOutOfRange
            return
        }
        comparison.isApproximate = commit < sourceBounds.start
        let hasLogAppendTime = try await setsTimestamps(target, pair.target, targetBounds)
        let policy = DigestPolicy(includesTimestamps: !hasLogAppendTime, ignoredHeaders: ignoredHeaders)

        var needed = run
        var around = try await neighbours(pair.source, commit, sourceBounds, count: 4 * needed, policy)
        while around.run.repeats(within: needed), needed < Self.longestRun {
            needed *= 2
            around = try await neighbours(pair.source, commit, sourceBounds, count: 4 * needed, policy)
        }
        comparison.sourceRecord = around.next
        guard let oldest = around.oldestTimestamp else {
            comparison.obstacle = .sourceEmpty
            return
        }
        guard !around.run.repeats(within: needed) else {
            comparison.obstacle = .ambiguous
            return
        }
        let from = hasLogAppendTime ? targetBounds.start : try await start(pair.target, oldest, targetBounds)
        guard let from else {
            comparison.obstacle = .notFound
            return
        }
        // Records that carry their time are the same wherever they are found. Without it the same data may come every
        // day: then the whole log is searched, and a second place leaves open which one is meant.
        let areDated = !hasLogAppendTime && oldest > 0
        let whole = from..<max(from, targetBounds.end)
        let near =
            areDated
            ? max(from, found - Self.vicinity)..<max(from, min(targetBounds.end, found.saturatingSum(Self.vicinity)))
            : whole
        var log = try await digests(pair.target, near, policy)
        var places = around.run.places(in: log.map(\.digest), atLeast: needed)
        if places.isEmpty, near != whole {
            log = try await digests(pair.target, whole, policy)
            places = around.run.places(in: log.map(\.digest), atLeast: needed)
        }
        guard !places.isEmpty else {
            comparison.obstacle = .notFound
            return
        }
        guard areDated || places.count == 1, !RecordRun.overlap(places) else {
            comparison.obstacle = .ambiguous
            return
        }
        try await judge(found, places, log, targetBounds, &comparison)
    }

    private func judge(
        _ found: Int64, _ places: [RecordRun.Place], _ log: [DigestedRecord], _ bounds: LogSpan,
        _ comparison: inout PositionComparison
    ) async throws(KafkaError) {
        func offset(_ place: RecordRun.Place) -> Int64 {
            place.index < log.count ? log[place.index].offset : (log.last?.offset ?? bounds.end - 1) + 1
        }
        // A copy that was made twice is there twice. From whichever comes next after the commit nothing is lost.
        let chosen = places.first { offset($0) >= found } ?? places[places.count - 1]
        let place = offset(chosen)
        comparison.place = place
        comparison.run = chosen.length
        comparison.occurrences = places.count
        comparison.targetRecord = log.first { $0.offset >= found }
        let counted = try await count(min(found, place)..<max(found, place), log, comparison.pair.target)
        comparison.records = counted.records
        comparison.isAtLeast = !counted.isComplete
        // Records that the group did not read and that only the target still holds come before the place, and nothing
        // on the source says which they are: a commit there skips some of them, or does not.
        let unread = comparison.isApproximate ? bounds.start..<place : 0..<0
        let isUnsure = try await holds(comparison.pair.target, unread, log)
        if counted.records > 0, found > place {
            comparison.relation = .skip
            comparison.isAtLeast = comparison.isAtLeast || isUnsure
        } else if isUnsure {
            comparison.records = nil
            comparison.isAtLeast = false
            comparison.obstacle = .sourceLost
        } else if !counted.isComplete {
            comparison.obstacle = .notCounted
        } else {
            // Markers and aborted records between the two are none that anybody reads.
            comparison.relation = counted.records == 0 ? .exact : .redeliver
        }
    }

    /// How many records lie between two positions of the target.
    private func count(
        _ between: Range<Int64>, _ log: [DigestedRecord], _ partition: TopicPartition
    ) async throws(KafkaError) -> (records: Int64, isComplete: Bool) {
        guard !between.isEmpty else { return (0, true) }
        // Reading may have stopped early: only what lies between two records that were read was read for certain.
        if let first = log.first, let last = log.last, first.offset <= between.lowerBound,
            last.offset >= between.upperBound - 1
        {
            return (Int64(log.lazy.filter { between.contains($0.offset) }.count), true)
        }
        let counted = try await target.dataRecords(
            in: partition, from: between.lowerBound, to: between.upperBound, limit: mostCounted,
            countAborted: isolation == .readUncommitted, context)
        return (counted.records, counted.isComplete)
    }

    /// Whether the target holds a record there; also where it may, as not all of it could be read.
    private func holds(
        _ partition: TopicPartition, _ offsets: Range<Int64>, _ log: [DigestedRecord]
    ) async throws(KafkaError) -> Bool {
        guard !offsets.isEmpty else { return false }
        if log.contains(where: { offsets.contains($0.offset) }) { return true }
        let counted = try await target.dataRecords(
            in: partition, from: offsets.lowerBound, to: offsets.upperBound, limit: 0,
            countAborted: isolation == .readUncommitted, context)
        return counted.records > 0 || !counted.isComplete
    }

    // MARK: Reading

    /// What of a log the group can see.
    struct LogSpan: Sendable {
        var start: Int64
        var end: Int64
    }

    /// The records around a position of the source.
    struct Neighbours {
        var run: RecordRun
        /// From the position on.
        var after: [RecordFingerprint]
        var next: DigestedRecord?
        var oldestTimestamp: Int64?
    }

    func neighbours(
        _ partition: TopicPartition, _ commit: Int64, _ bounds: LogSpan, count: Int, _ policy: DigestPolicy
    ) async throws(KafkaError) -> Neighbours {
        let position = min(max(commit, bounds.start), bounds.end)
        // Offsets are no counts: as far back as it takes.
        var span = Int64(count)
        var before: [RecordFingerprint] = []
        while true {
            let from = max(bounds.start, position - span)
            before = try await source.fingerprints(
                of: partition, [from..<position], policy, isolation: isolation, context)
            if before.count >= count || from == bounds.start || span > 10_000_000 { break }
            span *= 4
        }
        span = Int64(count)
        var after: [RecordFingerprint] = []
        while true {
            let to = min(bounds.end, position.saturatingSum(span))
            after = try await source.fingerprints(
                of: partition, [position..<max(position, to)], policy, isolation: isolation, context)
            if after.count >= count || to >= bounds.end || span > 10_000_000 { break }
            span *= 4
        }
        before = before.suffix(count)
        after = Array(after.prefix(count))
        return Neighbours(
            run: RecordRun(before: before.map(\.digest), after: after.map(\.digest)), after: after,
            next: after.first.map { DigestedRecord(offset: $0.offset, digest: $0.digest, size: $0.size) },
            oldestTimestamp: (before + after).map(\.timestamp).min())
    }

    /// The first offset of the target that may hold one of the records; nil: it holds none that late.
    ///
    /// It is the first record at or after the oldest timestamp, so all of them come after it.
    func start(
        _ partition: TopicPartition, _ timestamp: Int64, _ bounds: LogSpan
    ) async throws(KafkaError) -> Int64? {
        guard timestamp >= 0 else { return bounds.start }
        switch await target.offsets(.time(timestamp), of: [partition], context).first {
        case .value(let fact): return fact.offset
        case .unknown(let error): throw error
        case nil: throw KafkaError(.cancelled)
        }
    }

    /// What the group cannot see is not looked at.
    private func visible(_ bounds: LogBounds) -> LogSpan {
        LogSpan(start: bounds.start, end: isolation == .readUncommitted ? bounds.end : bounds.stable)
    }

    private func bounds(
        _ cluster: KafkaCluster, _ partition: TopicPartition
    ) async throws(KafkaError) -> LogBounds {
        switch await cluster.logBounds(of: [partition], context).first {
        case .value(let found): return found
        case .unknown(let error): throw error
        case nil: throw KafkaError(.cancelled)
        }
    }

    /// Whether the leader sets the timestamps of a log, by its last batch.
    private func setsTimestamps(
        _ cluster: KafkaCluster, _ partition: TopicPartition, _ bounds: LogSpan
    ) async throws(KafkaError) -> Bool {
        guard bounds.start < bounds.end else { return false }
        var fetch = KafkaCluster.FetchBounds()
        fetch.maxBytes = 64 << 10
        for offset in Set([bounds.start, bounds.end - 1]) {
            switch await cluster.fetch([(partition, offset)], isolation: isolation, bounds: fetch, context).first {
            case .value(let part):
                var cursor = BatchCursor(part.records)
                while let batch = try? cursor.next() { if batch.timestampType == .logAppendTime { return true } }
            case .unknown(let error): throw error
            case nil: throw KafkaError(.cancelled)
            }
        }
        return false
    }

    func digests(
        _ partition: TopicPartition, _ offsets: Range<Int64>, _ policy: DigestPolicy
    ) async throws(KafkaError) -> [DigestedRecord] {
        var records: [DigestedRecord] = []
        guard !offsets.isEmpty else { return records }
        try await target.digest(partition, offsets, policy, isolation: isolation, context) { found in
            records += found
            return records.count > Self.mostRecords
        }
        guard records.count <= Self.mostRecords else {
            throw KafkaError(.limit("the record was not found among \(Self.mostRecords) records"), api: "Fetch")
                .with { $0.partition = partition }
        }
        return records
    }
}

extension LogBounds {
    /// Whether a position lies behind the last stable offset, in the log still.
    fileprivate func isOpen(at offset: Int64) -> Bool { offset > stable && offset <= end }
}
