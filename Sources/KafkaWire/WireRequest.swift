/// The body of a request, tied to the response it draws.
package protocol WireRequest: WireStruct {
    associatedtype Response: WireStruct

    static var key: ApiKey { get }
    /// What the codec can carry, in both directions.
    static var versions: ClosedRange<Int16> { get }
    /// What this client asks for, where that is less than ``versions``.
    static var spoken: ClosedRange<Int16> { get }
    /// Versions with compact lengths and tagged fields; nil where there are none.
    static var flexible: PartialRangeFrom<Int16>? { get }

    // Requirements, not just extension methods: each conformance's witness is then compiled in this module, where
    // the optimizer can see the codec and the message together. Called through `R: WireRequest` it runs some fifty
    // times faster than the unspecialised generic.

    /// The body alone.
    func encoded(version: Int16) throws(WireError) -> [UInt8]
    /// What goes into the socket: size, header and body.
    func frame(version: Int16, correlationID: Int32, clientID: String?) throws(WireError) -> [UInt8]
    static func response(from body: ArraySlice<UInt8>, version: Int16) throws(WireError) -> Response

    // A broker's side.
    static func request(from body: ArraySlice<UInt8>, version: Int16) throws(WireError) -> Self
    static func encoded(_ response: Response, version: Int16) throws(WireError) -> [UInt8]
    static func frame(_ response: Response, version: Int16, correlationID: Int32) throws(WireError) -> [UInt8]
    static func hasFlexibleResponseHeader(_ version: Int16) -> Bool
}

extension WireRequest {
    package static var spoken: ClosedRange<Int16> { versions }

    package static func isFlexible(_ version: Int16) -> Bool { flexible?.contains(version) ?? false }

    package static func hasFlexibleResponseHeader(_ version: Int16) -> Bool { isFlexible(version) }

    package func encoded(version: Int16) throws(WireError) -> [UInt8] {
        try Self.write(self, version)
    }

    package static func encoded(_ response: Response, version: Int16) throws(WireError) -> [UInt8] {
        try write(response, version)
    }

    package func frame(version: Int16, correlationID: Int32, clientID: String?) throws(WireError) -> [UInt8] {
        try Self.check(version)
        let header = RequestHeader.with {
            $0.apiKey = Self.key
            $0.apiVersion = version
            $0.correlationID = correlationID
            $0.clientID = clientID
        }
        let flexible = Self.isFlexible(version)
        return try WireEncoder.frame(header, flexible, self, flexible, version)
    }

    package static func frame(
        _ response: Response, version: Int16, correlationID: Int32
    ) throws(WireError) -> [UInt8] {
        try check(version)
        let header = ResponseHeader.with { $0.correlationID = correlationID }
        return try WireEncoder.frame(
            header, hasFlexibleResponseHeader(version), response, isFlexible(version), version)
    }

    package static func response(from body: ArraySlice<UInt8>, version: Int16) throws(WireError) -> Response {
        try read(body, version)
    }

    package static func request(from body: ArraySlice<UInt8>, version: Int16) throws(WireError) -> Self {
        try read(body, version)
    }

    package static func response(from body: [UInt8], version: Int16) throws(WireError) -> Response {
        try response(from: body[...], version: version)
    }

    package static func request(from body: [UInt8], version: Int16) throws(WireError) -> Self {
        try request(from: body[...], version: version)
    }

    private static func check(_ version: Int16) throws(WireError) {
        guard versions.contains(version) else {
            throw WireError(reason: .unsupportedVersion(version, supported: versions))
        }
    }

    private static func write(_ body: some WireStruct, _ version: Int16) throws(WireError) -> [UInt8] {
        try check(version)
        return try WireEncoder.encode(body, version: version, isFlexible: isFlexible(version))
    }

    private static func read<S: WireStruct>(_ body: ArraySlice<UInt8>, _ version: Int16) throws(WireError) -> S {
        try check(version)
        return try WireDecoder.decode(S.self, from: body, version: version, isFlexible: isFlexible(version))
    }
}
