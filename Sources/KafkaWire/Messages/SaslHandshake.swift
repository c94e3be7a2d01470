/// Chooses the SASL mechanism of a connection.
package struct SaslHandshakeRequest: WireRequest {
    package typealias Response = SaslHandshakeResponse
    package static let key = ApiKey.saslHandshake
    package static let versions: ClosedRange<Int16> = 1...1
    package static let flexible: PartialRangeFrom<Int16>? = nil

    package var mechanism = ""
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("mechanism", &mechanism)
    }
}

/// The mechanisms the listener offers.
package struct SaslHandshakeResponse: WireStruct {
    package var error: KafkaErrorCode = .none
    package var mechanisms: [String] = []
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("error_code", &error)
        try codec.field("mechanisms", &mechanisms)
    }
}
