/// The library failed at something that can only fail for lack of memory or of an algorithm.
package struct CryptoError: Error, Hashable, Sendable {
    package let function: String
    init(_ function: String) { self.function = function }
}

extension CryptoError: CustomStringConvertible {
    package var description: String { "libcrypto: \(function) failed" }
}
