import Evidence
private import Guarding
import Value

/// A file in the current folder, created with the first line, whose run it is named after.
final class NewEvidenceFile: EvidenceSink {
    private struct State {
        var file: EvidenceFile?
        var path: String?
        var failure: EvidenceError?
    }

    /// Before the name: empty, or a folder with a slash.
    private let folder: String
    private let state = Guarded(State())

    init(folder: String = "") { self.folder = folder }

    /// Nil before the first line.
    var path: String? { state.withLock { $0.path } }
    /// Why it could not be created.
    var failure: EvidenceError? { state.withLock { $0.failure } }

    func write(_ bytes: [UInt8]) throws(EvidenceError) {
        try state.withLock { (state) throws(EvidenceError) in
            if state.file == nil { try Self.create(&state, named: path(for: bytes)) }
            try state.file?.write(bytes)
        }
    }

    func sync() throws(EvidenceError) { try state.withLock { $0.file }?.sync() }

    private static func create(_ state: inout State, named path: String) throws(EvidenceError) {
        do {
            state.file = try EvidenceFile.create(at: path)
            state.path = path
        } catch {
            state.failure = error
            throw error
        }
    }

    private func path(for line: [UInt8]) -> String {
        let record = EvidenceRecord(line: Array(line.prefix { $0 != 0x0A }))
        // Part of a path: nothing but what run ids are made of.
        let run = record?.run.bytes.filter { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "-"): true
            default: false
            }
        }
        return "\(folder)sluice-\(String(decoding: run ?? [], as: UTF8.self)).jsonl"
    }
}
