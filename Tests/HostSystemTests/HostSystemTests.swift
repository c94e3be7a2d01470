import Foundation
import Testing

@testable import HostSystem

@Suite("HostSystem")
struct HostSystemTests {
    @Test("a file larger than the limit is refused, one of just the limit is not")
    func limit() throws {
        let path = NSTemporaryDirectory() + "sluice-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(repeating: 7, count: 100_000).write(to: URL(fileURLWithPath: path))
        #expect(try HostSystem.real.read(path, 100_000).count == 100_000)
        #expect(throws: FileError(path: path, .tooLarge(limit: 99_999))) { try HostSystem.real.read(path, 99_999) }
    }

    @Test("a missing file, a folder and a name with a NUL are told apart from a file")
    func failures() {
        #expect(throws: FileError(path: "/nowhere/x", .missing)) { try HostSystem.real.read("/nowhere/x", 10) }
        #expect(throws: FileError(path: "/", .isFolder)) { try HostSystem.real.read("/", 10) }
        #expect(throws: FileError(path: "/etc/passwd\0x", .missing)) {
            try HostSystem.real.read("/etc/passwd\0x", 1 << 20)
        }
    }

    @Test("a folder is listed by name, files and folders told apart")
    func entries() throws {
        let folder = NSTemporaryDirectory() + "sluice-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder + "/b", withIntermediateDirectories: true)
        try Data().write(to: URL(fileURLWithPath: folder + "/a.lua"))
        #expect(
            try HostSystem.real.entries(folder) == [
                .init(name: "a.lua", isFolder: false), .init(name: "b", isFolder: true),
            ])
        #expect(throws: FileError(path: folder + "/no", .missing)) { try HostSystem.real.entries(folder + "/no") }
    }
}
