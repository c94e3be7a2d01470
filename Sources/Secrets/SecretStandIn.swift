/// Bytes that are never shown.
package struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible {
    private let bytes: [UInt8]

    package init(bytes: [UInt8]) { self.bytes = bytes }
    package init(_ text: String) { bytes = Array(text.utf8) }

    package func reveal<R>(_ body: ([UInt8]) throws -> R) rethrows -> R { try body(bytes) }

    package var description: String { "‹secret›" }
    package var debugDescription: String { description }
}

/// Knows every secret that was loaded.
package final class SecretRegistry: Sendable {
    package init() {}
    package func register(_ secret: Secret) {}
}
