/// How long a condition has held without a break, judged from samples.
///
/// Pure: instants are nanoseconds of a monotonic clock. The time that counts runs from the *end* of the first passing
/// round to the *start* of the last, as nothing is known of when in a round its answers were true.
package struct HoldClock: Hashable, Sendable {
    package let requiredNs: Int64
    /// Longer without a sample and the condition was not watched: the process slept or the machine was suspended.
    package let longestGapNs: Int64
    /// What has been shown since the last break.
    package private(set) var achievedNs: Int64 = 0
    /// Passing rounds since the last break.
    package private(set) var samples = 0
    /// The longest time for which nobody looked, where that was too long; nil where it never was.
    package private(set) var longestBreakNs: Int64?

    private var firstEndNs: Int64 = 0
    private var lastEndNs: Int64 = 0

    package init(requiredNs: Int64, everyNs: Int64, slackNs: Int64 = 1_000_000_000) {
        self.requiredNs = max(0, requiredNs)
        let (triple, overflows) = max(0, everyNs).multipliedReportingOverflow(by: 3)
        let (gap, overflowsToo) = triple.addingReportingOverflow(max(0, slackNs))
        longestGapNs = overflows || overflowsToo ? Int64.max : gap
    }

    /// Whether the condition has passed for as long as required: with nothing required, once.
    package var isReached: Bool { samples > 0 && achievedNs >= requiredNs }

    /// Tells of a round.
    ///
    /// `passed`: Whether every gate passed; a failed and an inconclusive round break the hold alike.
    ///
    /// `isGap`: Whether the caller knows of a break before or during this round that the monotonic clock does not show,
    /// such as a suspend.
    package mutating func round(from startNs: Int64, to endNs: Int64, passed: Bool, isGap: Bool = false) {
        let (length, overflows) = endNs.subtractingReportingOverflow(startNs)
        guard passed, !overflows, length >= 0 else { return stop() }
        if samples > 0 {
            let (gap, overflows) = startNs.subtractingReportingOverflow(lastEndNs)
            // A clock that went back proves nothing either.
            if isGap || overflows || gap < 0 || gap > longestGapNs {
                stop()
                longestBreakNs = max(longestBreakNs ?? 0, overflows ? 0 : gap)
            }
        }
        if samples == 0 { firstEndNs = endNs }
        samples += 1
        lastEndNs = endNs
        let (held, overflowsToo) = startNs.subtractingReportingOverflow(firstEndNs)
        achievedNs = overflowsToo ? 0 : max(0, held)
    }

    /// Breaks the hold, as a failed round does.
    package mutating func stop() {
        achievedNs = 0
        samples = 0
    }
}
