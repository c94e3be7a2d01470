import Agent
private import Glibc

/// A new folder for files that are to be gone at the end, for its owner's eyes only.
struct ScratchFolder: Sendable {
    let path: String

    /// Makes it where the system keeps such things; the name begins with `prefix`.
    init(prefix: String, in parent: String) throws(AgentError) {
        var name = Array("\(parent)/\(prefix)XXXXXX".utf8.map { CChar(bitPattern: $0) }) + [0]
        let code = unsafe name.withUnsafeMutableBufferPointer { name in
            guard let start = name.baseAddress, unsafe mkdtemp(start) == nil else { return Int32(0) }
            return errno
        }
        guard code == 0 else {
            throw AgentError(.cannotCreate, "\(parent) takes no new folder: \(unsafe String(cString: strerror(code)))")
        }
        path = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Removes these files and then the folder, which stays if somebody else put a file there.
    func remove(_ files: some Sequence<String>) {
        for file in files { unsafe unlink(file) }
        unsafe rmdir(path)
    }
}
