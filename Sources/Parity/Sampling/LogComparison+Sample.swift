import KafkaClient
import KafkaFacts
import KafkaRecords

extension LogComparison {
    /// Compares some records of each pair, drawn by lot.
    ///
    /// None bad of n says that fewer than 3/n are, at 95 %. It says nothing of what the target has beside them.
    /// `centres`: offsets of the source, such as commits, around which a part of them is drawn.
    package func compareSamples(
        _ pairs: [LogPair], count: Int, seed: UInt64, around centres: [Int64] = []
    ) async -> [PartitionComparison] {
        let probes: [Probe]
        let frames = await self.frames(of: pairs)
        probes = await probe(frames.compactMap(\.value))
        var rest = probes[...]
        var comparisons: [PartitionComparison] = []
        for (pair, frame) in zip(pairs, frames) {
            var comparison = PartitionComparison(pair)
            comparison.method = .sample
            comparison.reason = "asked for"
            do throws(KafkaError) {
                switch frame {
                case .unknown(let error): throw error
                case .value(let frame):
                    let probe = rest.popFirst()
                    try await compareSample(
                        frame, (count, seed, centres), setsTimestamps: probe?.hasLogAppendTime ?? false, &comparison)
                }
            } catch {
                comparison.error = error
            }
            comparisons.append(comparison)
        }
        await noteHidden(frames, in: &comparisons)
        return comparisons
    }

    private func compareSample(
        _ frame: Frame, _ draw: (count: Int, seed: UInt64, centres: [Int64]), setsTimestamps: Bool,
        _ comparison: inout PartitionComparison
    ) async throws(KafkaError) {
        let policy = scope.policy(includesTimestamps: !setsTimestamps)
        comparison.comparesTimestamps = policy.includesTimestamps
        if !scope.comparesTimestamps { comparison.timestampReason = "not asked for" }
        if setsTimestamps { comparison.timestampReason = "the target sets its own (LogAppendTime)" }
        let search = PositionSearch(
            source: source, target: target, isolation: scope.isolation, ignoredHeaders: scope.ignoredHeaders, context)
        let offsets = SamplePlan.offsets(
            from: frame.sourceStart, to: frame.cut, count: draw.count, seed: draw.seed, around: draw.centres)
        let findings = try await search.samples(
            frame.pair, at: offsets, source: .init(start: frame.sourceStart, end: frame.cut),
            target: .init(start: frame.targetStart, end: frame.targetEnd), policy)
        comparison.source = PartitionComparison.Side(start: frame.sourceStart, end: frame.cut)
        comparison.target = PartitionComparison.Side(start: frame.targetStart, end: frame.targetEnd)
        comparison.sample = PartitionComparison.Sample(
            drawn: offsets.count, seed: draw.seed, centres: Set(draw.centres).count)
        comparison.result = ComparisonResult(findings)
    }
}
