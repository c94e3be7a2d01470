import Testing
import Value

@Suite("saturatingSum") struct SaturatingSumTests {
    @Test("a sum that is too large is the largest integer, another is itself")
    func sums() {
        #expect(Int64(3).saturatingSum(4) == 7)
        #expect((Int64.max - 4).saturatingSum(4) == .max)
        #expect((Int64.max - 3).saturatingSum(4) == .max)
        #expect(Int64.max.saturatingSum(.max) == .max)
        #expect(Int64.min.saturatingSum(.max) == -1)
    }
}
