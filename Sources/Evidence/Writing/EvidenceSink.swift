/// Where lines go.
package protocol EvidenceSink: Sendable {
    /// Writes all bytes, in one call if the system takes them so, or throws.
    func write(_ bytes: [UInt8]) throws(EvidenceError)
    /// Returns once what was written is on disk, where there is a disk.
    func sync() throws(EvidenceError)
}
