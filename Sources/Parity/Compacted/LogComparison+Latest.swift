import KafkaClient
import KafkaFacts
import KafkaRecords

extension LogComparison {
    /// The most keys kept of a log at a time.
    private static let mostKeys = 500_000

    /// Compares compacted topics: what each key stands for at the cut.
    ///
    /// Cleaners run on their own on each side, so which older records are still there says nothing. `mayLose`: whether
    /// retention removes records as well.
    package func compareLatest(_ pairs: [LogPair], mayLose: Bool) async -> [PartitionComparison] {
        let before = await topicIDs(of: pairs)
        var comparisons: [PartitionComparison] = []
        let frames = await frames(of: pairs)
        for (pair, frame) in zip(pairs, frames) {
            var comparison = PartitionComparison(pair)
            comparison.method = .latest
            comparison.reason = "a topic is compacted: the latest record of each key counts"
            do throws(KafkaError) {
                switch frame {
                case .unknown(let error): throw error
                case .value(let frame): try await compareLatest(frame, mayLose: mayLose, &comparison)
                }
            } catch {
                comparison.error = error
            }
            comparisons.append(comparison)
        }
        await noteHidden(frames, in: &comparisons)
        let after = await topicIDs(of: pairs)
        for index in comparisons.indices where before[index] != after[index] {
            comparisons[index].result = nil
            comparisons[index].error = KafkaError(.changed("a topic was made anew while it was compared"))
        }
        return comparisons
    }

    /// What is found on one log in one pass.
    private struct Pass {
        var kept: LatestRecords
        var hasLogAppendTime = false
        var isFull = false
        var bytes: Int64 = 0
    }

    private func compareLatest(
        _ frame: Frame, mayLose: Bool, _ comparison: inout PartitionComparison
    ) async throws(KafkaError) {
        var rules = LatestComparison.Rules()
        rules.comparesTimestamps = scope.comparesTimestamps
        rules.sourceLost = mayLose && frame.sourceIsCut ? frame.sourceStart : 0
        rules.targetLost = mayLose && frame.targetIsCut ? frame.targetStart : 0
        comparison.timestampReason = scope.comparesTimestamps ? nil : "not asked for"
        var share = LatestRecords.Share()
        var result = LatestComparison()
        var keyless: Int64 = 0
        while share.index < share.count {
            let ofTarget = try await pass(
                target, frame.pair.target, frame.targetStart..<frame.targetEnd, share)
            let ofSource = try await pass(source, frame.pair.source, frame.sourceStart..<frame.cut, share)
            let later = try await pass(source, frame.pair.source, frame.cut..<frame.sourceEnd, share)
            if ofTarget.isFull || ofSource.isFull || later.isFull {
                // Smaller shares, from the first one on: what was found by the larger ones is found again.
                guard share.count < 4096 else { throw KafkaError(.limit("too many keys to compare")) }
                share = LatestRecords.Share(of: share.count * 4)
                result = LatestComparison()
                continue
            }
            if ofTarget.hasLogAppendTime, rules.comparesTimestamps {
                rules.comparesTimestamps = false
                comparison.timestampReason = "the target sets its own (LogAppendTime)"
                if share.index > 0 {
                    share.index = 0
                    result = LatestComparison()
                    continue
                }
            }
            result.add(source: ofSource.kept, later: later.kept, target: ofTarget.kept, rules)
            keyless = ofSource.kept.keyless + ofTarget.kept.keyless
            comparison.source = PartitionComparison.Side(
                start: frame.sourceStart, end: frame.cut, records: ofSource.kept.records, bytes: ofSource.bytes)
            comparison.target = PartitionComparison.Side(
                start: frame.targetStart, end: frame.targetEnd, records: ofTarget.kept.records, bytes: ofTarget.bytes)
            share.index += 1
        }
        comparison.comparesTimestamps = rules.comparesTimestamps
        comparison.result = ComparisonResult(result, keyless: keyless)
    }

    private func pass(
        _ cluster: KafkaCluster, _ partition: TopicPartition, _ offsets: Range<Int64>, _ share: LatestRecords.Share
    ) async throws(KafkaError) -> Pass {
        var pass = Pass(kept: LatestRecords(share))
        guard !offsets.isEmpty else { return pass }
        let policy = scope.policy(includesTimestamps: true)
        let reader = RecordReader()
        let stopped = try await cluster.walk(
            partition, from: offsets.lowerBound, to: offsets.upperBound, isolation: scope.isolation, context
        ) { part, offset throws(RecordsError) in
            var digester = RecordDigester(policy)
            var found: [RecordFingerprint] = []
            var setsTimestamps = false
            let fetched = part.records(from: offset, to: offsets.upperBound, isolation: scope.isolation)
            let summary = try reader.scan(fetched) { record in
                found.append(digester.fingerprint(of: record))
                if record.batch.timestampType == .logAppendTime { setsTimestamps = true }
                return .proceed
            }
            // Kept only once the whole answer has been read: a damaged one is fetched again.
            for record in found {
                pass.kept.take(record)
                pass.bytes += Int64(record.size)
            }
            pass.hasLogAppendTime = pass.hasLogAppendTime || setsTimestamps
            pass.isFull = pass.kept.latest.count > Self.mostKeys
            return pass.isFull ? .enough(summary.nextOffset) : .proceed(summary.nextOffset)
        }
        guard pass.isFull || stopped >= offsets.upperBound else {
            throw KafkaError(.changed("the log ends at \(stopped), before \(offsets.upperBound)"), api: "Fetch")
                .with { $0.partition = partition }
        }
        return pass
    }
}
