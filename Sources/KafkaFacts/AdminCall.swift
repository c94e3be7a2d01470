import KafkaClient
import KafkaWire

extension KafkaCluster {
    /// Asks, again where that may help, and makes the error that an answer carries one of the call.
    ///
    /// `failure`: the error of an answer as a whole, with the text that came along; nil for none.
    func ask<R: WireRequest, Output: Sendable>(
        _ type: R.Type, to destination: Destination = .any, versions: ClosedRange<Int16> = R.spoken,
        _ context: CallContext, build: (_ version: Int16) throws(KafkaError) -> R,
        failure: (R.Response) -> (KafkaErrorCode, String?)?, read: (R.Response) -> Output
    ) async throws(KafkaError) -> Output {
        try await retrying(context) { () throws(KafkaError) in
            let reply = try await call(type, to: destination, versions: versions, context, build: build)
            if let (code, message) = failure(reply.response), code != .none {
                throw KafkaError(
                    .broker(code, message: message), broker: reply.broker, node: reply.node, api: "\(R.key)",
                    version: reply.version)
            }
            return read(reply.response)
        }
    }
}
