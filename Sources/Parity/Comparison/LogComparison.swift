package import KafkaClient
import KafkaFacts
import KafkaRecords
import KafkaWire
private import Transport

/// Compares partitions of two clusters.
///
/// The end of the source is taken first, then that of the target, then the source's again: what the target has beyond
/// the first is looked for up to the second, and what came to the source after the first may not have been copied yet.
package struct LogComparison: Sendable {
    let source: KafkaCluster
    let target: KafkaCluster
    let scope: ComparisonScope
    let settings: LogScanner.Settings
    let context: CallContext

    package init(
        source: KafkaCluster, target: KafkaCluster, scope: ComparisonScope = ComparisonScope(),
        settings: LogScanner.Settings = LogScanner.Settings(), _ context: CallContext
    ) {
        self.source = source
        self.target = target
        self.scope = scope
        self.settings = settings
        self.context = context
    }

    /// Where the logs of a pair were when the comparison began.
    struct Frame: Sendable {
        var pair: LogPair
        var sourceStart: Int64
        var targetStart: Int64
        /// The source's end before the target's was read, and after.
        var cut: Int64
        var sourceEnd: Int64
        var targetEnd: Int64
        /// Whether the source once began earlier, or what comes before is not asked for.
        var sourceIsCut: Bool
        var targetIsCut: Bool
        /// All of the source that may hold originals of what the target has once more.
        var sourceLog: Range<Int64>
        /// Where an open transaction kept the end from being the high watermark: between the two.
        var hidden: Range<Int64>?
        /// Whether what lies before it is compared elsewhere.
        var follows = false
    }

    /// Compares each pair; one that cannot be read is no reason not to compare the others.
    package func compare(_ pairs: [LogPair]) async -> [PartitionComparison] {
        var comparisons = pairs.map(PartitionComparison.init)
        let before = await topicIDs(of: pairs)
        let frames = await self.frames(of: pairs)
        var open: [(index: Int, frame: Frame)] = []
        for (index, frame) in frames.enumerated() {
            switch frame {
            case .value(let frame):
                open.append((index, frame))
                guard scope.range != nil else { continue }
                comparisons[index].cut = (frame.sourceStart..<frame.cut, frame.targetStart..<frame.targetEnd)
            case .unknown(let error): comparisons[index].error = error
            }
        }
        let probes = await probe(open.map(\.frame))
        var byRecords: [(index: Int, frame: Frame)] = []
        var byBatches: [(index: Int, frame: Frame)] = []
        for (item, probe) in zip(open, probes) {
            comparisons[item.index].reason = probe.reason
            comparisons[item.index].timestampReason = timestampReason(probe)
            if probe.isByteCopy { byBatches.append(item) } else { byRecords.append(item) }
        }
        for item in await compareBatches(byBatches, &comparisons) { byRecords.append(item) }
        await compareRecords(byRecords, &comparisons)
        await noteHidden(frames, in: &comparisons)
        let after = await topicIDs(of: pairs)
        for index in comparisons.indices { comparisons[index].topicIDs = after[index] }
        for index in comparisons.indices where before[index] != after[index] {
            comparisons[index].result = nil
            comparisons[index].error = KafkaError(.changed("a topic was made anew while it was compared"))
                .with { $0.partition = pairs[index].target }
        }
        return comparisons
    }

    private func timestampReason(_ probe: Probe) -> String? {
        if !scope.comparesTimestamps { return "not asked for" }
        return probe.hasLogAppendTime ? "the target sets its own (LogAppendTime)" : nil
    }

    // MARK: By batches

    /// Compares copies of batches; returns those that have to be compared by records after all.
    private func compareBatches(
        _ items: [(index: Int, frame: Frame)], _ comparisons: inout [PartitionComparison]
    ) async -> [(index: Int, frame: Frame)] {
        guard !items.isEmpty else { return [] }
        let scans = await scan(items.map { ($0.frame, .batches) })
        var rest: [(index: Int, frame: Frame)] = []
        for (item, scans) in zip(items, scans) {
            let sourceWindows = scans.source.flatMap(\.windows)
            let windows = WindowComparison(
                source: sourceWindows, target: scans.target.windows,
                bounds: bounds(item.frame))
            let isWhole = scans.source.allSatisfy(\.isWhole) && scans.target.isWhole
            let chunks = Self.chunks(scans)
            guard isWhole, windows.stretches.isEmpty, windows.unclassified == 0, windows.differences.isEmpty,
                windows.matched > 0, let chunks, chunks.allSatisfy(\.isSame), !Self.isTorn(scans, item.frame),
                await startsHold(scans, item.frame)
            else {
                let place =
                    windows.stretches.first?.source.first?.lowerBound
                    ?? chunks?.first { !$0.isSame }?.chunk?.firstOffset
                comparisons[item.index].reason =
                    "the batches differ" + (place.map { " from offset \($0) of the source on" } ?? "")
                rest.append(item)
                continue
            }
            comparisons[item.index].method = .batches
            comparisons[item.index].chunks = chunks
            comparisons[item.index].timestampReason = nil
            comparisons[item.index].source = Self.side(scans.source)
            comparisons[item.index].target = Self.side([scans.target])
            comparisons[item.index].result = ComparisonResult(
                windows, DifferenceClassifier(includesTimestamps: true), limits(item.frame, scans))
        }
        return rest
    }

    /// The chunks of both logs; nil where not all were hashed.
    private static func chunks(_ scans: PairScan) -> [ChunkPair]? {
        let sources = scans.source.map(\.chunks)
        guard let target = scans.target.chunks, sources.allSatisfy({ $0 != nil }) else { return nil }
        return ChunkPair.pairs(sources.flatMap { $0 ?? [] }, target)
    }

    /// Whether a batch lies across the cut at which a range begins.
    ///
    /// The range before has it whole, or the records of it up to the cut: then those behind it are only in this one.
    private static func isTorn(_ scans: PairScan, _ frame: Frame) -> Bool {
        frame.follows && (scans.source[0].startsTorn || scans.target.startsTorn)
    }

    /// Whether both logs still begin where they were read from.
    private func startsHold(_ scans: PairScan, _ frame: Frame) async -> Bool {
        guard scans.source[0].start == frame.sourceStart, scans.target.start == frame.targetStart else { return false }
        let starts = await self.starts(of: frame.pair)
        return starts.source.map { $0 <= frame.sourceStart } ?? false
            && starts.target.map { $0 <= frame.targetStart } ?? false
    }

    // MARK: By records

    private func compareRecords(
        _ items: [(index: Int, frame: Frame)], _ comparisons: inout [PartitionComparison]
    ) async {
        var items = items
        // Once more without timestamps where a target turns out to set them later in its log.
        for _ in 0..<2 where !items.isEmpty {
            let policies = items.map {
                scope.policy(includesTimestamps: comparisons[$0.index].timestampReason == nil)
            }
            let scans = await scan(zip(items, policies).map { ($0.frame, .records($1)) })
            var again: [(index: Int, frame: Frame)] = []
            for (position, item) in items.enumerated() {
                let policy = policies[position]
                if scans[position].target.summary.hasLogAppendTime, policy.includesTimestamps {
                    comparisons[item.index].timestampReason = "the target set its own for a part (LogAppendTime)"
                    again.append(item)
                    continue
                }
                await judge(item.frame, scans[position], policy, &comparisons[item.index])
            }
            items = again
        }
    }

    private func judge(
        _ frame: Frame, _ scans: PairScan, _ policy: DigestPolicy, _ comparison: inout PartitionComparison
    ) async {
        comparison.method = .records
        comparison.comparesTimestamps = policy.includesTimestamps
        comparison.error = scans.source.compactMap(\.error).first ?? scans.target.error
        var scans = scans
        var frame = frame
        // What retention took away meanwhile was there at the beginning, and is not there to be read again.
        let starts = await self.starts(of: frame.pair)
        guard let sourceStart = starts.source, let targetStart = starts.target else {
            comparison.error = comparison.error ?? starts.error
            return
        }
        if frame.follows, sourceStart > frame.sourceStart || targetStart > frame.targetStart {
            comparison.error = comparison.error ?? Self.lostStart(frame)
            return
        }
        if sourceStart > frame.sourceStart { frame.sourceIsCut = true }
        if targetStart > frame.targetStart { frame.targetIsCut = true }
        for index in scans.source.indices { scans.source[index].drop(before: sourceStart) }
        scans.target.drop(before: targetStart)
        comparison.source = Self.side(scans.source)
        comparison.target = Self.side([scans.target])

        let windows = WindowComparison(
            source: scans.source.flatMap(\.windows), target: scans.target.windows,
            bounds: bounds(frame))
        var classifier = DifferenceClassifier(includesTimestamps: policy.includesTimestamps, cut: frame.cut)
        do throws(KafkaError) {
            for stretch in windows.stretches {
                let hasMore = classifier.take(
                    source: try await fingerprints(source, frame.pair.source, stretch.source, policy),
                    target: try await fingerprints(target, frame.pair.target, stretch.target, policy))
                if hasMore { classifier.note(aborted: try await aborted(in: stretch, scans.source, frame, policy)) }
                classifier.note(try await fingerprints(source, frame.pair.source, stretch.around, policy))
            }
            try await noteOriginals(of: frame, from: sourceStart, policy, in: &classifier)
        } catch {
            comparison.error = comparison.error ?? error
            return
        }
        comparison.result = ComparisonResult(windows, classifier, limits(frame, scans))
    }

    private static func lostStart(_ frame: Frame) -> KafkaError {
        KafkaError(.changed("records at the start of the range were removed: compare without ranges (range=0)"))
            .with { $0.partition = frame.pair.source }
    }

    /// Most offsets of one stretch that are read once more for the sake of its aborted records.
    private static let mostReread: Int64 = 1_000_000

    /// The records of aborted transactions in a stretch of the source: a copier that reads uncommitted has them too.
    private func aborted(
        in stretch: WindowComparison.Stretch, _ scans: [PartitionScan], _ frame: Frame, _ policy: DigestPolicy
    ) async throws(KafkaError) -> [RecordFingerprint] {
        guard scope.isolation == .readCommitted, scans.contains(where: { $0.summary.abortedRecords > 0 }),
            let start = scans.first?.start, let end = scans.last?.end, start < end
        else { return [] }
        let offsets = stretch.between.clamped(to: start..<end)
        guard offsets.upperBound - offsets.lowerBound <= Self.mostReread else { return [] }
        let committed = Set(
            try await fingerprints(source, frame.pair.source, [offsets], policy).map(\.offset))
        let all = try await source.fingerprints(
            of: frame.pair.source, [offsets], policy, isolation: .readUncommitted, context)
        return all.filter { !committed.contains($0.offset) }
    }

    private func fingerprints(
        _ cluster: KafkaCluster, _ partition: TopicPartition, _ offsets: [Range<Int64>], _ policy: DigestPolicy
    ) async throws(KafkaError) -> [RecordFingerprint] {
        try await cluster.fingerprints(of: partition, offsets, policy, isolation: scope.isolation, context)
    }

    // MARK: Reading

    /// The scans of a pair: the source up to the cut and, where it went on, from there.
    struct PairScan: Sendable {
        var source: [PartitionScan]
        var target: PartitionScan
    }

    private func scan(_ work: [(frame: Frame, unit: ScanSpan.Unit)]) async -> [PairScan] {
        var half = settings
        half.memory = settings.memory / 2
        var sourceSpans: [ScanSpan] = []
        // Of copies both sides are hashed in the same chunks.
        let chunks = work.map { frame, unit in
            unit == .batches ? BatchChunks.size(for: frame.cut - frame.sourceStart) : nil
        }
        for ((frame, unit), chunk) in zip(work, chunks) {
            var span = ScanSpan(
                frame.pair.source, from: frame.sourceStart, to: frame.cut, unit: unit, isolation: scope.isolation)
            span.chunk = chunk
            sourceSpans.append(span)
            // A bound of its own at the cut, so that what came later can be told apart.
            var rest = span
            rest.start = frame.cut
            rest.end = frame.sourceEnd
            sourceSpans.append(rest)
        }
        let targetSpans = zip(work, chunks).map { item, chunk in
            let (frame, unit) = item
            var span = ScanSpan(
                frame.pair.target, from: frame.targetStart, to: frame.targetEnd, unit: unit,
                isolation: scope.isolation)
            span.chunk = chunk
            return span
        }
        let scanners = (LogScanner(source, settings: half, context), LogScanner(target, settings: half, context))
        defer {
            scanners.0.close()
            scanners.1.close()
        }
        async let ofSource = scanners.0.scan(sourceSpans)
        async let ofTarget = scanners.1.scan(targetSpans)
        let (sources, targets) = await (ofSource, ofTarget)
        return work.indices.map { index in
            let parts = [sources[2 * index], sources[2 * index + 1]]
            return PairScan(source: parts[1].start < parts[1].end ? parts : [parts[0]], target: targets[index])
        }
    }

    private func bounds(_ frame: Frame) -> WindowComparison.Bounds {
        .init(sourceIsCut: frame.sourceIsCut, targetIsCut: frame.targetIsCut, cut: frame.cut)
    }

    private func limits(_ frame: Frame, _ scans: PairScan) -> ComparisonResult.Limits {
        var limits = ComparisonResult.Limits()
        limits.cut = frame.cut
        limits.sourceLost = frame.sourceIsCut ? scans.source[0].start : 0
        limits.targetLost = frame.targetIsCut ? scans.target.start : 0
        limits.sourceIsWhole = scans.source.allSatisfy(\.isWhole)
        limits.targetIsWhole = scans.target.isWhole
        return limits
    }

    private static func side(_ scans: [PartitionScan]) -> PartitionComparison.Side {
        PartitionComparison.Side(
            start: scans[0].start, end: scans.last?.end ?? scans[0].end,
            records: scans.reduce(0) { $0 + $1.windows.recordCount },
            bytes: scans.reduce(0) { $0 + $1.windows.byteCount })
    }
}

extension PartitionScan {
    /// Forgets what lies before an offset: a window of which a part is gone is gone.
    mutating func drop(before offset: Int64) {
        guard offset > start else { return }
        windows.removeAll { $0.firstOffset < offset }
        start = max(start, windows.first?.firstOffset ?? min(offset, end))
    }
}
