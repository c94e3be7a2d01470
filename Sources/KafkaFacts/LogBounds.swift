package import KafkaClient
private import KafkaRecords
private import KafkaWire
private import Transport

/// The ends of a partition's log.
package struct LogBounds: Hashable, Sendable {
    package let start: Int64
    /// The last stable offset.
    package let stable: Int64
    /// The high watermark.
    package let end: Int64
    /// Whether Fetch said the same; without READ on the topic it cannot be asked.
    package let isEndConfirmed: Bool
}

extension KafkaCluster {
    /// The start, the last stable offset and the high watermark of each partition, in their order.
    ///
    /// The end comes from two sources: there are brokers whose ListOffsets is wrong about batches of several records,
    /// and an end that is too low would make any lag look small. Fetch, which confirms it, has the other two as well;
    /// only where it may not be asked they come from ListOffsets.
    package func logBounds(of partitions: [TopicPartition], _ context: CallContext) async -> [Measured<LogBounds>] {
        let ends = await offsets(.end, of: partitions, context)
        let known = partitions.indices.filter { ends[$0].value != nil }
        let fetched = await fetchEnds(known.map { (partitions[$0], ends[$0].value?.offset ?? 0) }, context)
        var bounds: [Measured<LogBounds>?] = ends.map { end in end.error.map { .unknown($0) } }
        var grown: [Int] = []
        for (index, answer) in zip(known, fetched) {
            let end = ends[index].value?.offset ?? 0
            switch answer {
            case .value(let part) where part.highWatermark < end:
                bounds[index] = .unknown(Self.disagreement(end, part.highWatermark))
            case .value(let part) where part.highWatermark == end: bounds[index] = Self.bounds(part, end: end)
            case .value: grown.append(index)
            case .unknown(let error) where error.errorClass == .acl: break
            case .unknown(let error): bounds[index] = .unknown(error)
            }
        }
        if !grown.isEmpty {
            let parts = Dictionary(zip(known, fetched)) { first, _ in first }
            // Records came in between, or ListOffsets is behind: asked again, it must have come up with Fetch.
            let again = await offsets(.end, of: grown.map { partitions[$0] }, context)
            for (index, answer) in zip(grown, again) {
                guard let part = parts[index]?.value else { continue }
                switch answer {
                case .value(let fact) where (fact.offset ?? -1) >= part.highWatermark:
                    bounds[index] = Self.bounds(part, end: fact.offset ?? part.highWatermark)
                case .value(let fact):
                    bounds[index] = .unknown(Self.disagreement(fact.offset ?? -1, part.highWatermark))
                case .unknown(let error): bounds[index] = .unknown(error)
                }
            }
        }
        let rest = partitions.indices.filter { bounds[$0] == nil }
        let listed = await listedBounds(of: rest.map { partitions[$0] }, context)
        for (index, found) in zip(rest, listed) { bounds[index] = found }
        return zip(partitions, bounds).map { partition, bounds in
            switch bounds {
            case .value(let bounds): .value(bounds)
            case .unknown(let error): .unknown(error.with { $0.partition = partition })
            case nil:
                .unknown(KafkaError(.malformed("no offset"), api: "ListOffsets").with { $0.partition = partition })
            }
        }
    }

    /// What Fetch says of logs of which it is given the ends, and no records.
    private func fetchEnds(
        _ ends: [(TopicPartition, Int64)], _ context: CallContext
    ) async -> [Measured<FetchedPart>] {
        guard !ends.isEmpty else { return [] }
        var bounds = FetchBounds()
        bounds.maxBytes = 1
        bounds.maxWaitMs = 0
        bounds.minBytes = 0
        return await fetch(ends, isolation: .readCommitted, bounds: bounds, context)
    }

    /// Nil where the broker does not say (-1).
    private static func bounds(_ part: FetchedPart, end: Int64) -> Measured<LogBounds>? {
        guard part.logStartOffset >= 0, part.lastStableOffset >= 0 else { return nil }
        return bounds(part.logStartOffset, part.lastStableOffset, end, isEndConfirmed: true, api: "Fetch")
    }

    /// By ListOffsets alone: the end last, so that nothing is past it.
    private func listedBounds(
        of partitions: [TopicPartition], _ context: CallContext
    ) async -> [Measured<LogBounds>] {
        guard !partitions.isEmpty else { return [] }
        async let starts = offsets(.start, of: partitions, context)
        async let stables = offsets(.stable, of: partitions, context)
        let (start, stable) = await (starts, stables)
        let end = await offsets(.end, of: partitions, context)
        return partitions.indices.map { index in
            if let error = start[index].error ?? stable[index].error ?? end[index].error { return .unknown(error) }
            guard let first = start[index].value?.offset, let stable = stable[index].value?.offset,
                let last = end[index].value?.offset
            else { return .unknown(KafkaError(.malformed("no offset"), api: "ListOffsets")) }
            return Self.bounds(first, stable, last, isEndConfirmed: false, api: "ListOffsets")
        }
    }

    private static func bounds(
        _ start: Int64, _ stable: Int64, _ end: Int64, isEndConfirmed: Bool, api: String
    ) -> Measured<LogBounds> {
        guard start <= stable, stable <= end else {
            return .unknown(
                KafkaError(
                    .malformed("start offset \(start), stable offset \(stable), end offset \(end) are out of order"),
                    api: api))
        }
        return .value(LogBounds(start: start, stable: stable, end: end, isEndConfirmed: isEndConfirmed))
    }

    private static func disagreement(_ listed: Int64, _ fetched: Int64) -> KafkaError {
        KafkaError(
            .malformed("ListOffsets gives \(listed) as the end, Fetch \(fetched): the broker contradicts itself"))
    }
}
