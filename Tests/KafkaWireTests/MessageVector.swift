import Foundation
import Testing
import Value

@testable import KafkaWire

/// A message encoded by Kafka's own classes, and what its JsonConverter says it holds.
struct MessageVector: CustomTestStringConvertible {
    enum Kind: String {
        case request
        case response
    }

    var line: Int
    var request: any WireRequest.Type
    var version: Int16
    var kind: Kind
    var bytes: [UInt8]
    /// Its line, parsed when asked for.
    ///
    /// The leak checker cannot follow the tagged pointers of a `Value` that is kept.
    private var text: [UInt8]

    var testDescription: String { "line \(line): \(request.key) v\(version) \(kind)" }

    /// Nil where no file is named, so that the suite can say it was skipped.
    static var file: String? { ProcessInfo.processInfo.environment["KAFKA_VECTORS"] }

    /// Read once: the tests of the suite share it.
    private static let read = Result { try readAll() }

    static func all() throws -> [MessageVector] { try read.get() }

    private static func readAll() throws -> [MessageVector] {
        guard let path = file, let data = FileManager.default.contents(atPath: path) else {
            throw Unusable(reason: "\(file ?? "no file") cannot be read")
        }
        let lines = data.split(separator: UInt8(ascii: "\n"))
        let vectors = try lines.enumerated().map { index, line in try MessageVector(line: index + 1, json: line) }
        guard !vectors.isEmpty else { throw Unusable(reason: "\(path) has no vectors") }
        return vectors
    }

    private init(line: Int, json text: some Collection<UInt8>) throws {
        self.line = line
        guard case .map(let vector) = try JSONText.parse(text),
            case .integer(let key) = vector["key"], case .integer(let version) = vector["version"],
            case .string(let kind) = vector["kind"], case .string(let hexText) = vector["hex"],
            vector["json"] != nil
        else { throw Unusable(reason: "line \(line) is no vector") }
        guard let key = Int16(exactly: key), let request = KafkaMessages.request(ApiKey(rawValue: key)),
            let version = Int16(exactly: version), let kind = Kind(rawValue: kind.description)
        else { throw Unusable(reason: "line \(line): no message for \(kind) \(key) v\(version)") }
        self.request = request
        self.version = version
        self.kind = kind
        bytes = try hex(hexText.description)
        self.text = Array(text)
    }

    /// What Kafka says the message holds.
    func json() throws -> Value {
        guard case .map(let vector) = try JSONText.parse(text), let json = vector["json"] else {
            throw Unusable(reason: "line \(line) is no vector")
        }
        return json
    }

    /// The fields as they were read, by Kafka's names.
    func tree() throws -> Value { try Self.tree(request, self) }

    /// The message read and written again.
    func reencoded() throws -> [UInt8] { try Self.reencoded(request, self) }

    /// What reading the first `count` bytes ends in, or nil where it succeeds.
    func error(ofFirst count: Int) -> WireError? { Self.error(request, self, bytes.prefix(count)) }

    private static func tree<R: WireRequest>(_ request: R.Type, _ vector: MessageVector) throws -> Value {
        let (version, flexible) = (vector.version, R.isFlexible(vector.version))
        return switch vector.kind {
        case .request:
            try MessageTree.of(
                R.request(from: vector.bytes, version: version), version: version, isFlexible: flexible)
        case .response:
            try MessageTree.of(
                R.response(from: vector.bytes, version: version), version: version, isFlexible: flexible)
        }
    }

    private static func reencoded<R: WireRequest>(_ request: R.Type, _ vector: MessageVector) throws -> [UInt8] {
        let version = vector.version
        return switch vector.kind {
        case .request: try R.request(from: vector.bytes, version: version).encoded(version: version)
        case .response: try R.encoded(R.response(from: vector.bytes, version: version), version: version)
        }
    }

    private static func error<R: WireRequest>(
        _ request: R.Type, _ vector: MessageVector, _ bytes: ArraySlice<UInt8>
    ) -> WireError? {
        do {
            switch vector.kind {
            case .request: _ = try R.request(from: bytes, version: vector.version)
            case .response: _ = try R.response(from: bytes, version: vector.version)
            }
            return nil
        } catch {
            return error
        }
    }
}

/// A file of vectors that proves nothing.
///
/// Thrown, not required: the error is shared by the tests, and each must fail on it.
struct Unusable: Error, CustomStringConvertible {
    var reason: String
    var description: String { reason }
}

struct NotHex: Error {}

/// Bytes from digits; spaces are for the reader.
func hex(_ text: String) throws -> [UInt8] {
    let digits = text.filter { !$0.isWhitespace }
    guard digits.count.isMultiple(of: 2) else { throw NotHex() }
    var rest = digits[...]
    var bytes: [UInt8] = []
    while !rest.isEmpty {
        guard let byte = UInt8(rest.prefix(2), radix: 16) else { throw NotHex() }
        bytes.append(byte)
        rest = rest.dropFirst(2)
    }
    return bytes
}
