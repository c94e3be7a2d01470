import Evidence
import Guarding
import Secrets
import Value

/// Keeps what is written, and can fail at a given write or sync.
final class MemorySink: EvidenceSink {
    private struct State {
        var bytes: [UInt8] = []
        var writes = 0
        var syncs: [Int] = []
    }

    private let state = Guarded(State())
    private let failingWrite: Int?
    private let failingSync: Int?

    init(failingWrite: Int? = nil, failingSync: Int? = nil) {
        self.failingWrite = failingWrite
        self.failingSync = failingSync
    }

    func write(_ bytes: [UInt8]) throws(EvidenceError) {
        let writes = state.withLock { state in
            state.writes += 1
            return state.writes
        }
        if writes == failingWrite { throw EvidenceError(.cannotWrite, place: "memory", code: 28) }
        state.withLock { $0.bytes += bytes }
    }

    func sync() throws(EvidenceError) {
        let syncs = state.withLock { state in
            state.syncs.append(state.writes)
            return state.syncs.count
        }
        if syncs == failingSync { throw EvidenceError(.cannotSync, place: "memory", code: 5) }
    }

    var bytes: [UInt8] { state.withLock { $0.bytes } }
    /// After how many writes each sync came.
    var syncs: [Int] { state.withLock { $0.syncs } }
    var writes: Int { state.withLock { $0.writes } }
    var lines: [[UInt8]] {
        bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast().map(Array.init)
    }
    var texts: [String] { lines.map { String(decoding: $0, as: UTF8.self) } }

    func values() throws -> [Value] { try lines.map { try JSONReader.read($0) } }
}

/// Both clocks go on by a fixed step, or as the test says.
final class StepClock: Sendable {
    private let readings: Guarded<[EvidenceClock.Reading]>
    private let step: Int64

    init(wallUs: Int64 = 1_800_000_000_000_000, step: Int64 = 250) {
        self.step = step
        readings = Guarded([EvidenceClock.Reading(wallUs: wallUs, monotonicUs: 77)])
    }

    func jump(wallUs: Int64 = 0, monotonicUs: Int64 = 0) {
        readings.withLock { readings in
            readings[0].wallUs += wallUs
            readings[0].monotonicUs += monotonicUs
        }
    }

    var clock: EvidenceClock {
        EvidenceClock {
            self.readings.withLock { readings in
                defer {
                    readings[0].wallUs += self.step
                    readings[0].monotonicUs += self.step
                }
                return readings[0]
            }
        }
    }
}

/// A generator whose numbers are known.
struct FixedRandom: RandomNumberGenerator {
    var value: UInt64
    mutating func next() -> UInt64 { value }
}

func fixedRun() -> RunID {
    var random = FixedRandom(value: 0x0123_4567_89AB_CDEF)
    return RunID(unixMs: 1_800_000_000_000, using: &random)
}

func writer(
    _ sink: any EvidenceSink, clock: StepClock = StepClock(), secrets: SecretRegistry = SecretRegistry(),
    gateBytes: Int = EvidenceLimits.gateBytes
) -> EvidenceWriter {
    EvidenceWriter(sink: sink, run: fixedRun(), clock: clock.clock, secrets: secrets, gateBytes: gateBytes)
}

let runStarted = RunStarted(
    tool: .init(name: "sluice", version: "0.1.0", lua: "5.4.6", os: "linux", arch: "x86_64"), mode: .live,
    argv: ["sluice", "run", "lag_budget"], host: "h1",
    gates: [
        .init(id: "lag_budget", gate: "lag_budget", path: "gates/lag_budget.lua", sha256: "ab", severity: "blocker")
    ])

let runFinished = RunFinished(verdict: .pass, exitCode: 0, gates: .init(pass: 1), durationUs: 5)

func lag(_ partition: Int64, _ actual: Value = 0, ok: Bool = true, facts: [ByteString: Value] = [:]) -> CheckRecord {
    CheckRecord(
        check: "lag", subject: ["group": "billing", "topic": "orders", "partition": .integer(partition)],
        actual: actual,
        op: "<=", limit: 10, unit: "records", ok: ok, facts: facts,
        sampled: Sampled(fromUs: partition * 10, toUs: partition * 10 + 5), at: "lag.lua:9")
}

/// A small whole file: its sink and its head.
func smallEvidence() throws -> (sink: MemorySink, head: String) {
    let sink = MemorySink()
    let writer = writer(sink)
    try writer.start(runStarted)
    try writer.append(GateStarted(gate: "lag_budget", summary: "Groups are within budget", attempt: 1, args: []))
    try writer.append(checks: [lag(0), lag(1), lag(3)], gate: "lag_budget", attempt: 1)
    try writer.finishGate(GateFinished(gate: "lag_budget", verdict: .pass, checks: .init(passed: 3), subjects: 3))
    return (sink, try writer.finish(runFinished))
}

func verify(_ bytes: [UInt8], head: String? = nil, chunk: Int = 4_096) throws -> Verification {
    let source = ByteSource(rest: bytes, chunk: chunk)
    var lines = EvidenceLines { source.next() }
    return try EvidenceVerifier.verify(&lines, head: head)
}

/// Hands bytes out in pieces.
final class ByteSource: Sendable {
    private let rest: Guarded<ArraySlice<UInt8>>
    private let chunk: Int

    init(rest: [UInt8], chunk: Int) {
        self.rest = Guarded(rest[...])
        self.chunk = chunk
    }

    func next() -> [UInt8] {
        rest.withLock { rest in
            defer { rest = rest.dropFirst(chunk) }
            return Array(rest.prefix(chunk))
        }
    }
}

func joined(_ lines: [[UInt8]]) -> [UInt8] { lines.flatMap { $0 + [UInt8(ascii: "\n")] } }
