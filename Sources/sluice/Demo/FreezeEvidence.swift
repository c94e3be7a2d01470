import Evidence
private import Guarding

/// The evidence of the demo's freeze: in memory for the run that judges against it, and in a file beside that run's.
final class FreezeEvidence: EvidenceSink {
    /// Nil: in memory only.
    let path: String?
    private let file: EvidenceFile?
    private let lines = Guarded<[UInt8]>([])

    /// Beside a file of evidence, if there is one: `demo.freeze.jsonl` beside `demo.jsonl`.
    init(beside evidence: String?) throws(EvidenceError) {
        path = evidence.map(Self.path)
        if let path { file = try EvidenceFile.create(at: path) } else { file = nil }
    }

    var text: String { String(decoding: lines.withLock { $0 }, as: UTF8.self) }

    func write(_ bytes: [UInt8]) throws(EvidenceError) {
        try file?.write(bytes)
        lines.withLock { $0 += bytes }
    }

    func sync() throws(EvidenceError) { try file?.sync() }

    /// With `.freeze` before the extension of the name.
    static func path(beside evidence: String) -> String {
        let bytes = Array(evidence.utf8)
        let name = bytes.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
        // A dot that the name begins with begins no extension.
        let dot = bytes[name...].dropFirst().lastIndex(of: UInt8(ascii: ".")) ?? bytes.count
        return String(decoding: bytes[..<dot] + Array(".freeze".utf8) + bytes[dot...], as: UTF8.self)
    }
}
