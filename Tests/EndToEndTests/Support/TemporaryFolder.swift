import Foundation

/// A folder that is gone with its owner.
final class TemporaryFolder: Sendable {
    let url: URL

    init(_ name: String = "sluice") throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("\(name)-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// The path of a file in it, which need not exist.
    func path(_ name: String) -> String { url.appendingPathComponent(name).path }

    /// Writes a file and answers its path.
    func write(_ text: String, to name: String) throws -> String {
        let file = url.appendingPathComponent(name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
        return file.path
    }

    /// The lines of a file in it.
    func lines(of name: String) throws -> [String] {
        let bytes = try Data(contentsOf: url.appendingPathComponent(name))
        return bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: true)
            .map { String(decoding: $0, as: UTF8.self) }
    }
}
