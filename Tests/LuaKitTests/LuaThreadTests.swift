import Dispatch
import Guarding
import Testing

@testable import LuaKit

@Suite("LuaThread")
struct LuaThreadTests {
    final class Gate: Sendable {
        private let semaphore = DispatchSemaphore(value: 0)
        func open() { semaphore.signal() }
        func pass() { semaphore.wait() }
    }

    @Test("a body's value comes back")
    func value() async throws {
        #expect(try await LuaThread.run(until: .now + .seconds(60)) { 42 } == 42)
    }

    @Test("a body that is not done at the deadline is left alone, and may end later")
    func abandoned() async throws {
        let gate = Gate()
        let (hasEnded, end) = AsyncStream.makeStream(of: Void.self)
        let value = try await LuaThread.run(until: .now + .milliseconds(100)) { () -> Int in
            gate.pass()
            end.finish()
            return 1
        }
        #expect(value == nil)
        gate.open()
        for await _ in hasEnded {}
    }

    @Test("a deadline that has passed still starts the body and does not wait for it")
    func pastDeadline() async throws {
        let gate = Gate()
        let value = try await LuaThread.run(until: .now - .seconds(1)) { () -> Int in
            gate.pass()
            return 1
        }
        #expect(value == nil)
        gate.open()
    }

    @Test("what a body holds is given back when it ends")
    func release() async throws {
        final class Witness: Sendable {}
        weak var witness: Witness?
        func run() async throws {
            let held = Witness()
            witness = held
            _ = try await LuaThread.run(until: .now + .seconds(60)) { withExtendedLifetime(held) {} }
        }
        try await run()
        // The threads give their references back just after the result is known.
        let end = ContinuousClock.now + .seconds(30)
        while witness != nil, ContinuousClock.now < end { await Task.yield() }
        #expect(witness == nil)
    }

    @Test("many threads at once do not hold up the cooperative pool")
    func many() async throws {
        let gates = (0..<16).map { _ in Gate() }
        let sum = try await withThrowingTaskGroup(of: Int.self) { group in
            for (number, gate) in gates.enumerated() {
                group.addTask {
                    try await LuaThread.run(until: .now + .seconds(60)) {
                        gate.pass()
                        return number
                    } ?? -1000
                }
            }
            group.addTask {
                for gate in gates { gate.open() }
                return 0
            }
            return try await group.reduce(0, +)
        }
        #expect(sum == 120)
    }

    @Test("a thread has the stack that deep recursion needs")
    func stack() async throws {
        let body = "local function f(s) return (s:gsub('x', f)) end return pcall(f, 'x')"
        let result = try await LuaThread.run(until: .now + .seconds(60)) { () -> Bool in
            (try? LuaScript().error(body.replacing("return pcall(f, 'x')", with: "f('x')")))?.contains(
                "C stack overflow")
                == true
        }
        #expect(result == true)
    }
}
