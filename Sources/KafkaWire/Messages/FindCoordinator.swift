/// Asks any broker who coordinates a group or a transactional id.
///
/// Up to version 3 for one key; from version 4 for several, in ``coordinatorKeys``.
package struct FindCoordinatorRequest: WireRequest {
    package typealias Response = FindCoordinatorResponse
    package static let key = ApiKey.findCoordinator
    package static let versions: ClosedRange<Int16> = 0...6
    /// Later versions differ only in share groups and in an error of transactions.
    package static let spoken: ClosedRange<Int16> = 1...4
    package static let flexible: PartialRangeFrom<Int16>? = 3...

    package var key = ""
    /// 0 group, 1 transactional id, 2 share group (6).
    package var keyType: Int8 = 0
    package var coordinatorKeys: [String] = []
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("key", &key, in: ...3, else: "")
        try codec.field("key_type", &keyType, in: 1..., else: 0)
        try codec.field("coordinator_keys", &coordinatorKeys, in: 4..., else: [])
    }
}

/// Coordinators: up to version 3 in the fields of the message itself, from version 4 only in ``coordinators``.
package struct FindCoordinatorResponse: WireStruct {
    package var throttleTimeMs: Int32 = 0
    package var error: KafkaErrorCode = .none
    package var errorMessage: String? = ""
    package var nodeID: Int32 = 0
    package var host = ""
    package var port: Int32 = 0
    package var coordinators: [Coordinator] = []
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("throttle_time_ms", &throttleTimeMs, in: 1...)
        try codec.field("error_code", &error, in: ...3, else: .none)
        try codec.field("error_message", &errorMessage, in: 1...3)
        try codec.field("node_id", &nodeID, in: ...3, else: 0)
        try codec.field("host", &host, in: ...3, else: "")
        try codec.field("port", &port, in: ...3, else: 0)
        try codec.field("coordinators", &coordinators, in: 4..., else: [])
    }

    /// The coordinator of one key.
    package struct Coordinator: WireStruct {
        package var key = ""
        package var nodeID: Int32 = 0
        package var host = ""
        package var port: Int32 = 0
        package var error: KafkaErrorCode = .none
        package var errorMessage: String? = ""
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("key", &key)
            try codec.field("node_id", &nodeID)
            try codec.field("host", &host)
            try codec.field("port", &port)
            try codec.field("error_code", &error)
            try codec.field("error_message", &errorMessage)
        }
    }
}
