import Foundation
import Testing

/// What suites rely on when they start programs: bytes to the last one, endings as they were, and no survivor.
@Suite struct ChildProcessTests {
    @Test func `A program's streams and exit code come whole`() async throws {
        let process = try ChildProcess(["sh", "-c", "cat; printf 'no end'; echo bad >&2; exit 3"])
        try process.send("first")
        process.closeInput()
        #expect(await process.end() == .exit(3))
        #expect(process.output.lines == ["first", "no end"])
        #expect(process.output.bytes == Data("first\nno end".utf8))
        #expect(process.errors.lines == ["bad"])
    }

    @Test func `A program past its deadline is killed with all that it started`() async throws {
        let process = try ChildProcess(["sh", "-c", "exec 3<&0; cat <&3 & wait"], deadline: .milliseconds(50))
        #expect(await process.end() == .signal(9))
    }

    @Test func `A signal reaches a program whatever the thread that started it blocks`() async throws {
        let process = try ChildProcess(["cat"], deadline: .seconds(10))
        process.signal(SIGINT)
        #expect(await process.end() == .signal(SIGINT))
    }

    @Test func `Writing to a program that has ended is an error and no signal`() async throws {
        let process = try ChildProcess(["true"])
        #expect(await process.end() == .exit(0))
        #expect(throws: (any Error).self) { try process.send("too late") }
    }

    @Test func `A line is awaited as it comes, and its absence is known at the end`() async throws {
        let process = try ChildProcess(["sh", "-c", "read word; echo got $word"])
        async let line = process.output.first { $0.hasPrefix("got") }
        async let none = process.output.first { $0 == "something else" }
        try process.send("it")
        #expect(await line == "got it")
        #expect(await none == nil)
        #expect(await process.end() == .exit(0))
    }

    @Test func `The product's binary is found beside the tests, by path and by name`() async throws {
        #expect(FileManager.default.isExecutableFile(atPath: SluiceCommand.binary))
        let found = try await SluiceCommand.shell("command -v sluice; pwd")
        #expect(found.exitCode == 0)
        #expect(found.output == [SluiceCommand.binary, SluiceCommand.repository.path])
    }
}
