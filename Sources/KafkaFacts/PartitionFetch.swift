package import KafkaClient
package import KafkaRecords
private import KafkaWire
private import Transport

/// What a partition's leader sent for one fetch.
package struct FetchedPart: Sendable {
    /// Whole batches, perhaps one cut off at the end; shares the answer's buffer.
    package let records: ArraySlice<UInt8>
    package let abortedTransactions: [AbortedTransaction]
    package let highWatermark: Int64
    package let lastStableOffset: Int64
    package let logStartOffset: Int64

    /// What a reader of these offsets sees of it.
    package func records(from offset: Int64, to end: Int64, isolation: IsolationLevel) -> FetchedRecords {
        FetchedRecords(
            records, from: offset, to: end, isolationLevel: isolation, abortedTransactions: abortedTransactions)
    }
}

extension KafkaCluster {
    /// How a fetch is bounded.
    package struct FetchBounds: Hashable, Sendable {
        /// A soft bound: the first batch always comes whole (KIP-74).
        package var maxBytes: Int32 = 4 << 20
        package var maxWaitMs: Int32 = 500
        package var minBytes: Int32 = 1
        package init() {}
    }

    /// Fetches from each partition's leader, from the offset given with it; in their order.
    package func fetch(
        _ positions: [(partition: TopicPartition, offset: Int64)], isolation: IsolationLevel,
        bounds: FetchBounds = FetchBounds(), _ context: CallContext
    ) async -> [Measured<FetchedPart>] {
        let offsets = positions.map(\.offset)
        return await askLeaders(FetchRequest.self, of: positions.map(\.partition), context) { version, questions in
            Self.request(questions, offsets: offsets, isolation, bounds)
        } read: { response in
            response.responses.flatMap { topic in
                topic.partitions.map { (TopicPartition(topic.name, $0.index), Self.part($0, response.error)) }
            }
        }
    }

    private static func request(
        _ questions: [LeaderQuestion], offsets: [Int64], _ isolation: IsolationLevel, _ bounds: FetchBounds
    ) -> FetchRequest {
        var request = FetchRequest()
        request.maxWaitMs = bounds.maxWaitMs
        request.minBytes = bounds.minBytes
        request.maxBytes = bounds.maxBytes
        request.isolationLevel = isolation.rawValue
        // Without a session (id 0, epoch -1): no slot of the broker's is taken, nothing has to be kept in step.
        request.sessionID = 0
        request.sessionEpoch = -1
        request.topics = questions.grouped { question in
            var partition = FetchRequest.Partition()
            partition.index = question.partition.partition
            partition.currentLeaderEpoch = question.leaderEpoch
            partition.fetchOffset = offsets[question.index]
            partition.partitionMaxBytes = bounds.maxBytes
            return partition
        } topic: { name, partitions in
            var topic = FetchRequest.Topic()
            topic.name = name
            topic.partitions = partitions
            return topic
        }
        return request
    }

    private static func part(
        _ answer: FetchResponse.Partition, _ topError: KafkaErrorCode
    ) -> Result<FetchedPart, KafkaError> {
        guard topError == .none else { return .failure(KafkaError(.broker(topError, message: nil))) }
        guard answer.error == .none else { return .failure(KafkaError(.broker(answer.error, message: nil))) }
        guard answer.highWatermark >= 0, answer.lastStableOffset <= answer.highWatermark,
            answer.logStartOffset <= answer.highWatermark
        else {
            let order = "\(answer.logStartOffset), \(answer.lastStableOffset), \(answer.highWatermark)"
            return .failure(KafkaError(.malformed("start, stable offset and high watermark out of order: \(order)")))
        }
        return .success(
            FetchedPart(
                records: answer.records ?? [],
                abortedTransactions: (answer.abortedTransactions ?? []).map {
                    AbortedTransaction(producerId: $0.producerID, firstOffset: $0.firstOffset)
                },
                highWatermark: answer.highWatermark, lastStableOffset: answer.lastStableOffset,
                logStartOffset: answer.logStartOffset))
    }

    /// Walks a partition from `start` to `end` (not included), fetch by fetch, until `visit` has enough.
    ///
    /// `visit` reads a part and says where to go on.
    ///
    /// - Returns: where it stopped: at or past `end`, or earlier where `visit` had enough or nothing more is visible.
    package func walk(
        _ partition: TopicPartition, from start: Int64, to end: Int64, isolation: IsolationLevel,
        bounds: FetchBounds = FetchBounds(), _ context: CallContext,
        visit: (_ part: FetchedPart, _ offset: Int64) throws(RecordsError) -> WalkStep
    ) async throws(KafkaError) -> Int64 {
        var bounds = bounds
        var next = start
        var pauses = Backoff()
        var emptyAnswers = 0
        var corruptAnswers = 0
        while next < end {
            let part = try await fetchOne(partition, from: next, isolation: isolation, bounds: bounds, context)
            if part.records.isEmpty {
                let visible = isolation == .readCommitted ? part.lastStableOffset : part.highWatermark
                if next >= visible { return next }
                // A broker that throttles, or waits for the remote tier, answers with nothing, too. Where compaction
                // has emptied the end of the log nothing will ever come, and that nothing is there cannot be proven.
                emptyAnswers += 1
                guard emptyAnswers < 5 else { return next }
                guard await pauses.wait(context) else {
                    throw KafkaError(Task.isCancelled ? .cancelled : .deadline, api: "Fetch")
                        .with { $0.partition = partition }
                }
                continue
            }
            let step: WalkStep
            do throws(RecordsError) {
                step = try visit(part, next)
            } catch {
                // A batch damaged on the way arrives whole the second time; one damaged on disk does not.
                corruptAnswers += 1
                guard corruptAnswers < 2 else { throw Self.unreadable(error, partition) }
                continue
            }
            switch step {
            case .enough(let offset): return offset
            case .proceed(let offset) where offset > next:
                next = offset
                emptyAnswers = 0
                corruptAnswers = 0
            case .proceed:
                // The answer held part of one batch (before KIP-74): once more with room for it.
                guard bounds.maxBytes < 64 << 20 else {
                    throw KafkaError(.malformed("no whole batch at offset \(next)"), api: "Fetch")
                        .with { $0.partition = partition }
                }
                bounds.maxBytes = min(64 << 20, max(64 << 10, bounds.maxBytes) * 4)
            }
        }
        return next
    }

    private func fetchOne(
        _ partition: TopicPartition, from offset: Int64, isolation: IsolationLevel, bounds: FetchBounds,
        _ context: CallContext
    ) async throws(KafkaError) -> FetchedPart {
        switch await fetch([(partition, offset)], isolation: isolation, bounds: bounds, context).first {
        case .value(let part): return part
        case .unknown(let error): throw error
        case nil: throw KafkaError(.cancelled)
        }
    }

    private static func unreadable(_ error: RecordsError, _ partition: TopicPartition) -> KafkaError {
        let reason: KafkaError.Reason =
            switch error.kind {
            case .limit: .limit("\(error)")
            case .unsupported: .unsupported("\(error)")
            case .checksum, .malformed, .overflow:
                .corrupt(error.kind.rawValue, baseOffset: error.baseOffset, "\(error)")
            }
        return KafkaError(reason, api: "Fetch").with { $0.partition = partition }
    }
}

/// How a walk over a partition goes on.
package enum WalkStep: Hashable, Sendable {
    case proceed(Int64)
    case enough(Int64)
}
