private import Foundation

/// Runs the built `sluice` beside the tests and gathers what it says.
struct CommandLineTool {
    struct Outcome {
        let code: Int32
        let output: String
        let errors: String
    }

    private struct NotFound: Error {}

    /// The folder of the products is that of the test bundle, which is this process or one of its arguments.
    private static func binary() throws -> URL {
        let paths = ["/proc/self/exe"] + CommandLine.arguments.filter { $0.contains(".xctest") }
        for path in paths {
            var folder = URL(fileURLWithPath: path).resolvingSymlinksInPath()
            for _ in 0..<4 {
                folder.deleteLastPathComponent()
                let binary = folder.appendingPathComponent("sluice")
                let isFile = try? binary.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile
                if isFile == true { return binary }
            }
        }
        throw NotFound()
    }

    /// Runs it by a shell, where `sluice` is `$0` and the arguments follow it.
    static func shell(_ script: String, _ arguments: [String] = []) throws -> Outcome {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", script, try binary().path] + arguments
        process.environment = ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"]
        process.currentDirectoryURL = FileManager.default.temporaryDirectory
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("sluice-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        // Files, as a pipe that nobody reads in time would block the tool.
        let (output, errors) = (folder.appendingPathComponent("out"), folder.appendingPathComponent("err"))
        for file in [output, errors] { try Data().write(to: file) }
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: errors)
        process.standardInput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return Outcome(
            code: process.terminationStatus, output: String(decoding: try Data(contentsOf: output), as: UTF8.self),
            errors: String(decoding: try Data(contentsOf: errors), as: UTF8.self))
    }

    static func run(_ arguments: String...) throws -> Outcome { try shell("exec \"$0\" \"$@\"", arguments) }

    /// Hands a file with these bytes to `body`, and removes it.
    static func withFile<Result>(_ bytes: [UInt8], _ body: (String) throws -> Result) throws -> Result {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("sluice-\(UUID().uuidString).jsonl")
        try Data(bytes).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        return try body(file.path)
    }
}
