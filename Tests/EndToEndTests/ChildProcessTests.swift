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

    @Test func `A program past its deadline is killed`() async throws {
        let process = try ChildProcess(["cat"], deadline: .milliseconds(50))
        #expect(await process.end() == .signal(9))
    }

    @Test func `A signal reaches a program whatever the thread that started it blocks`() async throws {
        let process = try ChildProcess(["sh", "-c", "trap 'exit 7' INT; echo ready; cat & wait"])
        #expect(await process.output.first { $0 == "ready" } != nil)
        process.signal(SIGINT)
        process.closeInput()
        #expect(await process.end() == .exit(7))
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

    @Test func `The product's binary is found beside the tests`() {
        #expect(FileManager.default.isExecutableFile(atPath: SluiceCommand.binary))
    }
}
