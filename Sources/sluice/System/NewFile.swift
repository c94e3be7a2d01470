import Agent
private import Glibc

/// A file that must not have been there before.
enum NewFile {
    static func exists(_ path: String) -> Bool {
        var status = stat()
        // A link that leads nowhere is there, too.
        return unsafe lstat(path, &status) == 0
    }

    /// Writes it whole, or leaves none.
    static func write(_ text: String, to path: String) throws(AgentError) {
        let file = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard file >= 0 else { throw AgentError(.cannotCreate, "\(path): \(words(errno))") }
        var problem = writeAll(Array(text.utf8), to: file)
        if close(file) != 0, problem == 0 { problem = errno }
        guard problem == 0 else {
            _ = unsafe unlink(path)
            throw AgentError(.cannotCreate, "\(path): \(words(problem))")
        }
    }

    static func remove(_ path: String) { _ = unsafe unlink(path) }

    /// 0, or an errno.
    private static func writeAll(_ bytes: [UInt8], to file: Int32) -> Int32 {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return errno }
            rest = rest.dropFirst(count)
        }
        return 0
    }

    private static func words(_ code: Int32) -> String {
        code == EEXIST ? "is there already, and is not overwritten" : unsafe String(cString: strerror(code))
    }
}
