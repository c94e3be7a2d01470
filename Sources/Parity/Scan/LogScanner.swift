package import KafkaClient
private import KafkaFacts
import Transport
private import Value

/// Scans partitions of one cluster, several pieces at a time, within a budget of memory.
package struct LogScanner: Sendable {
    /// How much is read at a time.
    package struct Settings: Sendable {
        /// Connections to each broker.
        package var lanes = 4
        /// Of answers held or under way, all lanes together.
        package var memory = 256 << 20
        /// The largest answer asked for.
        package var maxFetch = 8 << 20
        /// A piece has at least so many offsets.
        package var smallestPiece: Int64 = 200_000

        package init() {}

        /// Each lane has one answer at hand and one on its way, and a frame's room may double while it grows.
        var fetchBytes: Int32 { Int32(clamping: max(64 << 10, min(maxFetch, memory / (lanes * 4)))) }
    }

    private let lanes: [KafkaCluster]
    private let settings: Settings
    private let context: CallContext

    /// `cluster` itself is the first lane; the others are opened here, for ``close()`` to close.
    package init(_ cluster: KafkaCluster, settings: Settings = Settings(), _ context: CallContext) {
        lanes = [cluster] + (1..<max(1, settings.lanes)).map { _ in cluster.lane() }
        self.settings = settings
        self.context = context
    }

    package func close() {
        for lane in lanes.dropFirst() { lane.close() }
    }

    /// Scans spans of partitions; one scan a span, in their order, each as far as it could be read.
    package func scan(_ spans: [ScanSpan]) async -> [PartitionScan] {
        // Few partitions are split, so that each lane has work; many are not.
        let share = max(1, (lanes.count + spans.count - 1) / max(1, spans.count))
        let pieces = spans.map { span in
            let most = max(1, (span.end - span.start) / settings.smallestPiece)
            return span.pieces(min(share == 1 ? 1 : share, Int(clamping: most)))
        }
        let offsets = spans.reduce(Int64(0)) { $0.saturatingSum(max(0, $1.end - $1.start)) }
        context.meter.scans.begin(offsets: offsets, at: context.time.now)
        defer { context.meter.scans.end() }
        let outcomes = await run(pieces)
        var scans: [PartitionScan] = []
        for (pieces, outcomes) in zip(pieces, outcomes) { scans.append(await joined(outcomes, of: pieces)) }
        return scans
    }

    /// Runs all pieces, one a lane at a time.
    private func run(_ pieces: [[ScanSpan]]) async -> [[PieceScan.Outcome]] {
        let work = pieces.enumerated().flatMap { span, pieces in
            pieces.indices.map { (span: span, piece: $0) }
        }
        var outcomes = pieces.map { [PieceScan.Outcome?](repeating: nil, count: $0.count) }
        await withTaskGroup(of: (item: Int, lane: Int, outcome: PieceScan.Outcome).self) { group in
            var next = 0
            func start(lane: Int) {
                guard next < work.count else { return }
                let item = next
                next += 1
                let place = work[item]
                let span = pieces[place.span][place.piece]
                let isFirst = place.piece == 0
                let builder =
                    isFirst && span.follows
                    ? WindowBuilder.skipping(span.rule) : WindowBuilder(span.rule, continues: !isFirst)
                let scan = piece(span, isFirst: isFirst, builder, lane: lane)
                group.addTask {
                    let outcome = await scan.run()
                    return (item, lane, outcome)
                }
            }
            for lane in lanes.indices { start(lane: lane) }
            for await done in group {
                let place = work[done.item]
                outcomes[place.span][place.piece] = done.outcome
                start(lane: done.lane)
            }
        }
        return outcomes.map { $0.compactMap { $0 } }
    }

    private func piece(
        _ span: ScanSpan, isFirst: Bool, _ builder: WindowBuilder, _ chunks: BatchChunks? = nil, lane: Int
    ) -> PieceScan {
        PieceScan(
            span: span, isFirst: isFirst, builder: builder, chunks: chunks, cluster: lanes[lane], context: context,
            maxBytes: settings.fetchBytes)
    }

    /// Joins the pieces of a span, up to the first that could not be read to its end.
    private func joined(_ outcomes: [PieceScan.Outcome], of pieces: [ScanSpan]) async -> PartitionScan {
        var whole = outcomes[0]
        for (piece, outcome) in zip(pieces, outcomes).dropFirst() {
            if outcome.hasLostStart {
                // What the pieces before it had read is gone from the log.
                whole = outcome
                continue
            }
            guard whole.error == nil else { continue }
            whole.append(outcome)
            guard whole.error == nil, whole.next < piece.end else { continue }
            // It stopped where it would have had to keep too much: from here on the windows are known.
            var rest = piece
            rest.start = whole.next
            let sequel = await self.piece(rest, isFirst: false, whole.builder, whole.chunks, lane: 0).run()
            if sequel.hasLostStart {
                whole = sequel
            } else {
                whole.builder = sequel.builder
                whole.chunks = sequel.chunks
                whole.summary.add(sequel.summary)
                whole.next = sequel.next
                whole.error = sequel.error
            }
        }
        await close(&whole, of: pieces)
        return PartitionScan(
            partition: pieces[0].partition, start: whole.start, end: whole.next, windows: whole.builder.finish(),
            summary: whole.summary, startsTorn: whole.startsTorn, chunks: whole.chunks?.chunks, error: whole.error)
    }
}

extension LogScanner {
    /// Reads on to the bound where the scan of what comes after the span begins.
    private func close(_ whole: inout PieceScan.Outcome, of pieces: [ScanSpan]) async {
        let (first, last) = (pieces[0], pieces[pieces.count - 1])
        if first.follows, whole.start > first.start {
            whole.error =
                whole.error
                ?? KafkaError(.changed("records from offset \(first.start) on were removed from the log's start"))
                .with { $0.partition = first.partition }
        }
        guard whole.error == nil, let limit = last.closesBy else { return }
        whole.builder.closeAtNextBound()
        guard !whole.builder.isClosed, last.end < limit else { return }
        var rest = last
        rest.start = last.end
        rest.end = limit
        let sequel = await piece(rest, isFirst: false, whole.builder, lane: 0).run()
        whole.error =
            sequel.hasLostStart
            ? KafkaError(.changed("records from offset \(rest.start) on were removed from the log's start"))
                .with { $0.partition = first.partition }
            : sequel.error
        whole.builder = sequel.builder
    }
}

extension PieceScan.Outcome {
    /// Joins what follows.
    fileprivate mutating func append(_ next: PieceScan.Outcome) {
        builder.append(next.builder)
        if let others = next.chunks { chunks?.append(others) }
        summary.add(next.summary)
        self.next = next.next
        error = next.error
    }
}
