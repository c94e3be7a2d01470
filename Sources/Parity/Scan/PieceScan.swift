import KafkaClient
import KafkaFacts
import KafkaRecords
import KafkaWire
import Transport

/// Reads one piece of a partition's log: while a response is digested the next one is on its way.
struct PieceScan: Sendable {
    let span: ScanSpan
    /// Whether nothing of the same log comes before it.
    let isFirst: Bool
    /// What its windows are added to.
    let builder: WindowBuilder
    /// What its batches are added to; nil: new ones, where the span asks for any.
    var chunks: BatchChunks?
    let cluster: KafkaCluster
    let context: CallContext
    /// The largest response asked for.
    let maxBytes: Int32

    /// What came of it.
    struct Outcome: Sendable {
        var builder: WindowBuilder
        var summary = ScanSummary()
        var chunks: BatchChunks?
        var start: Int64
        /// Where it stopped.
        var next: Int64
        var error: KafkaError?
        /// Records were removed up to its start: what lies before it is gone, too.
        var hasLostStart = false
        /// Whether the first batch, taken whole, began before the span.
        var startsTorn = false
    }

    /// One answer and how long it was waited for.
    private typealias Answer = (offset: Int64, part: KafkaClient.Measured<FetchedPart>)

    func run() async -> Outcome {
        var state = State(span: span, isFirst: isFirst, builder: builder, chunks: chunks)
        var bounds = KafkaCluster.FetchBounds()
        bounds.maxBytes = min(2 << 20, maxBytes)
        await withTaskGroup(of: Answer.self) { group in
            func ask(_ offset: Int64) {
                let bounds = bounds
                group.addTask { await fetch(offset, bounds) }
            }
            if span.start < span.end { ask(span.start) }
            var clock = ContinuousClock.now
            while let answer = await group.next() {
                let waited = clock.duration(to: .now)
                clock = .now
                guard case .value(let part) = answer.part else {
                    guard let error = answer.part.error, let next = await restart(after: error, &state) else { break }
                    ask(next)
                    continue
                }
                // From the headers alone it is known where to go on: the broker works while this side decodes.
                let ahead = Self.nextOffset(part, from: answer.offset, to: span.end)
                if let ahead { ask(ahead) }
                let before = state.standing
                let outcome = state.take(part, at: answer.offset)
                tell(state.standing, since: before)
                switch outcome {
                case .over:
                    group.cancelAll()
                    return
                case .proceed(let next):
                    if next == ahead { break }
                    if ahead != nil { _ = await group.next() }
                    ask(next)
                case .again(let next, let needed):
                    if ahead != nil { _ = await group.next() }
                    if needed > Int(bounds.maxBytes) { bounds.maxBytes = Int32(clamping: needed) }
                    ask(next)
                case .empty(let next):
                    guard await state.pause(context) else {
                        state.fail(KafkaError(Task.isCancelled ? .cancelled : .deadline, api: "Fetch"))
                        return
                    }
                    ask(next)
                }
                // Where the answer is waited for longer than it takes to digest, larger ones make up for the way.
                let worked = clock.duration(to: .now)
                if waited > worked * 2, waited > .milliseconds(20), !part.records.isEmpty {
                    bounds.maxBytes = min(maxBytes, bounds.maxBytes.multipliedReportingOverflow(by: 2).partialValue)
                }
                clock = .now
            }
        }
        return state.outcome
    }

    /// Tells whoever watches what an answer had in it.
    private func tell(_ now: Standing, since before: Standing) {
        context.meter.scans.add(
            offsets: now.next - before.next, records: now.records - before.records, bytes: now.bytes - before.bytes)
    }

    /// How far a scan is: not its windows, which would be copied by being looked at.
    private struct Standing {
        let next: Int64
        let records: Int64
        let bytes: Int64
    }

    private func fetch(_ offset: Int64, _ bounds: KafkaCluster.FetchBounds) async -> Answer {
        let answers = await cluster.fetch(
            [(span.partition, offset)], isolation: span.isolation, bounds: bounds, context)
        return (offset, answers.first ?? .unknown(KafkaError(.cancelled)))
    }

    /// Where the next fetch begins, if this answer has at least one whole batch and does not reach the end.
    private static func nextOffset(_ part: FetchedPart, from offset: Int64, to end: Int64) -> Int64? {
        var cursor = BatchCursor(part.records)
        var next = offset
        do throws(RecordsError) {
            while let batch = try cursor.next() { next = max(next, batch.nextOffset) }
        } catch {
            return nil
        }
        return next > offset && next < end ? next : nil
    }

    /// After an error: where to go on, or nil where that is the end.
    private func restart(after error: KafkaError, _ state: inout State) async -> Int64? {
        // From the last record that was verified: what was read before it need not be read again.
        if error.isOutage, await state.endure(context) { return state.outcome.next }
        guard case .broker(.offsetOutOfRange, _) = error.reason else {
            state.fail(error)
            return nil
        }
        // Retention has removed what was to be read next, or the log was truncated.
        let found = await cluster.offsets(.start, of: [span.partition], context).first
        guard let start = found?.value?.offset else {
            state.fail(found?.error ?? error)
            return nil
        }
        guard start > state.outcome.next, start < span.end else {
            state.fail(
                start >= span.end
                    ? KafkaError(.changed("all records of the span were removed while it was read"), api: "Fetch")
                    : KafkaError(
                        .changed("offset \(state.outcome.next) is out of range: the log was truncated"), api: "Fetch"))
            return nil
        }
        state.loseStart(start)
        return start
    }
}

extension PieceScan {
    /// What is known so far.
    private struct State {
        private let span: ScanSpan
        private let isFirst: Bool
        private(set) var outcome: Outcome
        private var digester: RecordDigester
        private let reader = RecordReader()
        /// Reused from answer to answer.
        private var records: [DigestedRecord] = []
        private var pauses = Backoff()
        /// Since when no answer has come from a broker that answered before.
        private var outage: (since: ContinuousClock.Instant, pauses: Backoff)?
        private var emptyAnswers = 0
        private var corruptAnswers = 0
        private var tornAnswers = 0

        enum Next {
            case proceed(Int64)
            /// The same offset again, with room for so many bytes.
            case again(Int64, needed: Int)
            case empty(Int64)
            case over
        }

        init(span: ScanSpan, isFirst: Bool, builder: WindowBuilder, chunks: BatchChunks?) {
            self.span = span
            self.isFirst = isFirst
            outcome = Outcome(builder: builder, start: span.start, next: span.start)
            outcome.chunks = chunks ?? span.chunk.map { BatchChunks(size: $0) }
            if case .records(let policy) = span.unit {
                digester = RecordDigester(policy)
            } else {
                digester = RecordDigester()
            }
        }

        var standing: Standing {
            Standing(next: outcome.next, records: outcome.summary.records, bytes: outcome.summary.wireBytes)
        }

        mutating func fail(_ error: KafkaError) {
            outcome.error = error.with { $0.partition = $0.partition ?? span.partition }
        }

        mutating func loseStart(_ start: Int64) {
            outcome = Outcome(builder: WindowBuilder(span.rule), start: start, next: start)
            outcome.hasLostStart = true
        }

        mutating func pause(_ context: CallContext) async -> Bool { await pauses.wait(context) }

        /// How long a broker may be away, or a partition be without a leader: some restart in that time.
        private static let patience = Duration.seconds(60)

        /// Waits for a broker that was there before; false where it never was, or has been away for too long.
        mutating func endure(_ context: CallContext) async -> Bool {
            guard outcome.next > outcome.start else { return false }
            var outage = outage ?? (context.time.now, Backoff())
            guard outage.since.duration(to: context.time.now) < Self.patience else { return false }
            defer { self.outage = outage }
            return await outage.pauses.wait(context)
        }

        mutating func take(_ part: FetchedPart, at offset: Int64) -> Next {
            outage = nil
            let visible = span.isolation == .readCommitted ? part.lastStableOffset : part.highWatermark
            guard !part.records.isEmpty else { return empty(at: offset, visible: visible) }
            records.removeAll(keepingCapacity: true)
            var summary = ScanSummary()
            let next: Int64
            do throws(RecordsError) {
                switch span.unit {
                case .records: next = try digestRecords(part, at: offset, &summary)
                case .batches: next = try digestBatches(part, at: offset, &summary)
                }
            } catch {
                // A batch damaged on the way arrives whole the second time; one damaged on disk does not.
                corruptAnswers += 1
                if corruptAnswers < 2 { return .again(offset, needed: 0) }
                keep(summary)
                if let last = records.last { outcome.next = last.offset + 1 }
                fail(KafkaError(error))
                return .over
            }
            guard next > offset else {
                // Part of one batch (before KIP-74): again with more room, but not for ever.
                tornAnswers += 1
                guard tornAnswers < 4, part.records.count < 64 << 20 else {
                    fail(KafkaError(.malformed("no whole batch at offset \(offset)"), api: "Fetch"))
                    return .over
                }
                return .again(offset, needed: max(1 << 20, part.records.count) * 4)
            }
            keep(summary)
            outcome.next = next
            emptyAnswers = 0
            corruptAnswers = 0
            tornAnswers = 0
            if outcome.builder.isUnbounded || outcome.builder.isClosed { return .over }
            return next < span.end ? .proceed(next) : .over
        }

        private mutating func keep(_ summary: ScanSummary) {
            outcome.summary.add(summary)
            outcome.builder.add(records)
        }

        private mutating func empty(at offset: Int64, visible: Int64) -> Next {
            if visible < span.end {
                fail(
                    KafkaError(
                        .changed("the log ends at \(visible), \(span.end) was its end before: it was truncated"),
                        api: "Fetch"))
                return .over
            }
            emptyAnswers += 1
            guard emptyAnswers < 5 else {
                fail(KafkaError(.unsupported("the broker sends nothing more from offset \(offset) on"), api: "Fetch"))
                return .over
            }
            return .empty(offset)
        }

        private mutating func digestRecords(
            _ part: FetchedPart, at offset: Int64, _ summary: inout ScanSummary
        ) throws(RecordsError) -> Int64 {
            let fetched = part.records(from: offset, to: span.end, isolation: span.isolation)
            var seen = ScanSummary()
            // Also of an answer that turns out to be damaged: those before it are sound.
            defer {
                seen.records = Int64(records.count)
                summary = seen
            }
            let read = try reader.digest(fetched, with: &digester, into: &records) { seen.take($0) }
            seen.controlRecords = Int64(read.controlRecords)
            seen.abortedRecords = Int64(read.abortedRecords)
            return read.nextOffset
        }

        private mutating func digestBatches(
            _ part: FetchedPart, at offset: Int64, _ summary: inout ScanSummary
        ) throws(RecordsError) -> Int64 {
            var cursor = BatchCursor(part.records)
            var next = offset
            // Kept once the whole answer has been read: a damaged one is fetched again.
            var chunks = outcome.chunks
            while let batch = try cursor.next() {
                let base = batch.baseOffset ?? batch.lastOffset
                guard base < span.end else {
                    outcome.chunks = chunks
                    return span.end
                }
                next = max(next, batch.nextOffset)
                // One that begins before the span is the business of the piece before, which has it whole.
                guard base >= span.start || isFirst else { continue }
                if base < span.start { outcome.startsTorn = true }
                try batch.verifyChecksum()
                summary.take(batch)
                if !batch.isControl { summary.records += Int64(batch.recordCount ?? 0) }
                records.append(batch.digested)
                chunks?.add(batch)
            }
            outcome.chunks = chunks
            return next
        }
    }
}

extension ScanSummary {
    fileprivate mutating func take(_ batch: StoredBatch) {
        batches += 1
        wireBytes += Int64(batch.sizeInBytes)
        if batch.timestampType == .logAppendTime { hasLogAppendTime = true }
        if batch.magic < 2 { hasLegacyFormat = true }
    }
}

extension StoredBatch {
    /// What two copies of a batch have in common, to the byte: where it is, how many records, and their checksum.
    var digested: DigestedRecord {
        let base = baseOffset ?? lastOffset
        let words = [
            UInt64(bitPattern: base), UInt64(bitPattern: lastOffset), UInt64(bitPattern: Int64(recordCount ?? -1)),
            UInt64(crc), UInt64(sizeInBytes),
        ]
        return DigestedRecord(
            offset: lastOffset, digest: RecordDigester.digest(of: words), size: sizeInBytes,
            count: isControl ? 0 : Int32(clamping: recordCount ?? 0))
    }
}

extension KafkaError {
    /// Whether nobody was there to answer, who may be there later.
    fileprivate var isOutage: Bool {
        guard deservesRetry(after: 1) else { return false }
        return switch reason {
        case .transport, .hungUp, .requestTimeout, .leaderless, .broker(.leaderNotAvailable, _): true
        default: false
        }
    }

    /// Stored records that cannot be read.
    init(_ error: RecordsError) {
        let reason: KafkaError.Reason =
            switch error.kind {
            case .limit: .limit("\(error)")
            case .unsupported: .unsupported("\(error)")
            case .checksum, .malformed, .overflow:
                .corrupt(error.kind.rawValue, baseOffset: error.baseOffset, "\(error)")
            }
        self.init(reason, api: "Fetch")
    }
}
