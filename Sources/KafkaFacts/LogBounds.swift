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
    /// and an end that is too low would make any lag look small.
    package func logBounds(of partitions: [TopicPartition], _ context: CallContext) async -> [Measured<LogBounds>] {
        async let starts = offsets(.start, of: partitions, context)
        async let stables = offsets(.stable, of: partitions, context)
        let (start, stable) = await (starts, stables)
        let end = await offsets(.end, of: partitions, context)
        var bounds = partitions.indices.map { Self.bounds(start[$0], stable[$0], end[$0]) }
        await confirmEnds(of: partitions, &bounds, context)
        return zip(partitions, bounds).map { partition, bounds in
            guard case .unknown(let error) = bounds else { return bounds }
            return .unknown(error.with { $0.partition = partition })
        }
    }

    private static func bounds(
        _ start: Measured<OffsetFact>, _ stable: Measured<OffsetFact>, _ end: Measured<OffsetFact>
    ) -> Measured<LogBounds> {
        if let error = start.error ?? stable.error ?? end.error { return .unknown(error) }
        guard let first = start.value?.offset, let stable = stable.value?.offset, let last = end.value?.offset else {
            return .unknown(KafkaError(.malformed("no offset"), api: "ListOffsets"))
        }
        guard first <= stable, stable <= last else {
            return .unknown(
                KafkaError(
                    .malformed("start offset \(first), stable offset \(stable), end offset \(last) are out of order"),
                    api: "ListOffsets"))
        }
        return .value(LogBounds(start: first, stable: stable, end: last, isEndConfirmed: false))
    }

    private func confirmEnds(
        of partitions: [TopicPartition], _ bounds: inout [Measured<LogBounds>], _ context: CallContext
    ) async {
        let known = bounds.indices.filter { bounds[$0].value != nil }
        guard !known.isEmpty else { return }
        var fetchBounds = FetchBounds()
        fetchBounds.maxBytes = 1
        fetchBounds.maxWaitMs = 0
        fetchBounds.minBytes = 0
        let positions = known.compactMap { index in bounds[index].value.map { (partitions[index], $0.end) } }
        let answers = await fetch(positions, isolation: .readUncommitted, bounds: fetchBounds, context)
        var grown: [Int] = []
        for (index, answer) in zip(known, answers) {
            guard let found = bounds[index].value else { continue }
            switch answer {
            case .value(let part) where part.highWatermark == found.end:
                bounds[index] = .value(Self.confirmed(found))
            case .value(let part) where part.highWatermark < found.end:
                bounds[index] = .unknown(Self.disagreement(found.end, part.highWatermark))
            case .value: grown.append(index)
            case .unknown(let error) where error.errorClass == .acl: break
            case .unknown(let error): bounds[index] = .unknown(error)
            }
        }
        guard !grown.isEmpty else { return }
        // Records came in between, or ListOffsets is behind: asked again, it must have come up with Fetch.
        let again = await offsets(.end, of: grown.map { partitions[$0] }, context)
        for (index, answer) in zip(grown, again) {
            guard let found = bounds[index].value, let position = known.firstIndex(of: index),
                let fetched = answers[position].value?.highWatermark
            else { continue }
            switch answer {
            case .value(let fact) where (fact.offset ?? -1) >= fetched:
                bounds[index] = .value(Self.confirmed(found, end: fact.offset ?? found.end))
            case .value(let fact):
                bounds[index] = .unknown(Self.disagreement(fact.offset ?? -1, fetched))
            case .unknown(let error): bounds[index] = .unknown(error)
            }
        }
    }

    private static func confirmed(_ bounds: LogBounds, end: Int64? = nil) -> LogBounds {
        LogBounds(start: bounds.start, stable: bounds.stable, end: end ?? bounds.end, isEndConfirmed: true)
    }

    private static func disagreement(_ listed: Int64, _ fetched: Int64) -> KafkaError {
        KafkaError(
            .malformed("ListOffsets gives \(listed) as the end, Fetch \(fetched): the broker contradicts itself"))
    }
}
