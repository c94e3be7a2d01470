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
    let isolation: IsolationLevel
    let ignoredHeaders: Set<[UInt8]>
    let context: CallContext

    /// How far around the target's commit is looked first, and how much of the log after that.
    private static let vicinity: Int64 = 20_000
    private static let mostRecords = 2_000_000
    /// The longest run that is tried where shorter ones repeat.
    private static let longestRun = 2048

    package init(
        source: KafkaCluster, target: KafkaCluster, run: Int = 8, isolation: IsolationLevel = .readCommitted,
        ignoredHeaders: Set<[UInt8]> = [], _ context: CallContext
    ) {
        self.source = source
        self.target = target
        self.run = max(1, run)
        self.isolation = isolation
        self.ignoredHeaders = ignoredHeaders
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
        let sourceBounds = try await bounds(source, pair.source)
        let targetBounds = try await bounds(target, pair.target)
        guard (targetBounds.start...targetBounds.end).contains(found) else {
            comparison.relation = .outOfRange
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
        let between = min(found, place)..<max(found, place)
        let count: Int64
        if let first = log.first, first.offset <= between.lowerBound, !between.isEmpty {
            count = Int64(log.lazy.filter { between.contains($0.offset) }.count)
        } else if between.isEmpty {
            count = 0
        } else {
            let counted = try await target.dataRecords(
                in: comparison.pair.target, from: between.lowerBound, to: between.upperBound, limit: 1_000_000,
                countAborted: isolation == .readUncommitted, context)
            count = counted.records
            comparison.isAtLeast = !counted.isComplete
        }
        comparison.records = count
        // Markers and aborted records between the two are none that anybody reads.
        comparison.relation = count == 0 ? .exact : found < place ? .redeliver : .skip
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

    private func bounds(
        _ cluster: KafkaCluster, _ partition: TopicPartition
    ) async throws(KafkaError) -> LogSpan {
        switch await cluster.logBounds(of: [partition], context).first {
        case .value(let found):
            // What the group cannot see is not looked at.
            return LogSpan(start: found.start, end: isolation == .readUncommitted ? found.end : found.stable)
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
