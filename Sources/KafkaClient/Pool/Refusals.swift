import Guarding

/// The logins that brokers refused a moment ago.
///
/// First contact, gates and probes each want to connect; a wrong password is shown to a broker once all the same.
final class Refusals: Sendable {
    private struct Refusal {
        let report: ConnectReport
        let end: ContinuousClock.Instant
        /// Told once, however late: nobody has heard of it yet.
        var isUnheard: Bool
    }

    private let duration: Duration
    private let refusals = Guarded<[HostPort: Refusal]>([:])

    init(lasting duration: Duration) { self.duration = duration }

    func keep(_ report: ConnectReport, on broker: HostPort, isUnheard: Bool = false) {
        guard duration > .zero || isUnheard else { return }
        refusals.withLock { $0[broker] = Refusal(report: report, end: .now + duration, isUnheard: isUnheard) }
    }

    func report(on broker: HostPort) -> ConnectReport? {
        refusals.withLock { refusals in
            guard let refusal = refusals[broker] else { return nil }
            refusals[broker]?.isUnheard = false
            if refusal.end > .now { return refusal.report }
            refusals[broker] = nil
            return refusal.isUnheard ? refusal.report : nil
        }
    }
}
