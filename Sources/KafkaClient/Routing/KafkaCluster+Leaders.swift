package import KafkaWire
import Transport

extension KafkaCluster {
    /// A partition to ask its leader about.
    package struct LeaderQuestion: Hashable, Sendable {
        package let partition: TopicPartition
        /// For the broker to refuse the request where its view or ours is stale (KIP-320); -1 where unknown.
        package let leaderEpoch: Int32
        /// The place in the list of partitions that were asked for.
        package let index: Int
    }

    /// Asks the leader of each partition; what fails for a moment is asked again, alone, until the deadline.
    ///
    /// - Parameters:
    ///   - read: the outcome of each partition in an answer. One that is not mentioned is an error of its own.
    /// - Returns: one measurement a partition, in the order of `partitions`.
    package func askLeaders<R: WireRequest, Item: Sendable>(
        _ type: R.Type, of partitions: [TopicPartition], versions: ClosedRange<Int16> = R.spoken,
        _ context: CallContext,
        build: @escaping @Sendable (_ version: Int16, _ questions: [LeaderQuestion]) throws(KafkaError) -> R,
        read: @escaping @Sendable (R.Response) -> [(TopicPartition, Result<Item, KafkaError>)]
    ) async -> [Measured<Item>] {
        var results = [Measured<Item>?](repeating: nil, count: partitions.count)
        var open = Array(partitions.indices)
        var backoff = Backoff()
        var tries = 1
        while true {
            var failed: [(index: Int, error: KafkaError)] = []
            let routed = await route(open, of: partitions, maxAge: tries == 1 ? Self.metadataMaxAge : .zero, context)
            failed += routed.failed
            await withTaskGroup(of: [(Int, Result<Item, KafkaError>)].self) { group in
                for (node, questions) in routed.byLeader {
                    group.addTask {
                        await self.ask(
                            type, node: node, questions, versions: versions, context, build: build, read: read)
                    }
                }
                for await outcomes in group {
                    for (index, outcome) in outcomes {
                        switch outcome {
                        case .success(let item): results[index] = .value(item)
                        case .failure(let error): failed.append((index, error))
                        }
                    }
                }
            }
            open = []
            for (index, error) in failed {
                results[index] = .unknown(error.with { $0.partition = partitions[index]; $0.tries = tries })
                if error.deservesRetry(after: tries) { open.append(index) }
            }
            guard !open.isEmpty, await backoff.wait(by: context.deadline) else { break }
            tries += 1
        }
        return results.enumerated().map { index, result in
            result ?? .unknown(KafkaError(.cancelled).with { $0.partition = partitions[index] })
        }
    }

    private func route(
        _ indices: [Int], of partitions: [TopicPartition], maxAge: Duration, _ context: CallContext
    ) async -> (byLeader: [Int32: [LeaderQuestion]], failed: [(index: Int, error: KafkaError)]) {
        var byLeader: [Int32: [LeaderQuestion]] = [:]
        var failed: [(index: Int, error: KafkaError)] = []
        let metadata: ClusterMetadata
        do {
            metadata = try await self.metadata(
                of: Set(indices.map { partitions[$0].topic }), maxAge: maxAge, context)
        } catch {
            return ([:], indices.map { ($0, error) })
        }
        let leaders = LeaderTable(metadata, topics: Set(indices.map { partitions[$0].topic }))
        for index in indices {
            switch leaders.leader(of: partitions[index]) {
            case .success(let leader):
                byLeader[leader.node, default: []].append(
                    LeaderQuestion(partition: partitions[index], leaderEpoch: leader.epoch, index: index))
            case .failure(let error): failed.append((index, error))
            }
        }
        return (byLeader, failed)
    }

    private func ask<R: WireRequest, Item: Sendable>(
        _ type: R.Type, node: Int32, _ questions: [LeaderQuestion], versions: ClosedRange<Int16>,
        _ context: CallContext, build: (Int16, [LeaderQuestion]) throws(KafkaError) -> R,
        read: (R.Response) -> [(TopicPartition, Result<Item, KafkaError>)]
    ) async -> [(Int, Result<Item, KafkaError>)] {
        do throws(KafkaError) {
            let reply = try await call(type, to: .node(node), versions: versions, context) {
                version throws(KafkaError) in try build(version, questions)
            }
            var indices: [TopicPartition: Int] = [:]
            for question in questions { indices[question.partition] = question.index }
            func placed(_ reason: KafkaError.Reason) -> KafkaError {
                KafkaError(
                    reason, broker: reply.broker, node: node, api: "\(R.key)", version: reply.version)
            }
            var outcomes: [(Int, Result<Item, KafkaError>)] = []
            for (partition, outcome) in read(reply.response) {
                // A second answer for one partition, or one that was not asked for, counts for nothing.
                guard let index = indices.removeValue(forKey: partition) else { continue }
                outcomes.append((index, outcome.mapError { placed($0.reason) }))
            }
            for index in indices.values {
                outcomes.append((index, .failure(placed(.malformed("the answer leaves the partition out")))))
            }
            return outcomes
        } catch {
            return questions.map { ($0.index, .failure(error)) }
        }
    }
}

/// Who leads each partition, from one Metadata answer.
private struct LeaderTable {
    typealias Leader = (node: Int32, epoch: Int32)

    private var leaders: [TopicPartition: Leader] = [:]
    private var topicErrors: [String: KafkaErrorCode] = [:]

    init(_ metadata: ClusterMetadata, topics: Set<String>) {
        for name in topics {
            guard let topic = metadata.topics[name] else { continue }
            topicErrors[name] = topic.error
            for partition in topic.partitions {
                leaders[TopicPartition(name, partition.index)] = (partition.leaderID, partition.leaderEpoch)
            }
        }
    }

    func leader(of partition: TopicPartition) -> Result<Leader, KafkaError> {
        func failure(_ code: KafkaErrorCode) -> Result<Leader, KafkaError> {
            .failure(KafkaError(.broker(code, message: nil), api: "Metadata"))
        }
        if let code = topicErrors[partition.topic], code != .none { return failure(code) }
        guard let leader = leaders[partition] else { return failure(.unknownTopicOrPartition) }
        return leader.node < 0 ? .failure(KafkaError(.leaderless, api: "Metadata")) : .success(leader)
    }
}
