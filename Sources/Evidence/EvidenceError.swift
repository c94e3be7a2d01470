private import Glibc

/// Why evidence could not be created, written or read.
package struct EvidenceError: Error, Hashable, Sendable {
    package enum Reason: Hashable, Sendable {
        /// Something stands at the path, be it a link to nowhere.
        case exists
        case cannotCreate
        case cannotOpen
        case cannotRead
        case cannotWrite
        /// The file system did not confirm that the lines are on disk.
        case cannotSync
        /// libcrypto refused to compute SHA-256.
        case noDigest
        /// A line that JSON cannot hold, or one out of order (before the first, after the last): our own mistake.
        case badLine(String)
    }

    package let reason: Reason
    /// The file, or what stands for it in messages (`standard output`).
    package let place: String
    /// The system's error number; 0 where there is none.
    package let code: Int32

    package init(_ reason: Reason, place: String, code: Int32 = 0) {
        self.reason = reason
        self.place = place
        self.code = code
    }
}

extension EvidenceError: CustomStringConvertible {
    package var description: String {
        switch reason {
        case .exists: "\(place): exists already; evidence is never overwritten"
        case .cannotCreate: said("cannot be created")
        case .cannotOpen: said("cannot be opened")
        case .cannotRead: said("cannot be read")
        case .cannotWrite: said("evidence cannot be written")
        case .cannotSync: said("evidence did not reach the disk")
        case .noDigest: said("libcrypto refuses SHA-256")
        case .badLine(let problem): said("evidence line refused: \(problem)")
        }
    }

    /// As ``description``, where what was to be written is no evidence.
    package var ofOtherOutput: String { reason == .cannotWrite ? said("cannot be written") : description }

    private func said(_ what: String) -> String {
        // glibc's strerror is safe between threads since 2.32.
        guard code != 0, let text = unsafe strerror(code) else { return "\(place): \(what)" }
        return unsafe "\(place): \(what): \(String(cString: text)) (\(code))"
    }
}
