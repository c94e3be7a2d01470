/// What stands before the body of a request: header version 1, or 2 in flexible versions.
package struct RequestHeader: WireStruct {
    package var apiKey: ApiKey = .produce
    package var apiVersion: Int16 = 0
    package var correlationID: Int32 = 0
    package var clientID: String?
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("request_api_key", &apiKey)
        try codec.field("request_api_version", &apiVersion)
        try codec.field("correlation_id", &correlationID)
        var client = ClassicString(text: clientID)
        try codec.field("client_id", &client)
        clientID = client.text
    }

    /// Reads the header of a frame (without its size), and returns the body behind it.
    ///
    /// The header of an API or version this module has no message for is read as version 1, which is a part of
    /// version 2: enough to refuse the request by name.
    package static func split(
        _ frame: ArraySlice<UInt8>
    ) throws(WireError) -> (header: RequestHeader, body: ArraySlice<UInt8>) {
        var decoder = WireDecoder(bytes: frame, version: 1, isFlexible: false)
        var header = RequestHeader()
        try header.walk(&decoder)
        guard KafkaMessages.request(header.apiKey)?.isFlexible(header.apiVersion) == true else {
            return (header, decoder.rest)
        }
        return try WireDecoder.prefix(of: frame, version: 2, isFlexible: true)
    }
}

/// What stands before the body of a response: header version 0, or 1 in flexible versions.
package struct ResponseHeader: WireStruct {
    package var correlationID: Int32 = 0
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("correlation_id", &correlationID)
    }

    /// The request a frame (without its size) answers; only then is it known how the rest of the header reads.
    package static func correlationID(of frame: ArraySlice<UInt8>) throws(WireError) -> Int32 {
        let (header, _): (ResponseHeader, _) = try WireDecoder.prefix(of: frame, version: 0, isFlexible: false)
        return header.correlationID
    }

    /// Reads the header of a frame (without its size) that was asked for with a header of this form.
    package static func split(
        _ frame: ArraySlice<UInt8>, isFlexible: Bool
    ) throws(WireError) -> (header: ResponseHeader, body: ArraySlice<UInt8>) {
        try WireDecoder.prefix(of: frame, version: isFlexible ? 1 : 0, isFlexible: isFlexible)
    }

    /// Reads the header of a frame (without its size) that answers a request, and returns the body behind it.
    package static func split<R: WireRequest>(
        _ frame: ArraySlice<UInt8>, answering request: R.Type, version: Int16
    ) throws(WireError) -> (header: ResponseHeader, body: ArraySlice<UInt8>) {
        let flexible = R.hasFlexibleResponseHeader(version)
        return try WireDecoder.prefix(of: frame, version: flexible ? 1 : 0, isFlexible: flexible)
    }
}

/// The client id keeps its int16 length in the flexible header: a broker must be able to read it before it knows
/// whether it knows the version.
private struct ClassicString: WireValue {
    var text: String?

    init() {}
    init(text: String?) { self.text = text }

    mutating func walk<C: Codec>(_ codec: inout C) throws(WireError) { try codec.classicString(&text) }
}
