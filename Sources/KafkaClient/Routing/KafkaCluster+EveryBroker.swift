package import KafkaWire
import Transport

extension KafkaCluster {
    /// Asks every broker of the cluster.
    ///
    /// All or error: a list that lacks what one broker would have said must never look complete.
    ///
    /// - Returns: what each broker said, in the order of their ids.
    package func askEveryBroker<R: WireRequest, Output: Sendable>(
        _ type: R.Type, versions: ClosedRange<Int16> = R.spoken, _ context: CallContext,
        build: @escaping @Sendable (_ version: Int16) throws(KafkaError) -> R,
        read: @escaping @Sendable (Reply<R.Response>) throws(KafkaError) -> Output
    ) async throws(KafkaError) -> [Output] {
        let brokers = try await metadata(of: [], maxAge: .zero, context).brokers
        let answers = await withTaskGroup(of: (Int32, Result<Output, KafkaError>).self) { group in
            for broker in brokers {
                group.addTask {
                    // The result is bound before it is returned: swiftc 6.3.1 -O returns the wrong tuple from within the
                    // do and catch of a task's closure.
                    let answer: Result<Output, KafkaError>
                    do throws(KafkaError) {
                        let output = try await self.retrying(context) { () throws(KafkaError) in
                            let reply = try await self.call(
                                type, to: .node(broker.node), versions: versions, context, build: build)
                            do throws(KafkaError) {
                                return try read(reply)
                            } catch {
                                throw error.with {
                                    $0.broker = reply.broker
                                    $0.node = broker.node
                                    $0.api = "\(R.key)"
                                    $0.version = reply.version
                                }
                            }
                        }
                        answer = .success(output)
                    } catch {
                        answer = .failure(error)
                    }
                    return (broker.node, answer)
                }
            }
            var answers: [Int32: Result<Output, KafkaError>] = [:]
            for await (node, answer) in group { answers[node] = answer }
            return answers
        }
        var outputs: [Output] = []
        for broker in brokers {
            guard let answer = answers[broker.node] else { continue }
            outputs.append(try answer.get())
        }
        return outputs
    }
}
