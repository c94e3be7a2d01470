import Agent
import Gate

/// The events that are worth a line of their own, beside gates that end.
struct EventText {
    let style: ProgressStyle

    /// Nil: not worth a line.
    func line(_ event: RunEvent) -> String? {
        switch event {
        case .clusterFound(let side, let bootstrap, let id, let brokers):
            let name = id.map { " cluster \(style.clean($0))," } ?? ""
            return
                "\(side.rawValue) \(style.clean(bootstrap)):\(name) \(brokers) \(brokers == 1 ? "broker" : "brokers")"
        case .clusterLost(let side, let bootstrap, let message):
            return "\(side.rawValue) \(style.clean(bootstrap)): unreachable: \(style.clean(message))"
        case .roundFinished(let round, let passed, let gates, let held):
            let since = held.map { ", held \(ElapsedText.of($0))" } ?? ""
            return "round \(round): \(passed) of \(gates) passed\(since)"
        case .warning(let text): return "warning: \(style.clean(text))"
        case .started, .roundStarted, .gateStarted, .gateFinished: return nil
        }
    }

    /// Every event, for `--trace`.
    func traced(_ event: RunEvent) -> String {
        switch event {
        case .started(let run, let gates): "run \(style.clean(run)) started: \(gates) gates"
        case .roundStarted(let round): "round \(round) started"
        case .gateStarted(let id, let attempt, _): "\(style.clean(id)) started, attempt \(attempt)"
        case .gateFinished(let gate): "\(style.clean(gate.id)) ended"
        case .clusterFound, .clusterLost, .roundFinished, .warning: line(event) ?? ""
        }
    }
}
