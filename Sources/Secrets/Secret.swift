/// Bytes that must not be shown: a password, a token, a private key.
///
/// It has no text, JSON or `Value` form; printing, dumping and mirroring it show nothing. The
/// bytes are reached only through `reveal`, so that every use can be found by that word.
package struct Secret: Hashable, Sendable {
    private let bytes: [UInt8]

    package init(bytes: [UInt8]) { self.bytes = bytes }
    package init(_ text: some StringProtocol) { bytes = Array(text.utf8) }

    package var isEmpty: Bool { bytes.isEmpty }

    /// Hands the bytes to `body`.
    ///
    /// What leaves it is no longer protected by this type.
    package func reveal<Result, Failure: Error>(
        _ body: ([UInt8]) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(bytes)
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "‹secret›" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
