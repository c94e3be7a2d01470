import Guarding
import Testing
import Transport

@Suite struct ReadAllowanceTests {
    @Test("what was read is paid for, whatever the size of a read")
    func pays() {
        let start = ContinuousClock.now
        let allowance = ReadAllowance(bytesPerSecond: 1_000, now: start)
        #expect(allowance.nextRead == start)
        for size in [1, 499, 1_500, 0] { allowance.spend(size, now: start) }
        #expect(start.duration(to: allowance.nextRead) == .seconds(2))
    }

    @Test("time in which nothing was read is not saved up")
    func savesNothing() {
        let start = ContinuousClock.now
        let allowance = ReadAllowance(bytesPerSecond: 1_000, now: start)
        allowance.spend(1_000, now: start + .seconds(60))
        #expect(start.duration(to: allowance.nextRead) == .seconds(61))
    }

    @Test("several streams share one rate, and it holds on average")
    func slows() async throws {
        let allowance = ReadAllowance(bytesPerSecond: 100_000)
        let start = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<2 {
                group.addTask {
                    let stream = SlowedStream(EndlessStream(), allowance: allowance)
                    var buffer = [UInt8](repeating: 0, count: 5_000)
                    for _ in 0..<4 { _ = try await stream.read(into: &buffer, from: 0, by: .after(.seconds(60))) }
                }
            }
            try await group.waitForAll()
        }
        // 40,000 bytes, of which at most one read of each stream is not yet paid for: no earlier, later is not wrong.
        #expect(start.duration(to: .now) >= .milliseconds(300))
        #expect(start.duration(to: allowance.nextRead) >= .milliseconds(400))
    }

    @Test("a deadline ends the wait")
    func deadline() async throws {
        let allowance = ReadAllowance(bytesPerSecond: 1)
        allowance.spend(100_000)
        let inner = EndlessStream()
        var buffer = [UInt8](repeating: 0, count: 8)
        _ = try? await SlowedStream(inner, allowance: allowance)
            .read(into: &buffer, from: 0, by: .after(.milliseconds(10)))
        // The stream itself is asked, with the deadline that has passed.
        #expect(inner.reads == 1)
    }

    @Test("closing it ends the wait, and closes the stream")
    func close() async throws {
        let allowance = ReadAllowance(bytesPerSecond: 1)
        allowance.spend(100_000)
        let inner = EndlessStream()
        let stream = SlowedStream(inner, allowance: allowance)
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                var buffer = [UInt8](repeating: 0, count: 8)
                _ = try? await stream.read(into: &buffer, from: 0, by: .after(.seconds(600)))
            }
            group.addTask { stream.close() }
        }
        #expect(inner.isClosed)
    }

    @Test("writing is not held up")
    func writes() async throws {
        let allowance = ReadAllowance(bytesPerSecond: 1)
        allowance.spend(1_000_000)
        let inner = EndlessStream()
        try await SlowedStream(inner, allowance: allowance).write([1, 2], by: .after(.seconds(60)))
        #expect(inner.written == [1, 2])
    }
}

/// Has always something to read.
private final class EndlessStream: ByteStream {
    private let state = Guarded((reads: 0, written: [UInt8](), isClosed: false))

    var peer: String { "nobody" }
    var reads: Int { state.withLock { $0.reads } }
    var written: [UInt8] { state.withLock { $0.written } }
    var isClosed: Bool { state.withLock { $0.isClosed } }

    func read(into buffer: inout [UInt8], from offset: Int, by deadline: Deadline) async throws(TransportError) -> Int {
        state.withLock { $0.reads += 1 }
        return buffer.count - offset
    }

    func write(_ bytes: [UInt8], by deadline: Deadline) async throws(TransportError) {
        state.withLock { $0.written += bytes }
    }

    func close() { state.withLock { $0.isClosed = true } }
}
