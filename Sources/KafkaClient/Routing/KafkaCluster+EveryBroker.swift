package import KafkaWire
import Transport

extension KafkaCluster {
    /// Asks every broker of the cluster, in one round.
    ///
    /// All or error: a list that lacks what one broker would have said must never look complete. What moves from a broker
    /// that has not answered yet to one that has is in neither answer, so a round counts only where nothing was asked
    /// twice and the cluster is the same behind it as before; else all of them are asked again, until the deadline.
    ///
    /// `home` is the internal topic whose partitions' leaders have what is asked for. What belongs to a partition without
    /// a leader is in no answer, so each has to have one. Clusters that do not have or show the topic are taken as they
    /// come.
    ///
    /// - Returns: what each broker said, in the order of their ids.
    package func askEveryBroker<R: WireRequest, Output: Sendable>(
        _ type: R.Type, versions: ClosedRange<Int16> = R.spoken, home: String? = nil, _ context: CallContext,
        build: @escaping @Sendable (_ version: Int16) throws(KafkaError) -> R,
        read: @escaping @Sendable (Reply<R.Response>) throws(KafkaError) -> Output
    ) async throws(KafkaError) -> [Output] {
        try await retrying(context, afterChanges: true) { () throws(KafkaError) in
            let before = try await layout(home, context)
            let outputs = try await askOnce(type, versions, before.brokers.map(\.node), context, build, read)
            guard try await layout(home, context) == before else {
                throw KafkaError(
                    .changed("brokers, or who coordinates what, changed while every broker was asked"), api: "\(R.key)")
            }
            return outputs
        }
    }

    private func askOnce<R: WireRequest, Output: Sendable>(
        _ type: R.Type, _ versions: ClosedRange<Int16>, _ nodes: [Int32], _ context: CallContext,
        _ build: @escaping @Sendable (_ version: Int16) throws(KafkaError) -> R,
        _ read: @escaping @Sendable (Reply<R.Response>) throws(KafkaError) -> Output
    ) async throws(KafkaError) -> [Output] {
        let answers = await withTaskGroup(of: (Int32, Result<Output, KafkaError>).self) { group in
            for node in nodes {
                group.addTask {
                    // The result is bound before it is returned: swiftc 6.3.1 -O returns the wrong tuple from within the
                    // do and catch of a task's closure.
                    let answer: Result<Output, KafkaError>
                    do throws(KafkaError) {
                        // A connection that broke may be the sign of a restart: the round is to begin anew.
                        let reply = try await self.call(
                            type, to: .node(node), versions: versions, replacesStale: false, context, build: build)
                        do throws(KafkaError) {
                            answer = .success(try read(reply))
                        } catch {
                            throw error.with {
                                $0.broker = reply.broker
                                $0.node = node
                                $0.api = "\(R.key)"
                                $0.version = reply.version
                            }
                        }
                    } catch {
                        answer = .failure(error)
                    }
                    return (node, answer)
                }
            }
            var answers: [Int32: Result<Output, KafkaError>] = [:]
            for await (node, answer) in group { answers[node] = answer }
            return answers
        }
        var outputs: [Output] = []
        var failure: KafkaError?
        for node in nodes {
            switch answers[node] ?? .failure(KafkaError(.cancelled)) {
            case .success(let output): outputs.append(output)
            case .failure(let error):
                // One that no other round can cure is the one to tell.
                if failure == nil || failure?.isRetriable == true && !error.isRetriable { failure = error }
            }
        }
        if let failure { throw failure }
        return outputs
    }

    /// Which brokers there are, and who leads the partitions of an internal topic.
    private struct Layout: Equatable {
        struct Leader: Equatable {
            let node: Int32
            let epoch: Int32
        }

        let brokers: [BrokerInfo]
        /// By partition; nil where the topic is not there to be seen.
        let leaders: [Int32: Leader]?
    }

    /// Read for the caller alone: an answer that others wait for may have set out before its question.
    private func layout(_ home: String?, _ context: CallContext) async throws(KafkaError) -> Layout {
        let metadata = try await readMetadata(of: home.map { [$0] } ?? [], context)
        guard let home, let topic = metadata.topics[home], topic.error == .none else {
            return Layout(brokers: metadata.brokers, leaders: nil)
        }
        var leaders: [Int32: Layout.Leader] = [:]
        for partition in topic.partitions {
            guard partition.leaderID >= 0 else {
                throw KafkaError(.leaderless, api: "Metadata").with {
                    $0.partition = TopicPartition(home, partition.index)
                }
            }
            leaders[partition.index] = .init(node: partition.leaderID, epoch: partition.leaderEpoch)
        }
        return Layout(brokers: metadata.brokers, leaders: leaders)
    }
}
