package import KafkaRecords

/// Cuts a partition's digests into windows as they come.
///
/// A log that is read in pieces has one builder a piece. What a piece holds before its first bound belongs to a window
/// that began in the piece before: it is kept as digests until ``append(_:)`` joins the two.
package struct WindowBuilder: Sendable {
    package let rule: WindowRule
    /// Those that are closed.
    package private(set) var windows: [Window] = []
    /// What came before the first bound, where that belongs to an earlier window; nil for the first piece.
    private var head: Fragment?
    private var isInHead: Bool
    /// Whether what comes up to the first bound belongs to windows that somebody else has.
    private var isSkipping = false
    private var isClosing = false
    /// Whether the last window that was asked for has come to its bound: what comes after it is left out.
    package private(set) var isClosed = false
    private var open = Fragment()

    /// Digests of a window that is not closed.
    private struct Fragment: Sendable {
        var digests: [RecordDigest] = []
        /// Kept for a head only, which may yet have to be cut.
        var offsets: [Int64] = []
        var sizes: [Int32] = []
        var counts: [Int32] = []
        var firstOffset: Int64 = 0
        var lastOffset: Int64 = 0
        var bytes: Int64 = 0
        var records: Int64 = 0

        @inline(__always)
        mutating func take(_ record: DigestedRecord) {
            if isEmpty { firstOffset = record.offset }
            digests.append(record.digest)
            lastOffset = record.offset
            bytes += Int64(record.size)
            records += Int64(record.count)
        }

        var count: Int { digests.count }
        var isEmpty: Bool { digests.isEmpty }

        var closed: Window {
            Window(
                firstOffset: firstOffset, lastOffset: lastOffset, count: records, bytes: bytes,
                digest: RecordDigester.digest(of: digests))
        }

        mutating func clear() {
            digests.removeAll(keepingCapacity: true)
            offsets.removeAll(keepingCapacity: true)
            sizes.removeAll(keepingCapacity: true)
            counts.removeAll(keepingCapacity: true)
            bytes = 0
            records = 0
        }
    }

    /// `continues`: whether the piece follows another one.
    package init(_ rule: WindowRule = .records, continues: Bool = false) {
        self.rule = rule
        isInHead = continues
        head = continues ? Fragment() : nil
    }

    /// A builder for a log of which the beginning is scanned elsewhere: up to the first bound that follows from content
    /// all is left out, as the scan of what comes before reads on to there.
    package static func skipping(_ rule: WindowRule = .records) -> WindowBuilder {
        var builder = WindowBuilder(rule)
        builder.isSkipping = true
        return builder
    }

    /// Leaves out what comes after the next bound that follows from content.
    ///
    /// That is where a scan of what comes next begins. Nothing is taken any more where none has begun so far: then the
    /// scan that came before reads on through all of this one.
    package mutating func closeAtNextBound() {
        isClosing = true
        isClosed = isSkipping
    }

    /// Whether a continuing piece has come to no bound within the limit.
    ///
    /// All of it would have to be kept until the pieces are joined. Better to stop there, and to go on once they are.
    package var isUnbounded: Bool { isInHead && open.count > rule.limit }

    @inline(__always)
    package mutating func add(_ record: DigestedRecord) {
        guard !isSkipping, !isClosed else {
            if rule.ends(at: record.digest) { isSkipping = false }
            return
        }
        open.take(record)
        if isInHead {
            open.offsets.append(record.offset)
            open.sizes.append(record.size)
            open.counts.append(record.count)
            guard rule.ends(at: record.digest) else { return }
            head = open
            open = Fragment()
            isInHead = false
            return
        }
        let isBound = rule.ends(at: record.digest)
        if isBound || open.count == rule.limit { close() }
        if isBound, isClosing { isClosed = true }
    }

    package mutating func add(_ records: [DigestedRecord]) {
        var rest = records[...]
        while isInHead || isSkipping || isClosing, let record = rest.popFirst() { add(record) }
        // The open window is at hand here, rather than a part of this that each record would look for anew.
        var open = Fragment()
        swap(&open, &self.open)
        for record in rest {
            open.take(record)
            guard rule.ends(at: record.digest) || open.count == rule.limit else { continue }
            windows.append(open.closed)
            open.clear()
        }
        swap(&open, &self.open)
    }

    /// Joins the piece that follows.
    package mutating func append(_ next: WindowBuilder) {
        // A piece without any bound is all head.
        guard let first = next.isInHead ? next.open : next.head else { return }
        for index in 0..<first.count {
            add(
                DigestedRecord(
                    offset: first.offsets[index],
                    digest: first.digests[index], size: Int(first.sizes[index]), count: first.counts[index]))
        }
        guard !next.isInHead else { return }
        windows += next.windows
        open = next.open
    }

    /// All windows, the last one ending with the log.
    package mutating func finish() -> [Window] {
        if !open.isEmpty { close() }
        return windows
    }

    private mutating func close() {
        windows.append(open.closed)
        open.clear()
    }
}

extension [Window] {
    /// The digest of the whole: of the windows' digests and counts, in their order.
    package var digest: RecordDigest {
        RecordDigester.digest(of: flatMap { [$0.digest.low, $0.digest.high, UInt64(bitPattern: $0.count)] })
    }

    package var recordCount: Int64 { reduce(0) { $0 + $1.count } }
    package var byteCount: Int64 { reduce(0) { $0 + $1.bytes } }
}
