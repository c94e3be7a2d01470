import Guarding

/// The logins that brokers refused a moment ago.
///
/// First contact, gates and probes each want to connect; a wrong password is shown to a broker once all the same.
final class Refusals: Sendable {
    private struct Refusal {
        let report: ConnectReport
        let end: ContinuousClock.Instant
    }

    private let duration: Duration
    private let refusals = Guarded<[HostPort: Refusal]>([:])

    init(lasting duration: Duration) { self.duration = duration }

    func keep(_ report: ConnectReport, on broker: HostPort) {
        guard duration > .zero else { return }
        refusals.withLock { $0[broker] = Refusal(report: report, end: .now + duration) }
    }

    func report(on broker: HostPort) -> ConnectReport? {
        refusals.withLock { refusals in
            guard let refusal = refusals[broker] else { return nil }
            if refusal.end > .now { return refusal.report }
            refusals[broker] = nil
            return nil
        }
    }
}
