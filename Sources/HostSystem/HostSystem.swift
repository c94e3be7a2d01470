private import Glibc

/// The machine around the process: files, folders, environment.
///
/// Its calls block; they are made before anything is contacted.
package struct HostSystem: Sendable {
    /// Something in a folder.
    package struct Entry: Hashable, Sendable {
        package let name: String
        package let isFolder: Bool

        package init(name: String, isFolder: Bool) {
            self.name = name
            self.isFolder = isFolder
        }
    }

    package var variable: @Sendable (_ name: String) -> String?
    /// All bytes of a file, at most `limit`.
    package var read: @Sendable (_ path: String, _ limit: Int) throws(FileError) -> [UInt8]
    /// What a folder holds, by name.
    package var entries: @Sendable (_ folder: String) throws(FileError) -> [Entry]
    /// Where the running binary lies, links followed.
    package var executablePath: @Sendable () -> String?
    package var hostName: @Sendable () -> String

    package init(
        variable: @escaping @Sendable (String) -> String?,
        read: @escaping @Sendable (String, Int) throws(FileError) -> [UInt8],
        entries: @escaping @Sendable (String) throws(FileError) -> [Entry],
        executablePath: @escaping @Sendable () -> String?, hostName: @escaping @Sendable () -> String
    ) {
        self.variable = variable
        self.read = read
        self.entries = entries
        self.executablePath = executablePath
        self.hostName = hostName
    }

    /// The real one.
    package static let real = HostSystem(
        variable: { name in
            // A value that is not UTF-8 counts as not set: a repaired password would be a wrong one.
            guard let value = unsafe getenv(name) else { return nil }
            return unsafe String(validatingCString: value)
        },
        read: { path, limit throws(FileError) in try bytes(of: path, limit: limit) },
        entries: { folder throws(FileError) in try list(folder) },
        executablePath: { link("/proc/self/exe") },
        hostName: {
            var name = [UInt8](repeating: 0, count: 256)
            let code = unsafe name.withUnsafeMutableBytes { bytes in
                guard let base = bytes.baseAddress else { return Int32(-1) }
                return unsafe gethostname(base.assumingMemoryBound(to: CChar.self), bytes.count - 1)
            }
            return code == 0 ? String(decoding: name.prefix { $0 != 0 }, as: UTF8.self) : "localhost"
        })

    private static func bytes(of path: String, limit: Int) throws(FileError) -> [UInt8] {
        // C would cut the name at the NUL and open another file.
        guard !path.utf8.contains(0) else { throw FileError(path: path, .missing) }
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw failure(path) }
        defer { close(file) }
        var all: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe Glibc.read(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure(path) }
            guard count > 0 else { return all }
            all.append(contentsOf: chunk[..<count])
            guard all.count <= limit else { throw FileError(path: path, .tooLarge(limit: limit)) }
        }
    }

    private static func list(_ folder: String) throws(FileError) -> [Entry] {
        guard let stream = unsafe opendir(folder) else { throw failure(folder) }
        defer { unsafe closedir(stream) }
        var entries: [Entry] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) {
                    unsafe String(validatingCString: $0)
                }
            }
            guard let name, name != ".", name != ".." else { continue }
            var status = stat()
            guard unsafe stat("\(folder)/\(name)", &status) == 0 else { continue }
            entries.append(Entry(name: name, isFolder: status.st_mode & S_IFMT == S_IFDIR))
        }
        return entries.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    private static func link(_ path: String) -> String? {
        var target = [UInt8](repeating: 0, count: 4096)
        let count = unsafe target.withUnsafeMutableBytes { bytes in
            guard let base = bytes.baseAddress else { return -1 }
            return unsafe readlink(path, base.assumingMemoryBound(to: CChar.self), bytes.count)
        }
        return count > 0 ? String(validating: target[..<count], as: UTF8.self) : nil
    }

    private static func failure(_ path: String) -> FileError {
        switch errno {
        case ENOENT, ENOTDIR: FileError(path: path, .missing)
        case EACCES, EPERM: FileError(path: path, .notPermitted)
        case EISDIR: FileError(path: path, .isFolder)
        default: FileError(path: path, .other(unsafe String(cString: strerror(errno))))
        }
    }
}
