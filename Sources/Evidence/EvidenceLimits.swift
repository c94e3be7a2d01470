/// How large evidence may grow.
package enum EvidenceLimits {
    /// Bytes of a line, its line feed included.
    package static let lineBytes = 64 << 10
    /// Bytes of all lines of one gate; what comes after is dropped.
    package static let gateBytes = 16 << 20
    /// Lines that one gate may log.
    package static let logLines = 200
    /// Bytes of one logged text.
    package static let logBytes = 1 << 10
}
