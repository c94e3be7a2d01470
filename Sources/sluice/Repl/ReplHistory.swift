private import Glibc
import HostSystem

/// What was typed at prompts, in a file that only its owner reads: `$XDG_STATE_HOME/sluice/history`.
///
/// A line that begins with a blank is not kept, nor one in which a registered secret would stand.
struct ReplHistory {
    private static let longest = 1_000
    private static let fileLimit = 1 << 20

    /// Nil where the environment names no place for it.
    let path: String?

    init(_ variable: (String) -> String?) {
        func folder(_ name: String) -> String? { variable(name).flatMap { $0.hasPrefix("/") ? $0 : nil } }
        path = (folder("XDG_STATE_HOME") ?? folder("HOME").map { $0 + "/.local/state" }).map { $0 + "/sluice/history" }
    }

    func load(_ host: HostSystem) -> [String] {
        guard let path, let bytes = try? host.read(path, Self.fileLimit) else { return [] }
        let lines = bytes.split(separator: 0x0A).suffix(Self.longest).compactMap {
            String(validating: $0, as: UTF8.self)
        }
        return lines
    }

    /// Appends a line; without a word where that cannot be done, as nobody asked for it.
    func add(_ line: String) {
        guard let path, !line.hasPrefix(" "), !line.isEmpty, !line.utf8.contains(0) else { return }
        makeFolders(of: path)
        let file = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { return }
        defer { close(file) }
        var status = stat()
        guard unsafe fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return }
        // A file that others can read is no place for it.
        if status.st_mode & 0o077 != 0, fchmod(file, 0o600) != 0 { return }
        // Past its bound it begins again with what is typed from now on.
        if status.st_size > Self.fileLimit / 2, ftruncate(file, 0) != 0 { return }
        let bytes = Array((line + "\n").utf8)
        _ = unsafe bytes.withUnsafeBytes { unsafe write(file, $0.baseAddress, $0.count) }
    }

    private func makeFolders(of path: String) {
        var folder = ""
        for part in path.split(separator: "/").dropLast() {
            folder += "/" + part
            // One that is there already is fine; whatever else is wrong shows when the file is opened.
            _ = unsafe mkdir(folder, 0o700)
        }
    }
}
