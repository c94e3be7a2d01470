import Evidence
import Foundation
import Guarding
import Secrets
import Testing

/// The built program, from outside: exit codes and streams.
@Suite struct CommandLineToolTests {
    @Test("help goes to standard output and is no error")
    func help() async throws {
        for outcome in [try await CommandLineTool.run("--help"), try await CommandLineTool.run("help")] {
            #expect(outcome.code == 0)
            #expect(outcome.output.utf8.starts(with: "sluice: gates for Kafka".utf8))
            #expect(outcome.errors.isEmpty)
        }
        let run = try await CommandLineTool.run("run", "--nonsense", "--help")
        #expect(run.code == 0)
        #expect(run.output.utf8.starts(with: "usage: sluice run [GATE...] [options]".utf8))
    }

    @Test(
        "wrong usage is one line on standard error and exit 64",
        arguments: [
            [], ["demo", "x"], ["demo", "--source", "y"], ["run"], ["run", "x", "--sorce", "y"],
            ["run", "x", "--every", "5"], ["verify"], ["completion", "tcsh"], ["doc"], ["list", "--evidence", "f"],
            ["help", "verfy"],
        ])
    func usage(arguments: [String]) async throws {
        let outcome = try await CommandLineTool.shell("exec \"$0\" \"$@\"", arguments)
        #expect(outcome.code == 64)
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors.utf8.starts(with: "sluice: ".utf8))
        #expect(outcome.errors.utf8.count { $0 == 0x0A } == 1)
    }

    @Test("what is typed comes back harmless")
    func hostileArgument() async throws {
        let outcome = try await CommandLineTool.run("\u{1B}[31m\u{202E}x")
        #expect(outcome.code == 64)
        #expect(outcome.errors.utf8.starts(with: "sluice: unknown command \"\\x1b[31m\\u{202e}x\"".utf8))
    }

    @Test("version says what it is, in JSON too")
    func version() async throws {
        let plain = try await CommandLineTool.run("version")
        #expect(plain.code == 0)
        #expect(plain.output.utf8.starts(with: "sluice ".utf8))
        let json = try await CommandLineTool.run("version", "--json")
        #expect(json.output.utf8.starts(with: "{\"arch\":\"".utf8))
        #expect(json.output.utf8.reversed().starts(with: "\n}".utf8))
    }

    @Test("output that cannot be written is an error, wherever it goes")
    func fullDisk() async throws {
        let full = try await CommandLineTool.shell("exec \"$0\" version > /dev/full")
        #expect(full.code == 74)
        #expect(full.errors.utf8.starts(with: "sluice: standard output: ".utf8))
        let closed = try await CommandLineTool.shell("exec \"$0\" version >&-")
        #expect(closed.code == 74)
        #expect(try await CommandLineTool.shell("exec \"$0\" version 2>&-").code == 0)
    }

    // MARK: verify

    private final class Memory: EvidenceSink {
        private let written = Guarded<[UInt8]>([])
        var bytes: [UInt8] { written.withLock { $0 } }
        func write(_ bytes: [UInt8]) throws(EvidenceError) { written.withLock { $0 += bytes } }
        func sync() throws(EvidenceError) {}
    }

    private func evidence() throws -> (bytes: [UInt8], head: String) {
        let sink = Memory()
        var random = SystemRandomNumberGenerator()
        let writer = EvidenceWriter(
            sink: sink, run: RunID(unixMs: 0, using: &random), clock: .system, secrets: SecretRegistry())
        try writer.start(
            RunStarted(
                tool: .init(name: "sluice", version: "0", lua: "Lua 5.4", os: "linux", arch: "x86_64"), mode: .live,
                argv: [], host: "h", gates: []))
        let head = try writer.finish(
            RunFinished(verdict: .pass, effective: .pass, exitCode: 0, gates: .init(), durationUs: 1))
        return (sink.bytes, head)
    }

    @Test("whole evidence is OK, and has the head it should have")
    func verifyWhole() async throws {
        let (bytes, head) = try evidence()
        try await CommandLineTool.withFile(bytes) { path in
            let outcome = try await CommandLineTool.run("verify", path, "--head", "sha256:\(head)")
            #expect(outcome.code == 0)
            #expect(outcome.output.utf8.starts(with: "OK-UNSIGNED \(path) run=".utf8))
            #expect(
                outcome.output.utf8.reversed().starts(
                    with: " lines=2 verdict=pass head=sha256:\(head)\n".utf8.reversed()))
            let other = String(repeating: "0", count: 64)
            #expect(try await CommandLineTool.run("verify", path, "--head", other).code == 1)
            #expect(try await CommandLineTool.run("verify", path, path, "--head", head).code == 64)
        }
    }

    @Test("altered, cut and missing evidence are told apart")
    func verifyBroken() async throws {
        var (bytes, _) = try evidence()
        let place = try #require(bytes.indices.first { bytes[$0...].starts(with: "linux".utf8) })
        bytes[place] = UInt8(ascii: "L")
        try await CommandLineTool.withFile(bytes) { path in
            let outcome = try await CommandLineTool.run("verify", path, "/nowhere/at/all")
            #expect(outcome.code == 1)
            #expect(outcome.output.utf8.starts(with: "TAMPERED (0) \(path) ".utf8))
            #expect(outcome.errors.utf8.starts(with: "sluice: /nowhere/at/all: cannot be opened".utf8))
        }
        try await CommandLineTool.withFile(Array(try evidence().bytes.dropLast(1))) { path in
            let outcome = try await CommandLineTool.run("verify", path)
            #expect(outcome.code == 1)
            #expect(outcome.output.utf8.starts(with: "TORN-TAIL ".utf8))
        }
        #expect(try await CommandLineTool.run("verify", "/nowhere/at/all").code == 66)
    }

    @Test(
        "evidence that cannot be read has one exit code, whoever reads it", arguments: ["verify", "require", "merge"])
    func unreadable(command: String) async throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("{}\n", to: "e.jsonl")
        let codes: [(String, Int32)] = [(folder.url.path, 65), (file + "/e.jsonl", 66), (folder.path("none"), 66)]
        for (path, code) in codes {
            let outcome = try await CommandLineTool.run(command, path)
            #expect(outcome.code == code, "\(path): \(outcome)")
            #expect(outcome.errors.utf8.starts(with: "sluice: \(path): ".utf8), "\(outcome)")
        }
    }

    @Test(
        "what cannot be written says why and is exit 74, but no evidence where it is none",
        arguments: ["verify EVIDENCE", "require EVIDENCE", "help", "list", "version", "completion bash", "doc --api"])
    func fullOutput(words: String) async throws {
        try await CommandLineTool.withFile(try evidence().bytes) { path in
            let command = words.replacing("EVIDENCE", with: path)
            let outcome = try await CommandLineTool.shell(
                "cd \"$1\" && exec \"$0\" \(command) >/dev/full", [SluiceCommand.repository.path])
            #expect(outcome.code == 74, "\(outcome)")
            #expect(outcome.errors == "sluice: standard output: cannot be written: No space left on device (28)\n")
        }
    }
}
