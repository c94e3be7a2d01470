/// Deletes topics: up to version 5 by name, in ``topicNames``, from version 6 by name or id, in ``topics``.
package struct DeleteTopicsRequest: WireRequest {
    package typealias Response = DeleteTopicsResponse
    package static let key = ApiKey.deleteTopics
    package static let versions: ClosedRange<Int16> = 1...6
    /// By name.
    package static let spoken: ClosedRange<Int16> = 1...5
    package static let flexible: PartialRangeFrom<Int16>? = 4...

    package var topics: [Topic] = []
    package var topicNames: [String] = []
    package var timeoutMs: Int32 = 0
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("topics", &topics, in: 6..., else: [])
        try codec.field("topic_names", &topicNames, in: ...5, else: [])
        try codec.field("timeout_ms", &timeoutMs)
    }

    /// A topic by name or by id.
    package struct Topic: WireStruct {
        package var name: String?
        package var topicID: KafkaUUID = .zero
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("name", &name)
            try codec.field("topic_id", &topicID)
        }
    }
}

/// What became of each topic.
package struct DeleteTopicsResponse: WireStruct {
    package var throttleTimeMs: Int32 = 0
    package var responses: [Topic] = []
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("throttle_time_ms", &throttleTimeMs)
        try codec.field("responses", &responses)
    }

    /// What became of one topic.
    package struct Topic: WireStruct {
        package var name: String? = ""
        package var topicID: KafkaUUID = .zero
        package var error: KafkaErrorCode = .none
        package var errorMessage: String?
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("name", &name, nullIn: 6...)
            try codec.field("topic_id", &topicID, in: 6...)
            try codec.field("error_code", &error)
            try codec.field("error_message", &errorMessage, in: 5...)
        }
    }
}
