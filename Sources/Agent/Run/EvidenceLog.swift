import Evidence
import Guarding

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
