import Agent
import KafkaClient

/// What is known of a run in progress.
struct RunPicture {
    struct Running {
        let id: String
        let since: Duration
        let scans: @Sendable () -> ScanProgress?
    }

    private(set) var gates = 0
    private(set) var finished = 0
    /// In the order in which they started.
    private(set) var running: [Running] = []
    private(set) var round = 1
    /// The result of the last round, once there is one.
    private(set) var lastPassed: Int?

    /// Takes an event; times are since the beginning.
    mutating func take(_ event: RunEvent, at: Duration) {
        switch event {
        case .started(_, let gates):
            // Nothing of a run before it counts.
            self = RunPicture()
            self.gates = gates
        case .roundStarted(let round):
            self.round = round
            running = []
        case .gateStarted(let id, _, let scans):
            end(id)
            running.append(Running(id: id, since: at, scans: scans))
        case .gateFinished(let gate):
            finished += 1
            end(gate.id)
        case .roundFinished(_, let passed, _, _):
            lastPassed = passed
            running = []
        case .clusterFound, .clusterLost, .warning: break
        }
    }

    /// Names the gates that run, each with its time and how far it has scanned: `lag_budget 12.0s, decode_test 3.1s`.
    func runningText(at: Duration, style: ProgressStyle) -> String {
        running.map { gate in
            let scan = gate.scans().map { " " + ScanText(isUnicode: style.isUnicode).of($0) } ?? ""
            return "\(style.clean(gate.id)) \(ElapsedText.of(at - gate.since))\(scan)"
        }.joined(separator: ", ")
    }

    private mutating func end(_ id: String) { running.removeAll { $0.id.utf8.elementsEqual(id.utf8) } }
}
