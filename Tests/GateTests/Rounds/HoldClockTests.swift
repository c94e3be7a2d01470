import Gate
import Testing

@Suite("HoldClock")
struct HoldClockTests {
    private static let second: Int64 = 1_000_000_000

    private func clock(hold: Int64 = 60, every: Int64 = 10) -> HoldClock {
        HoldClock(requiredNs: hold * Self.second, everyNs: every * Self.second)
    }

    /// Rounds of one second.
    private func round(_ clock: inout HoldClock, at seconds: Int64, passed: Bool = true, isGap: Bool = false) {
        let start = seconds * Self.second
        clock.round(from: start, to: start + Self.second, passed: passed, isGap: isGap)
    }

    @Test("the hold runs from the end of the first passing round to the start of the last")
    func achieved() {
        var clock = clock()
        for seconds in stride(from: Int64(100), through: 160, by: 10) { round(&clock, at: seconds) }
        #expect(clock.achievedNs == 59 * Self.second)
        #expect(!clock.isReached)
        round(&clock, at: 161)
        #expect(clock.achievedNs == 60 * Self.second)
        #expect(clock.isReached)
        #expect(clock.samples == 8)
    }

    @Test("a round that did not pass starts the hold afresh")
    func broken() {
        var clock = clock()
        for seconds in stride(from: Int64(100), through: 150, by: 10) { round(&clock, at: seconds) }
        round(&clock, at: 160, passed: false)
        #expect(clock.achievedNs == 0 && clock.samples == 0)
        round(&clock, at: 170)
        #expect(!clock.isReached && clock.samples == 1)
    }

    @Test("a gap longer than three intervals starts the hold afresh, a shorter one does not")
    func gap() {
        var clock = clock(hold: 10)
        round(&clock, at: 100)
        round(&clock, at: 132)
        #expect(clock.isReached)
        round(&clock, at: 165)
        #expect(!clock.isReached)
        #expect(clock.samples == 1 && clock.achievedNs == 0)
    }

    @Test("the longest time in which nobody looked is remembered, whatever passed since")
    func longestBreak() {
        var clock = clock()
        for seconds in [100, 110, 145, 155, 250, 260] as [Int64] { round(&clock, at: seconds) }
        #expect(clock.longestBreakNs == 94 * Self.second)
        var calm = self.clock()
        for seconds in [100, 110, 120] as [Int64] { round(&calm, at: seconds) }
        #expect(calm.longestBreakNs == nil)
    }

    @Test("a suspend that the clock does not show is a gap if the caller says so")
    func suspend() {
        var clock = clock(hold: 10)
        round(&clock, at: 100)
        round(&clock, at: 120, isGap: true)
        #expect(!clock.isReached && clock.samples == 1)
    }

    @Test("without a hold one passing round is enough, and none is not")
    func none() {
        var clock = clock(hold: 0)
        #expect(!clock.isReached)
        round(&clock, at: 100, passed: false)
        #expect(!clock.isReached)
        round(&clock, at: 110)
        #expect(clock.isReached)
    }

    @Test("a clock that goes back, and numbers at their ends, prove nothing and trap nothing")
    func hostileClock() {
        var clock = clock(hold: 10)
        round(&clock, at: 100)
        round(&clock, at: 50)
        #expect(clock.samples == 1)
        clock.round(from: 90, to: 80, passed: true)
        #expect(clock.samples == 0)
        clock.round(from: .min, to: .max, passed: true)
        #expect(!clock.isReached)
        clock.round(from: .min, to: .min, passed: true)
        clock.round(from: .max, to: .max, passed: true)
        #expect(!clock.isReached)
        #expect(HoldClock(requiredNs: 1, everyNs: .max).longestGapNs == .max)
    }
}
