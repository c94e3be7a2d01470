import Testing

@testable import Guarding

@Suite("A guarded value")
struct GuardedTests {
    private struct Refused: Error, Equatable {}

    @Test("many tasks add to it and no addition is lost")
    func additions() async {
        let total = Box()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask { for _ in 0..<2_000 { total.count.withLock { $0 += 1 } } }
            }
        }
        #expect(total.count.withLock { $0 } == 16_000)
    }

    @Test("a body that throws leaves it as the body left it, and unlocked")
    func throwing() {
        let value = Guarded(1)
        #expect(throws: Refused()) {
            try value.withLock { (held: inout sending Int) throws(Refused) in
                held = 2
                throw Refused()
            }
        }
        #expect(value.withLock { $0 } == 2)
    }

    private final class Box: Sendable {
        let count = Guarded(0)
    }
}
