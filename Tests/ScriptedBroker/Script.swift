import KafkaClient
package import KafkaWire

/// What a broker does about a request.
package enum Reaction<Response: Sendable>: Sendable {
    case answer(Response)
    /// As the model says.
    case standard
    /// Reads on and never answers.
    case silence
    /// Closes the connection in an orderly way.
    case hangUp
    /// These bytes instead of an answer, then hangs up.
    case raw([UInt8])
    /// These bytes in place of the answer; the connection lives on.
    case bytes([UInt8])
}

extension Reaction<FetchResponse> {
    /// These bytes as what the first partition of a topic holds from 0 up to `end`.
    package static func records(_ bytes: ArraySlice<UInt8>, of topic: String, end: Int64) -> Reaction {
        .answer(
            .with {
                $0.responses = [
                    .with {
                        $0.name = topic
                        $0.partitions = [
                            .with {
                                $0.highWatermark = end
                                $0.lastStableOffset = end
                                $0.logStartOffset = 0
                                $0.records = bytes
                            }
                        ]
                    }
                ]
            })
    }
}

/// A request as a broker sees it.
package struct Call: Sendable {
    package let key: ApiKey
    package let version: Int16
    package let correlationID: Int32
    /// How many requests of this API the cluster has had, this one included.
    package let number: Int
}

/// One line of the log of requests.
package struct LoggedRequest: Sendable {
    package let call: Call
    package let clientID: String?
    /// All that was sent, but for the size in front.
    package let frame: [UInt8]
    /// The body, to be decoded with ``request(_:)``.
    package let body: [UInt8]

    package func request<R: WireRequest>(_ type: R.Type) throws -> R {
        try R.request(from: body[...], version: call.version)
    }
}

/// The answer to a request whose type has been erased.
enum FrameReaction: Sendable {
    case frame([UInt8])
    case last([UInt8])
    case nothing
    case hangUp
    case standard
}

typealias Handler = @Sendable (_ body: ArraySlice<UInt8>, _ call: Call) async throws -> FrameReaction
