private import Guarding
package import KafkaWire
private import Transport

extension KafkaCluster {
    /// The broker that keeps a group's offsets.
    package func coordinator(of group: String, _ context: CallContext) async throws(KafkaError) -> Int32 {
        if let node = state.withLock({ $0.coordinators[ExactText(group)] }) { return node }
        let result = await coordinatorFlights.run(ExactText(group), by: context.deadline) {
            do throws(KafkaError) {
                return .success(
                    try await retrying(context) { () throws(KafkaError) in
                        try await findCoordinator(of: group, context)
                    })
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// Forgets a coordinator that says it is none, or not any more.
    func forgetCoordinator(of group: String) {
        state.withLock { _ = $0.coordinators.removeValue(forKey: ExactText(group)) }
    }

    private func findCoordinator(of group: String, _ context: CallContext) async throws(KafkaError) -> Int32 {
        let reply = try await call(FindCoordinatorRequest.self, to: .any, context) { version in
            .with {
                // From version 4 on keys come in batches, and the single field is gone.
                if version >= 4 { $0.coordinatorKeys = [group] } else { $0.key = group }
            }
        }
        let response = reply.response
        let found = response.coordinators.first { $0.key.utf8.elementsEqual(group.utf8) }
        if reply.version >= 4, found == nil {
            throw KafkaError(
                .malformed("no answer for group \(group)"), broker: reply.broker, api: "FindCoordinator",
                version: reply.version)
        }
        let code = found?.error ?? response.error
        guard code == .none else {
            throw KafkaError(
                .broker(code, message: found?.errorMessage ?? response.errorMessage), broker: reply.broker,
                node: reply.node, api: "FindCoordinator", version: reply.version)
        }
        let node = found?.nodeID ?? response.nodeID
        let host = found?.host ?? response.host
        let port = found?.port ?? response.port
        if let port = UInt16(exactly: port) {
            state.withLock { state in
                state.coordinators[ExactText(group)] = node
                // The coordinator may be newer than the metadata at hand.
                if state.brokers[node] == nil {
                    state.brokers[node] = BrokerInfo(
                        node: node, address: HostPort(host: host, port: port), rack: nil)
                }
            }
        }
        return node
    }

    /// Asks a group's coordinator, and the next one if it has moved.
    ///
    /// `read` makes the answer into a value, or throws the error the answer carries.
    package func callCoordinator<R: WireRequest, Output: Sendable>(
        _ type: R.Type, of group: String, versions: ClosedRange<Int16> = R.spoken, _ context: CallContext,
        build: (_ version: Int16) throws(KafkaError) -> R,
        read: (Reply<R.Response>) throws(KafkaError) -> Output
    ) async throws(KafkaError) -> Output {
        try await retrying(context) { () throws(KafkaError) in
            do throws(KafkaError) {
                let reply = try await call(type, to: .group(group), versions: versions, context, build: build)
                do throws(KafkaError) {
                    return try read(reply)
                } catch {
                    throw error.with {
                        $0.broker = $0.broker ?? reply.broker
                        $0.node = $0.node ?? reply.node
                        $0.api = $0.api ?? "\(R.key)"
                        $0.version = $0.version ?? reply.version
                    }
                }
            } catch {
                // Anything that a retry may cure is looked up anew: the coordinator may be gone, not only moved.
                if error.isRetriable, error.code != KafkaErrorCode.coordinatorLoadInProgress.rawValue {
                    forgetCoordinator(of: group)
                }
                throw error
            }
        }
    }
}
