import Evidence
import Guarding
import Value

/// Evidence in memory; with a bound, a disk that is full after so many lines.
final class MemorySink: EvidenceSink {
    private let bytes = Guarded<[UInt8]>([])
    private let written = Guarded(0)
    private let room: Int

    init(room: Int = .max) { self.room = room }

    func write(_ bytes: [UInt8]) throws(EvidenceError) {
        let count = written.withLock { count in
            count += 1
            return count
        }
        guard count <= room else { throw EvidenceError(.cannotWrite, place: "memory", code: 28) }
        self.bytes.withLock { $0 += bytes }
    }

    func sync() throws(EvidenceError) {}

    var text: String { String(decoding: bytes.withLock { $0 }, as: UTF8.self) }

    /// Every line as it would be read again.
    func lines() throws -> [Value] {
        try bytes.withLock { $0 }.split(separator: UInt8(ascii: "\n")).map { try JSONReader.read(Array($0)) }
    }

    func verification() throws -> Verification {
        let rest = Guarded(bytes.withLock { $0 })
        var lines = EvidenceLines { () throws(EvidenceError) in
            rest.withLock { rest in
                defer { rest = [] }
                return rest
            }
        }
        return try EvidenceVerifier.verify(&lines)
    }
}
