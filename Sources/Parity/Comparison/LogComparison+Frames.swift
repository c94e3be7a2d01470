import KafkaClient
import KafkaFacts
import KafkaRecords
import KafkaWire

extension LogComparison {
    /// What the beginnings of two logs show.
    struct Probe: Sendable {
        /// Whether the batches at the same offsets are the same.
        var isByteCopy = false
        var hasLogAppendTime = false
        var reason = ""
    }

    /// The ends of the logs, in the order in which they have to be read.
    func frames(of pairs: [LogPair]) async -> [Measured<Frame>] {
        let sources = pairs.map(\.source)
        let before = await source.logBounds(of: sources, context)
        let targets = await target.logBounds(of: pairs.map(\.target), context)
        let after = await source.offsets(position, of: sources, context)
        let frames: [Measured<Frame>] = pairs.indices.map { index in
            if let error = before[index].error ?? targets[index].error ?? after[index].error { return .unknown(error) }
            guard let first = before[index].value, let other = targets[index].value,
                let last = after[index].value?.offset
            else { return .unknown(KafkaError(.malformed("no offset"), api: "ListOffsets")) }
            let end = scope.isolation == .readCommitted ? first.stable : first.end
            let isToTheEnd = scope.to.map { $0 > end } ?? (scope.range?.to == nil)
            let start = max(first.start, scope.from ?? 0)
            let cut = min(end, scope.to ?? end)
            guard start <= cut, cut <= last else {
                return .unknown(
                    KafkaError(
                        .changed("no records from offset \(start) to \(cut): the log spans \(first.start)..\(end)")
                    )
                    .with { $0.partition = pairs[index].source })
            }
            return .value(
                Frame(
                    pair: pairs[index], sourceStart: start, targetStart: other.start, cut: cut, sourceEnd: last,
                    targetEnd: scope.isolation == .readCommitted ? other.stable : other.end,
                    sourceIsCut: start > 0, targetIsCut: other.start > 0, sourceLog: start..<last,
                    hidden: isToTheEnd && end < first.end ? end..<first.end : nil))
        }
        guard let range = scope.range else { return frames }
        var cut: [Measured<Frame>] = []
        for frame in frames { cut.append(await self.cut(frame, to: range)) }
        return cut
    }

    /// Says where an open transaction kept records of the source from being compared.
    ///
    /// One that ended meanwhile had not ended when the comparison began, and what it wrote came later. One that is open
    /// still hides whatever others wrote behind it, for as long as it stays open.
    func noteHidden(_ frames: [Measured<Frame>], in comparisons: inout [PartitionComparison]) async {
        let hidden = frames.indices.filter { frames[$0].value?.hidden != nil && comparisons[$0].error == nil }
        guard !hidden.isEmpty else { return }
        let stable = await source.offsets(.stable, of: hidden.map { comparisons[$0].pair.source }, context)
        for (index, now) in zip(hidden, stable) {
            guard let behind = frames[index].value?.hidden else { continue }
            if let error = now.error { comparisons[index].error = error }
            guard let offset = now.value?.offset, offset < behind.upperBound else { continue }
            comparisons[index].error = KafkaError(
                .unsupported(
                    "a transaction is open on the source: records from offset \(offset) to \(behind.upperBound) were not "
                        + "compared")
            )
            .with { $0.partition = comparisons[index].pair.source }
        }
    }

    /// The same logs between two bounds: there nothing may be missing, or be there beside the rest.
    private func cut(_ frame: Measured<Frame>, to range: PairRange) async -> Measured<Frame> {
        guard case .value(var frame) = frame else { return frame }
        let search = BoundSearch(
            source: source, target: target, policy: scope.policy(includesTimestamps: true), isolation: scope.isolation,
            context: context)
        let (log, copy) = (frame.sourceStart..<frame.cut, frame.targetStart..<max(frame.targetStart, frame.targetEnd))
        do throws(KafkaError) {
            if let from = range.from {
                let bound = try await search.find(frame.pair, near: from, slide: range.slide, source: log, target: copy)
                (frame.sourceStart, frame.targetStart) = (bound.source, bound.target)
                (frame.sourceIsCut, frame.targetIsCut, frame.follows) = (false, false, true)
            }
            if let to = range.to {
                let bound = try await search.find(frame.pair, near: to, slide: range.slide, source: log, target: copy)
                (frame.cut, frame.sourceEnd, frame.targetEnd) = (bound.source, bound.source, bound.target)
            }
        } catch {
            return .unknown(error)
        }
        guard frame.sourceStart < frame.cut, frame.targetStart < frame.targetEnd else {
            return .unknown(
                KafkaError(.unsupported("the range is empty on one side: compare without ranges (range=0)"))
                    .with { $0.partition = frame.pair.source })
        }
        return .value(frame)
    }

    private var position: OffsetPosition { scope.isolation == .readCommitted ? .stable : .end }

    /// The starts of both logs now.
    func starts(of pair: LogPair) async -> (source: Int64?, target: Int64?, error: KafkaError?) {
        async let one = source.offsets(.start, of: [pair.source], context)
        async let other = target.offsets(.start, of: [pair.target], context)
        let (source, target) = await (one.first, other.first)
        return (source?.value?.offset, target?.value?.offset, source?.error ?? target?.error)
    }

    /// The ids of both topics of each pair; what cannot be read is like nothing, and changes nothing.
    func topicIDs(of pairs: [LogPair]) async -> [[KafkaUUID]] {
        let sources = await topicIDs(source, Set(pairs.map(\.source.topic)))
        let targets = await topicIDs(target, Set(pairs.map(\.target.topic)))
        return pairs.map { [sources[$0.source.topic] ?? .zero, targets[$0.target.topic] ?? .zero] }
    }

    private func topicIDs(_ cluster: KafkaCluster, _ names: Set<String>) async -> [String: KafkaUUID] {
        do throws(KafkaError) {
            var ids: [String: KafkaUUID] = [:]
            for topic in try await cluster.topics(names.sorted(), context) {
                ids[topic.name] = topic.metadata.value?.topicID
            }
            return ids
        } catch {
            return [:]
        }
    }

    /// Looks at the first batches that both logs could have at the same offsets.
    func probe(_ frames: [Frame]) async -> [Probe] {
        let offsets = frames.map { max($0.sourceStart, $0.targetStart) }
        let sourceEnds = frames.map(\.cut)
        let targetEnds = frames.map(\.targetEnd)
        async let ofSource = batches(of: frames.map(\.pair.source), from: offsets, to: sourceEnds, in: source)
        async let ofTarget = batches(of: frames.map(\.pair.target), from: offsets, to: targetEnds, in: target)
        let sources = await ofSource
        let targets = await ofTarget
        return frames.indices.map { Self.probe(sources[$0], targets[$0]) }
    }

    /// The first batches of each partition from an offset on; none where its log ends before.
    private func batches(
        of partitions: [TopicPartition], from offsets: [Int64], to ends: [Int64], in cluster: KafkaCluster
    ) async -> [[StoredBatch]] {
        var bounds = KafkaCluster.FetchBounds()
        bounds.maxBytes = 64 << 10
        bounds.maxWaitMs = 0
        var found = partitions.map { _ in [StoredBatch]() }
        var open = partitions.indices.filter { offsets[$0] < ends[$0] }
        while !open.isEmpty {
            let parts = await cluster.fetch(
                open.map { (partitions[$0], offsets[$0]) }, isolation: scope.isolation, bounds: bounds, context)
            var silent: [Int] = []
            for (index, part) in zip(open, parts) {
                guard case .value(let part) = part else { continue }
                var cursor = BatchCursor(part.records)
                // What cannot be read here is found, and told, by the scan.
                while found[index].count < 16, let batch = try? cursor.next() { found[index].append(batch) }
                if found[index].isEmpty { silent.append(index) }
            }
            // The first batches alone may fill an answer: the partitions after them are asked about again.
            guard silent.count < open.count else { break }
            open = silent
        }
        return found
    }

    private static func probe(_ source: [StoredBatch], _ target: [StoredBatch]) -> Probe {
        var probe = Probe()
        probe.hasLogAppendTime = target.contains { $0.timestampType == .logAppendTime }
        let pairs = zip(source, target)
        guard !source.isEmpty, !target.isEmpty else {
            probe.reason = "the logs have no offsets in common"
            return probe
        }
        if let other = pairs.first(where: { $0.digested != $1.digested }) {
            let offset = other.0.baseOffset ?? other.0.lastOffset
            probe.reason = "the batches differ from offset \(offset) of the source on"
            return probe
        }
        probe.isByteCopy = true
        probe.reason = "the batches at the same offsets are the same"
        return probe
    }
}
