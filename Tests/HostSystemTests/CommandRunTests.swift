import HostSystem
import Testing

/// A program run for what it prints.
struct CommandRunTests {
    private static var soon: ContinuousClock.Instant { .now + .seconds(30) }

    @Test("what it prints is the answer; what it says beside is not")
    func output() throws {
        let bytes = try CommandRun.shell("printf '%s' \"a b\"; echo no >&2", until: Self.soon)
        #expect(bytes == Array("a b".utf8))
    }

    @Test("an exit status and a signal are failures")
    func status() {
        #expect(throws: CommandRun.Failure.ended(status: 3)) {
            try CommandRun.shell("echo x; exit 3", until: Self.soon)
        }
        #expect(throws: CommandRun.Failure.ended(status: -9)) { try CommandRun.shell("kill -9 $$", until: Self.soon) }
        #expect(throws: CommandRun.Failure.ended(status: 127)) { try CommandRun.shell("/none/such", until: Self.soon) }
    }

    @Test(
        "at the deadline it is killed with all it started",
        arguments: ["sleep 600", "sleep 600 & wait", "exec >&-; sleep 600"])
    func deadline(command: String) {
        #expect(throws: CommandRun.Failure.deadline) {
            try CommandRun.shell(command, until: .now + .milliseconds(300))
        }
    }

    @Test("output without end is cut off")
    func endless() {
        #expect(throws: CommandRun.Failure.tooMuchOutput(limit: CommandRun.outputLimit)) {
            try CommandRun.shell("yes", until: Self.soon)
        }
    }
}
