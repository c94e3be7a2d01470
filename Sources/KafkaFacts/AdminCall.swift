import KafkaClient
import KafkaWire

extension KafkaCluster {
    /// Asks, again where that may help, and makes the error that an answer carries one of the call.
    ///
    /// `failure`: the error of an answer as a whole, with the text that came along; nil for none. `read` throws where
    /// an answer without an error says nothing that can be believed.
    func ask<R: WireRequest, Output: Sendable>(
        _ type: R.Type, to destination: Destination = .any, versions: ClosedRange<Int16> = R.spoken,
        _ context: CallContext, build: (_ version: Int16) throws(KafkaError) -> R,
        failure: (R.Response) -> (KafkaErrorCode, String?)?, read: (R.Response) throws(KafkaError) -> Output
    ) async throws(KafkaError) -> Output {
        try await retrying(context) { () throws(KafkaError) in
            let reply = try await call(type, to: destination, versions: versions, context, build: build)
            do throws(KafkaError) {
                if let (code, message) = failure(reply.response), code != .none {
                    throw KafkaError(.broker(code, message: message))
                }
                return try read(reply.response)
            } catch {
                throw error.with {
                    $0.broker = reply.broker
                    $0.node = reply.node
                    $0.api = "\(R.key)"
                    $0.version = reply.version
                }
            }
        }
    }
}
