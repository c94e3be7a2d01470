import Foundation
import Guarding
import Synchronization

/// A Java source beside this file that is told commands by the line, started at the first: one JVM for all suites.
///
/// A line is `ID COMMAND ARGUMENT…`, its answer `ID ok …` or `ID error …`.
final class JavaProgram: Sendable {
    private let name: String
    private let process = Guarded<ChildProcess?>(nil)
    private let asked = Atomic(0)

    init(_ name: String) { self.name = name }

    /// The words of the answer; an error is thrown.
    func ask(_ words: [String]) async throws -> [String] {
        let program = try running()
        let id = asked.add(1, ordering: .relaxed).newValue
        try program.send("\(id) " + words.joined(separator: " "))
        guard let line = await program.output.first(where: { $0.hasPrefix("\(id) ") }) else {
            throw KafkaFixtureError(
                "the JVM of \(name) ended:\n" + program.errors.lines.suffix(15).joined(separator: "\n"))
        }
        let answer = line.split(separator: " ").dropFirst().map(String.init)
        guard answer.first == "ok" else {
            throw KafkaFixtureError("\(words.joined(separator: " ")): \(answer.dropFirst().joined(separator: " "))")
        }
        return Array(answer.dropFirst())
    }

    private func running() throws -> ChildProcess {
        try process.withLock { process in
            if let process, process.isRunning { return process }
            let installation = try KafkaInstallation.target()
            let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(name)
            let started = try ChildProcess(
                [installation.script("kafka-run-class.sh"), source.path], environment: installation.environment())
            process = started
            return started
        }
    }
}
