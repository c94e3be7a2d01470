import Evidence
import Gate
import Guarding
import KafkaClient
import LuaKit
import Secrets
import Transport
import Value

/// One attempt of one gate: what its script may reach, and the ledger of what it has seen.
///
/// Shared between the script's thread and the tasks that answer it, and outlives a thread that had to be abandoned.
final class GateSession: Sendable {
    private struct State {
        var ledger = Ledger()
        var reads: UInt32 = 0
        var failedReads = FailedReadList()
        var clusters: [ClusterHandle] = []
        var firstReadUs: Int64?
        var lastReadUs: Int64 = 0
        var hasEnded = false
        var deadline: Deadline
        var bridge = ScriptBridge()

        init(deadline: Deadline) { self.deadline = deadline }
    }

    let step: PreparedRun.Step
    let connections: ClusterConnections
    let mapping: TopicMapping
    let declared: Value
    let earlier: EarlierEvidence
    /// Where its scans are shared out: which of them are this run's.
    let units: UnitBook?
    let meter = UsageMeter()
    let interrupter = LuaInterrupter()
    private let log: EvidenceLog
    private let clock: RunClock
    private let time: Passage
    private let secrets: SecretRegistry
    private let state: Guarded<State>
    private let readsOperations: Bool

    init(
        step: PreparedRun.Step, connections: ClusterConnections, mapping: TopicMapping, declared: Value,
        earlier: EarlierEvidence, units: UnitBook? = nil, deadline: Deadline, log: EvidenceLog, clock: RunClock,
        time: Passage, secrets: SecretRegistry
    ) {
        self.step = step
        self.connections = connections
        self.mapping = mapping
        self.declared = declared
        self.earlier = earlier
        self.units = units
        state = Guarded(State(deadline: deadline))
        self.log = log
        self.clock = clock
        self.time = time
        self.secrets = secrets
        // A prompt has no text yet.
        let text = step.file.source
        readsOperations = text.isEmpty || text.contains("authorized_operations".utf8)
    }

    var nowMs: (wall: Int64, monotonic: Int64) { clock.nowMs }

    /// Milliseconds until the deadline.
    var leftMs: Int64 { max(0, time.now.duration(to: deadline.instant).microseconds / 1_000) }

    var deadline: Deadline { state.withLock { $0.deadline } }
    /// Where the script's thread meets the tasks that answer it.
    var bridge: ScriptBridge { state.withLock { $0.bridge } }

    /// Makes ready for another entry of a prompt: what interrupted the one before does not interrupt this one.
    func begin(until deadline: Deadline) {
        interrupter.reset()
        state.withLock { state in
            state.deadline = deadline
            state.bridge = ScriptBridge()
        }
    }

    /// Ends the script and whatever it waits for.
    func interrupt() {
        interrupter.interrupt()
        bridge.cancel()
    }

    func sleep(milliseconds: Int64) {
        let until = deadline.atMost(.milliseconds(max(0, milliseconds)), now: time.now)
        // Cancelled: the script is being interrupted, and learns it that way.
        _ = bridge.wait { [time] in await time.wait(until: until.instant) }
        endIfOverdue()
    }

    /// Whether the deadline has passed, also in waits that took no time, of which Lua's own clock does not know.
    var isOverdue: Bool { time.now >= deadline.instant }

    private func endIfOverdue() {
        if isOverdue { interrupter.interrupt() }
    }

    /// Asks a cluster, and takes note of every row that failed before the script can look at it.
    ///
    /// `counterpart`: the other cluster of a question about two.
    func ask(
        _ primitive: Primitive, _ arguments: [ByteString: Value], of cluster: ClusterHandle,
        and counterpart: ClusterHandle? = nil
    ) -> RowList {
        let started = clock.elapsedUs
        let question = Question(
            primitive: primitive, arguments: arguments, cluster: cluster, counterpart: counterpart, mapping: mapping,
            units: units, readsOperations: readsOperations,
            context: CallContext(deadline: deadline, meter: meter, time: time))
        var rows = bridge.wait { await primitive.answer(question) } ?? question.failure(KafkaError(.cancelled))
        rows.redactor = secrets.redactor
        let ended = clock.elapsedUs
        state.withLock { state in
            state.reads += 1
            rows.read = state.reads
            state.firstReadUs = min(state.firstReadUs ?? started, started)
            state.lastReadUs = max(state.lastReadUs, ended)
            for failure in rows.failures {
                let key = ReadKey(read: rows.read, row: UInt32(clamping: failure.index))
                state.ledger.recordFailedRow(
                    key, ReadFailure(name: failure.error.reasonCode, message: "\(failure.error)"))
            }
            state.failedReads.add(rows.failures, read: rows.read)
        }
        endIfOverdue()
        return rows
    }

    // MARK: Clusters

    /// The handle by which scripts know a cluster; the same for the same one, however often it is asked for.
    func add(_ cluster: ClusterHandle) -> UInt64 {
        state.withLock { state in
            let known = state.clusters.firstIndex { $0.side == cluster.side && $0.principal == cluster.principal }
            if let known { return UInt64(known) }
            state.clusters.append(cluster)
            return UInt64(state.clusters.count - 1)
        }
    }

    func cluster(_ handle: UInt64) -> ClusterHandle? {
        state.withLock { state in
            // Not `… ? … : nil` inside flatMap: a handle comes from a script's userdata and may be of another attempt.
            guard let index = Int(exactly: handle), state.clusters.indices.contains(index) else { return nil }
            return state.clusters[index]
        }
    }

    // MARK: The ledger

    /// When what was read so far was read; nil before the first read.
    var sampled: Gate.Sampled? {
        state.withLock { state in state.firstReadUs.map { Gate.Sampled(fromUs: $0, toUs: state.lastReadUs) } }
    }

    /// What the ledger was told since it was last asked.
    func takeRecords() -> [LedgerRecord] { state.withLock { $0.ledger.takeRecords() } }

    func withLedger<T: Sendable>(_ body: (inout Ledger) throws(GateError) -> T) throws(GateError) -> T {
        let result = state.withLock { state in
            Result { () throws(GateError) in try body(&state.ledger) }
        }
        return try result.get()
    }

    /// A call that was wrong in itself: swallowing its error must not lead to a pass.
    func remember(mistake message: String, at place: String) {
        state.withLock { $0.ledger.doubt(.scriptError, message, at: place) }
    }

    /// Ends the attempt: the verdict, what the ledger was told, the reads that failed.
    func finish(
        _ ending: GateEnding
    ) -> (outcome: GateOutcome, records: [LedgerRecord], failedReads: [FailedReadList.Entry]) {
        state.withLock { state in
            state.hasEnded = true
            let outcome = state.ledger.finish(ending)
            let reads = state.failedReads.entries { state.ledger.isAcknowledged($0) }
            return (outcome, state.ledger.takeRecords(), reads)
        }
    }

    /// Dropped once the attempt has ended: a thread that was abandoned may still talk, even after the run.
    func log(_ text: ByteString) {
        state.withLock { state in
            if !state.hasEnded { log.append(LogLine(gate: step.id, text: text.description)) }
        }
    }
}
