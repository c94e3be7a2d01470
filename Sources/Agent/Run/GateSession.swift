import Dispatch
import Evidence
import Gate
import KafkaClient
import LuaKit
import Synchronization
import Transport
import Value

/// One attempt of one gate: what its script may reach, and the ledger of what it has seen.
///
/// Shared between the script's thread and the tasks that answer it, and outlives a thread that had to be abandoned.
final class GateSession: Sendable {
    /// Work that a script waits for.
    enum Job: Sendable {
        case run(@Sendable () async -> Void)
        case cancelAll
    }

    struct FailedRead: Sendable {
        let key: ReadKey
        let error: KafkaError
    }

    private struct State {
        var ledger = Ledger()
        var reads: UInt32 = 0
        var failedReads: [FailedRead] = []
        var clusters: [ClusterHandle] = []
        var firstReadUs: Int64?
        var lastReadUs: Int64 = 0
    }

    /// Failed reads kept for evidence; more of them say nothing new.
    private static let keptFailures = 1_000

    let step: PreparedRun.Step
    let connections: ClusterConnections
    let mapping: TopicMapping
    let declared: Value
    let deadline: Deadline
    let meter = UsageMeter()
    let interrupter = LuaInterrupter()
    private let log: EvidenceLog
    private let elapsed: @Sendable () -> Int64
    private let jobs: AsyncStream<Job>.Continuation
    let work: AsyncStream<Job>
    private let state = Mutex(State())

    /// - Parameter elapsed: microseconds since the start of the run.
    init(
        step: PreparedRun.Step, connections: ClusterConnections, mapping: TopicMapping, declared: Value,
        deadline: Deadline, log: EvidenceLog, elapsed: @escaping @Sendable () -> Int64
    ) {
        self.step = step
        self.connections = connections
        self.mapping = mapping
        self.declared = declared
        self.deadline = deadline
        self.log = log
        self.elapsed = elapsed
        (work, jobs) = AsyncStream.makeStream(of: Job.self)
    }

    var nowMs: (wall: Int64, monotonic: Int64) {
        let now = EvidenceClock.system.now()
        return (now.wallUs / 1000, now.monotonicUs / 1000)
    }

    // MARK: The script's thread waits

    /// Ends the script and whatever it waits for.
    func interrupt() {
        interrupter.interrupt()
        jobs.yield(.cancelAll)
    }

    /// No more work will come.
    func close() { jobs.finish() }

    /// Runs `body` on the cooperative pool while this thread, a script's own, blocks.
    private func wait<T: Sendable>(_ body: @escaping @Sendable () async -> T) -> T? {
        let cell = Cell<T>()
        let done = DispatchSemaphore(value: 0)
        let result = jobs.yield(
            .run {
                let value = await body()
                cell.value.withLock { $0 = value }
                done.signal()
            })
        guard case .enqueued = result else { return nil }
        done.wait()
        return cell.value.withLock { $0 }
    }

    private final class Cell<T: Sendable>: Sendable {
        let value = Mutex<T?>(nil)
    }

    func sleep(milliseconds: Int64) {
        let until = deadline.atMost(.milliseconds(max(0, milliseconds)))
        _ = wait { try? await Task.sleep(until: until.instant, clock: .continuous) }
    }

    /// Asks a cluster, and takes note of every row that failed.
    func ask(_ primitive: Primitive, _ arguments: [ByteString: Value], of cluster: ClusterHandle) -> RowList {
        let started = elapsed()
        let question = Question(
            primitive: primitive, arguments: arguments, cluster: cluster,
            context: CallContext(deadline: deadline, meter: meter))
        var rows = wait { await primitive.answer(question) } ?? question.failure(KafkaError(.cancelled))
        let ended = elapsed()
        state.withLock { state in
            state.reads += 1
            rows.read = state.reads
            state.firstReadUs = min(state.firstReadUs ?? started, started)
            state.lastReadUs = max(state.lastReadUs, ended)
            for failure in rows.failures {
                let key = ReadKey(read: rows.read, row: UInt32(clamping: failure.index))
                state.ledger.recordFailedRow(
                    key, ReadFailure(name: failure.error.reasonCode, message: "\(failure.error)"))
                if state.failedReads.count < Self.keptFailures {
                    state.failedReads.append(FailedRead(key: key, error: failure.error))
                }
            }
        }
        return rows
    }

    // MARK: Clusters

    func add(_ cluster: ClusterHandle) -> UInt64 {
        state.withLock { state in
            state.clusters.append(cluster)
            return UInt64(state.clusters.count - 1)
        }
    }

    func cluster(_ handle: UInt64) -> ClusterHandle? {
        state.withLock { state in
            Int(exactly: handle).flatMap { state.clusters.indices.contains($0) ? state.clusters[$0] : nil }
        }
    }

    // MARK: The ledger

    /// When what was read so far was read; nil before the first read.
    var sampled: Gate.Sampled? {
        state.withLock { state in state.firstReadUs.map { Gate.Sampled(fromUs: $0, toUs: state.lastReadUs) } }
    }

    func withLedger<T: Sendable>(_ body: (inout Ledger) throws(GateError) -> T) throws(GateError) -> T {
        let result = state.withLock { state in
            Result { () throws(GateError) in try body(&state.ledger) }
        }
        return try result.get()
    }

    /// Ends the attempt: the verdict, what the ledger was told, the reads that failed.
    func finish(
        _ ending: GateEnding
    ) -> (outcome: GateOutcome, records: [LedgerRecord], failedReads: [(FailedRead, isAcknowledged: Bool)]) {
        state.withLock { state in
            let outcome = state.ledger.finish(ending)
            let reads = state.failedReads.map { ($0, isAcknowledged: state.ledger.isAcknowledged($0.key)) }
            return (outcome, state.ledger.takeRecords(), reads)
        }
    }

    func log(_ text: ByteString) { log.append(LogLine(gate: step.id, text: text.description)) }
}
