import Foundation

/// Runs the built `sluice` by a shell, outside of the repository, and gathers what it says as one text each.
struct CommandLineTool {
    struct Outcome {
        /// `nil` where a signal ended it.
        let code: Int32?
        let output: String
        let errors: String
    }

    /// Runs it by a shell, where `sluice` is `$0` and the arguments follow it.
    static func shell(_ script: String, _ arguments: [String] = []) async throws -> Outcome {
        let process = try SluiceCommand.start(
            program: ["/bin/sh", "-c", script, SluiceCommand.binary] + arguments,
            environment: ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"],
            directory: FileManager.default.temporaryDirectory)
        process.closeInput()
        let result = await SluiceCommand.result(of: process)
        return Outcome(
            code: result.exitCode, output: String(decoding: process.output.bytes, as: UTF8.self),
            errors: String(decoding: process.errors.bytes, as: UTF8.self))
    }

    static func run(_ arguments: String...) async throws -> Outcome {
        try await shell("exec \"$0\" \"$@\"", arguments)
    }

    /// Hands a file with these bytes to `body`, and removes it.
    static func withFile<Result>(_ bytes: [UInt8], _ body: (String) async throws -> Result) async throws -> Result {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("sluice-\(UUID().uuidString).jsonl")
        try Data(bytes).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        return try await body(file.path)
    }
}
