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
    /// `read` gives the outcome of each partition in an answer. One that is not mentioned is an error of its own.
    ///
    /// - Returns: one measurement a partition, in the order of `partitions`.
    package func askLeaders<R: WireRequest, Item: Sendable>(
        _ type: R.Type, of partitions: [TopicPartition], versions: ClosedRange<Int16> = R.spoken,
        _ context: CallContext,
        build: @escaping @Sendable (_ version: Int16, _ questions: [LeaderQuestion]) throws(KafkaError) -> R,
        read: @escaping @Sendable (R.Response) -> [(TopicPartition, Result<Item, KafkaError>)]
    ) async -> [Measured<Item>] {
        let call = LeaderCall(type: type, versions: versions, build: build, read: read)
        var results = [Measured<Item>](repeating: .unknown(KafkaError(.cancelled)), count: partitions.count)
        var rest = Array(partitions.indices)
        while !rest.isEmpty {
            guard !context.deadline.hasPassed, !Task.isCancelled else {
                let reason: KafkaError.Reason = Task.isCancelled ? .cancelled : .deadline
                for index in rest {
                    let error = KafkaError(reason, api: "\(R.key)")
                    results[index] = .unknown(error.with { $0.partition = partitions[index] })
                }
                return results
            }
            // Brokers refuse a request that names a partition twice, so its second mention goes into a second round.
            var places: [TopicPartition: Int] = [:]
            places.reserveCapacity(rest.count)
            var later: [Int] = []
            for index in rest {
                if places[partitions[index]] == nil { places[partitions[index]] = index } else { later.append(index) }
            }
            let round = later.isEmpty ? rest : places.values.sorted()
            await ask(call, round, places: places, of: partitions, &results, context)
            rest = later
        }
        return results
    }

    /// Asks until every partition of `indices` has an answer, a final error, or no time left.
    private func ask<R: WireRequest, Item: Sendable>(
        _ call: LeaderCall<R, Item>, _ indices: [Int], places: [TopicPartition: Int], of partitions: [TopicPartition],
        _ results: inout [Measured<Item>], _ context: CallContext
    ) async {
        var open = indices
        var backoff = Backoff()
        var tries = 1
        while true {
            let maxAge = tries == 1 ? Self.metadataMaxAge : .zero
            let routed = await route(open, of: partitions, maxAge: maxAge, context)
            var failed = routed.failed
            await withTaskGroup(of: [(Int, Result<Item, KafkaError>)].self) { group in
                for (node, questions) in routed.byLeader {
                    group.addTask { await self.ask(call, node: node, questions, places: places, context) }
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
                results[index] = .unknown(
                    error.with {
                        $0.partition = partitions[index]
                        $0.tries = tries
                    })
                if error.deservesRetry(after: tries) { open.append(index) }
            }
            guard !open.isEmpty, await backoff.wait(context) else { return }
            tries += 1
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
        let leaders = LeaderTable(metadata)
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
        _ call: LeaderCall<R, Item>, node: Int32, _ questions: [LeaderQuestion], places: [TopicPartition: Int],
        _ context: CallContext
    ) async -> [(Int, Result<Item, KafkaError>)] {
        do throws(KafkaError) {
            let reply = try await self.call(call.type, to: .node(node), versions: call.versions, context) {
                version throws(KafkaError) in try call.build(version, questions)
            }
            func placed(_ error: KafkaError) -> KafkaError {
                error.with {
                    $0.broker = reply.broker
                    $0.node = node
                    $0.api = "\(R.key)"
                    $0.version = reply.version
                }
            }
            var open = Set(questions.map(\.index))
            var outcomes: [(Int, Result<Item, KafkaError>)] = []
            outcomes.reserveCapacity(questions.count)
            for (partition, outcome) in call.read(reply.response) {
                // A second answer for one partition, or one that was not asked for, counts for nothing.
                guard let index = places[partition], open.remove(index) != nil else { continue }
                outcomes.append((index, outcome.mapError(placed)))
            }
            for index in open {
                let error = KafkaError(.malformed("the answer leaves the partition out"))
                outcomes.append((index, .failure(placed(error))))
            }
            return outcomes
        } catch {
            return questions.map { ($0.index, .failure(error)) }
        }
    }
}

/// What is asked of every leader.
private struct LeaderCall<R: WireRequest, Item: Sendable>: Sendable {
    let type: R.Type
    let versions: ClosedRange<Int16>
    let build: @Sendable (_ version: Int16, _ questions: [KafkaCluster.LeaderQuestion]) throws(KafkaError) -> R
    let read: @Sendable (R.Response) -> [(TopicPartition, Result<Item, KafkaError>)]
}

/// Who leads each partition, from one Metadata answer.
private struct LeaderTable {
    typealias Leader = (node: Int32, epoch: Int32)

    private struct Topic {
        let error: KafkaErrorCode
        /// By index.
        let partitions: [MetadataResponse.Partition]

        func partition(_ index: Int32) -> MetadataResponse.Partition? {
            var range = partitions.indices
            while let middle = range.isEmpty ? nil : range.lowerBound + range.count / 2 {
                let found = partitions[middle].index
                if found == index { return partitions[middle] }
                range = found < index ? middle + 1..<range.upperBound : range.lowerBound..<middle
            }
            return nil
        }
    }

    private let topics: [String: Topic]

    init(_ metadata: ClusterMetadata) {
        topics = metadata.topics.mapValues { topic in
            // Brokers list them in no order.
            Topic(error: topic.error, partitions: topic.partitions.sorted { $0.index < $1.index })
        }
    }

    func leader(of partition: TopicPartition) -> Result<Leader, KafkaError> {
        func failure(_ reason: KafkaError.Reason) -> Result<Leader, KafkaError> {
            .failure(KafkaError(reason, api: "Metadata"))
        }
        guard let topic = topics[partition.topic] else {
            return failure(.malformed("the answer leaves topic \(partition.topic) out"))
        }
        guard topic.error == .none else { return failure(.broker(topic.error, message: nil)) }
        guard let found = topic.partition(partition.partition) else {
            return failure(.broker(.unknownTopicOrPartition, message: nil))
        }
        return found.leaderID < 0 ? failure(.leaderless) : .success((found.leaderID, found.leaderEpoch))
    }
}
