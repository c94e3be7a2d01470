/// What verifying a file of evidence has found.
package struct Verification: Sendable {
    package enum Outcome: Hashable, Sendable {
        /// Whole and unaltered since it was written; who wrote it is not proven.
        case okUnsigned
        /// Ends before `run_finished`, at the end of a line.
        case incomplete
        /// Ends within a line.
        case tornTail
        /// The first line, counted from 0, that is not what was written.
        case tampered(seq: Int)
        /// `run_finished` counts other lines than there are.
        case countMismatch
        /// Another version of the format.
        case unsupported
    }

    package internal(set) var outcome: Outcome
    /// Why, for people; empty where all is well.
    package internal(set) var detail = ""
    /// How many lines were read.
    package internal(set) var lines = 0
    package internal(set) var run: String?
    package internal(set) var mode: String?
    /// SHA-256 of the last line, in hexadecimal.
    ///
    /// This and what follows only where the outcome is OK.
    package internal(set) var head: String?
    package internal(set) var verdict: String?
    package internal(set) var effective: String?
    package internal(set) var exitCode: Int?

    package var isOK: Bool { outcome == .okUnsigned }
}

extension Verification.Outcome: CustomStringConvertible {
    package var description: String {
        switch self {
        case .okUnsigned: "OK-UNSIGNED"
        case .incomplete: "INCOMPLETE"
        case .tornTail: "TORN-TAIL"
        case .tampered(let seq): "TAMPERED (\(seq))"
        case .countMismatch: "COUNT-MISMATCH"
        case .unsupported: "UNSUPPORTED"
        }
    }
}
