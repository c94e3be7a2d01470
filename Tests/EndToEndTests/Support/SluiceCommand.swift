import Foundation

/// The product's binary, as SwiftPM built it beside these tests (`SLUICE_BINARY` names another).
///
/// Whatever it is given that is secret must be in nothing that it writes: this is checked here, of every run.
enum SluiceCommand {
    static var binary: String {
        if let named = ProcessInfo.processInfo.environment["SLUICE_BINARY"], !named.isEmpty { return named }
        let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        return tests.deletingLastPathComponent().appendingPathComponent("sluice").path
    }

    /// The repository, for its gates and examples.
    static let repository = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// How a run ended and what it wrote.
    struct Result: Sendable {
        let ending: ChildProcess.Ending
        /// Standard output to the byte, since evidence is hashed by the byte.
        let bytes: Data
        let output: [String]
        let errors: [String]

        /// `nil` where a signal ended it, the deadline's included.
        var exitCode: Int32? {
            if case .exit(let code) = ending { code } else { nil }
        }

        /// Standard output as evidence.
        var evidence: EvidenceLines { get throws { try EvidenceLines(output) } }
    }

    /// Runs to the end; the deadline kills.
    static func run(
        _ arguments: [String], environment: [String: String] = [:], directory: URL? = nil, input: [String] = [],
        deadline: Duration = .seconds(120)
    ) async throws -> Result {
        let process = try start(arguments, environment: environment, directory: directory, deadline: deadline)
        // A program may end without reading all it is given; how it ended says more than that.
        for line in input { try? process.send(line) }
        process.closeInput()
        return await result(of: process)
    }

    /// Runs a line of shell in which `sluice` is the binary: redirections, pipes, a terminal made by `script`.
    static func shell(
        _ script: String, environment: [String: String] = [:], directory: URL? = nil, deadline: Duration = .seconds(120)
    ) async throws -> Result {
        let process = try start(
            program: ["sh", "-c", script], environment: environment, directory: directory, deadline: deadline)
        process.closeInput()
        return await result(of: process)
    }

    /// Starts it and lets the caller watch, signal and end it.
    ///
    /// The directory is the repository unless told otherwise, so that its gates are found; nothing of the caller's own
    /// `SLUICE_…` environment gets through.
    static func start(
        _ arguments: [String], environment: [String: String] = [:], directory: URL? = nil,
        deadline: Duration = .seconds(120)
    ) throws -> ChildProcess {
        try start(
            program: [binary] + arguments, environment: environment, directory: directory, deadline: deadline)
    }

    /// Starts another program that runs it, with the binary's folder first on its `PATH`.
    static func start(
        program: [String], environment: [String: String] = [:], directory: URL? = nil,
        deadline: Duration = .seconds(120)
    ) throws -> ChildProcess {
        var all = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("SLUICE_") }
        let folder = URL(fileURLWithPath: binary).deletingLastPathComponent().path
        all["PATH"] = folder + (all["PATH"].map { ":" + $0 } ?? "")
        all.merge(environment) { $1 }
        let directory = directory ?? repository
        let watch = SecretWatch(arguments: Array(program.dropFirst()), environment: all, directory: directory)
        return try ChildProcess(
            program, environment: all, directory: directory, deadline: deadline, afterEnd: watch.check)
    }

    /// Waits for a started one.
    static func result(of process: ChildProcess) async -> Result {
        let ending = await process.end()
        return Result(
            ending: ending, bytes: process.output.bytes, output: process.output.lines, errors: process.errors.lines)
    }
}
