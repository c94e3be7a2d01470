import Evidence
import Guarding
import Secrets

/// The evidence of a run, for those who cannot do anything about a failure of it: the first one is remembered, ends the
/// run, and decides its exit code.
final class EvidenceLog: Sendable {
    let writer: EvidenceWriter
    private let failure = Guarded<EvidenceError?>(nil)
    private let onFailure: @Sendable () -> Void

    init(_ writer: EvidenceWriter, onFailure: @escaping @Sendable () -> Void) {
        self.writer = writer
        self.onFailure = onFailure
    }

    /// For scripts that are no part of a run.
    static var nowhere: EvidenceLog {
        var random = SystemRandomNumberGenerator()
        let writer = EvidenceWriter(
            sink: Nowhere(), run: RunID(unixMs: 0, using: &random), clock: .system, secrets: SecretRegistry())
        return EvidenceLog(writer) {}
    }

    private struct Nowhere: EvidenceSink {
        func write(_ bytes: [UInt8]) {}
        func sync() {}
    }

    var problem: EvidenceError? { failure.withLock { $0 } }

    func write(_ body: (EvidenceWriter) throws(EvidenceError) -> Void) {
        do throws(EvidenceError) {
            try body(writer)
        } catch {
            let isFirst = failure.withLock { failure in
                defer { failure = failure ?? error }
                return failure == nil
            }
            if isFirst { onFailure() }
        }
    }

    func append(_ line: some EvidenceLine) { write { (writer) throws(EvidenceError) in try writer.append(line) } }
}
