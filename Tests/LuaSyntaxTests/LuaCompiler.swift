import Foundation

/// Lua's own compiler, which only says whether a text is Lua.
enum LuaCompiler {
    static let path = ["/usr/bin/luac5.4", "/usr/local/bin/luac5.4"].first(where: FileManager.default.isExecutableFile)

    static func accepts(_ text: String, _ compiler: String) throws -> Bool {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).lua")
        try Data(text.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: compiler)
        process.arguments = ["-p", file.path]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus == 0
    }
}

/// Numbers that look random and are the same each time.
struct Lehmer {
    var state: UInt64

    mutating func below(_ limit: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(max(1, limit)))
    }
}

/// The gates of this repository, the examples and the file for editors included.
enum RepositoryGates {
    static func all() throws -> [(path: String, source: [UInt8])] {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        var found: [(path: String, source: [UInt8])] = []
        for folder in ["gates", "examples"] {
            let files = FileManager.default.enumerator(atPath: root.appendingPathComponent(folder).path)
            for case let file as String in files ?? .init() where file.hasSuffix(".lua") {
                let url = root.appendingPathComponent(folder).appendingPathComponent(file)
                found.append((path: "\(folder)/\(file)", source: Array(try Data(contentsOf: url))))
            }
        }
        return found.sorted { $0.path < $1.path }
    }
}
