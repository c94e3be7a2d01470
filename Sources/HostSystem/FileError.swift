/// Why a file or folder could not be read.
package struct FileError: Error, Hashable, Sendable {
    package enum Reason: Hashable, Sendable {
        case missing
        case notPermitted
        case isFolder
        case tooLarge(limit: Int)
        /// In the system's words.
        case other(String)
    }

    package let path: String
    package let reason: Reason

    package init(path: String, _ reason: Reason) {
        self.path = path
        self.reason = reason
    }
}

extension FileError: CustomStringConvertible {
    package var description: String { "\(path): \(words)" }

    /// The fact without the path.
    package var words: String {
        switch reason {
        case .missing: "does not exist"
        case .notPermitted: "may not be read"
        case .isFolder: "is a folder"
        case .tooLarge(let limit): "is larger than \(limit / 1024) KiB"
        case .other(let words): words
        }
    }
}
