private import Glibc

extension ConfigSource {
    /// The process's environment and the file system.
    ///
    /// Reads of files block; a configuration is read before anything is contacted.
    package static var system: ConfigSource {
        ConfigSource(
            environment: { name in
                // A value that is not UTF-8 counts as not set: a repaired password would be a wrong one.
                guard let value = unsafe getenv(name) else { return nil }
                return unsafe String(validatingCString: value)
            },
            readFile: { path throws(Failure) in try bytes(ofFile: path) })
    }

    private static func bytes(ofFile path: String) throws(Failure) -> [UInt8] {
        // C would cut the name at the NUL and open another file.
        guard !path.utf8.contains(0) else { throw .missing }
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw failure(errno) }
        defer { close(file) }
        var all: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe read(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure(errno) }
            guard count > 0 else { return all }
            all.append(contentsOf: chunk[..<count])
            guard all.count <= PropertiesFile.maximumSize else { throw .tooLarge }
        }
    }

    private static func failure(_ code: Int32) -> Failure {
        switch code {
        case ENOENT, ENOTDIR: .missing
        case EACCES, EPERM: .notPermitted
        case EISDIR: .isDirectory
        default: .other("errno \(code)")
        }
    }
}
