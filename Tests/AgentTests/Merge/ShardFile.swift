import Evidence
import Foundation
import Secrets
import Value

@testable import Agent
@testable import Gate

/// The evidence of a shard, as a test wants it; as it stands, a good one.
struct ShardFile {
    static let split = "scan"
    static let whole = "look"

    var index = 0
    var count: Int? = 3
    var work = "w1"
    var version = "9"
    var mode = EvidenceMode.live
    var plan: String? = "p1"
    var gateDigest = "ab"
    var freeze: String?
    var cluster: String? = "S1"
    /// Of topic `t`, that this shard took.
    var taken: [Int64]?
    /// All that were there to be shared out.
    var all: [Int32] = [0, 1, 2, 3, 4]
    /// The range of partition 9 that this shard took, as it writes it.
    var range: RangeLine?
    /// The ranges in which partition 9 was shared out.
    var ranges: [ScanRange] = []
    /// What the gate came to whose scans are shared out, and the reason codes; nil: a good share.
    var end: (verdict: EvidenceVerdict, codes: [String])?
    /// What the other one came to.
    var wholeEnd: (verdict: EvidenceVerdict, codes: [String]) = (.pass, [])
    var checks = GateFinished.CheckCounts(passed: 1)
    var verdict: EvidenceVerdict?
    var exitCode: Int?
    /// Lines are left out from this one on.
    var ends = true

    private var units: [Int64] { taken ?? all.map { Int64($0) }.filter { $0 % Int64(count ?? 1) == Int64(index) } }

    func bytes() throws -> [UInt8] {
        var random = SystemRandomNumberGenerator()
        let sink = MemorySink()
        let writer = EvidenceWriter(
            sink: sink, run: RunID(unixMs: 1_800_000_000_000, using: &random), clock: .system,
            secrets: SecretRegistry())
        let ids = [Self.split, Self.whole]
        try writer.start(
            RunStarted(
                tool: .init(name: "sluice", version: version, lua: "5.4", os: "linux", arch: "x86_64"), mode: mode,
                argv: [], host: "h\(index)", plan: plan.map { .init(path: "p.lua", sha256: $0) },
                gates: ids.map {
                    .init(id: $0, gate: $0, path: "g.lua", sha256: gateDigest, severity: "blocker")
                }, freeze: freeze.map { .init(id: $0, path: "f.jsonl", run: "r", head: "h") },
                share: count.map {
                    .init(index: index, count: $0, work: work, split: [Self.split], decides: ids)
                }))
        try writer.append(
            ClusterLine(
                role: "source", bootstrap: "h:9092", clusterID: cluster,
                security: .init(securityProtocol: "PLAINTEXT")))
        for id in ids { try writer.append(GateStarted(gate: id, summary: "-", attempt: 1, args: [])) }
        for unit in units {
            try writer.append(
                checks: [
                    .init(
                        check: "captured", subject: ["topic": "t", "partition": .integer(unit)], actual: true,
                        op: "true", limit: true, ok: true)
                ], gate: Self.split, attempt: 1)
            try writer.append(NoteLine(gate: Self.split, name: "windows", facts: ["partition": .integer(unit)]))
        }
        if !units.isEmpty { try writer.append(UnitsLine(gate: Self.split, topic: "t", partitions: units)) }
        if let range { try writer.append(range) }
        let split = end ?? (.inconclusive, ["shard"])
        let shared = all.map { ScanUnit("t", $0) } + ranges.map { ScanUnit("t", 9, $0) }
        let digest = try SHA256.hex(ScanUnit.listing(shared))
        let took = units.count + (range == nil ? 0 : 1)
        try writer.finishGate(
            GateFinished(
                gate: Self.split, verdict: split.verdict, reasons: split.codes.map { .init(code: $0, message: $0) },
                checks: checks, subjects: units.count,
                share: .init(units: took, total: shared.count, digest: digest, basis: "names")))
        try writer.finishGate(
            GateFinished(
                gate: Self.whole, verdict: wholeEnd.verdict, reasons: wholeEnd.codes.map { .init(code: $0) },
                checks: .init(passed: 1), subjects: 1))
        let hasFailed = split.verdict == .fail || wholeEnd.verdict == .fail
        let ofTheRun = verdict ?? (hasFailed ? .fail : .inconclusive)
        _ = try writer.finish(
            RunFinished(
                verdict: ofTheRun, exitCode: exitCode ?? (ofTheRun == .fail ? 1 : 2), gates: .init(), durationUs: 5))
        return Array(sink.text.utf8)
    }

    /// All three, of which each took a third of partition 9 on two clusters, the one of a number changed.
    static func ranges(_ index: Int = 0, _ change: (inout ShardFile) -> Void = { _ in }) -> [ShardFile] {
        let ranges = ScanRange.cut(0..<30, into: 3)
        return ranges.map { range in
            var file = ShardFile(index: range.index)
            file.ranges = ranges
            file.range = RangeLine(
                gate: split, topic: "t", partition: 9, index: range.index, count: 3,
                offsets: .init(from: range.from, to: range.to), source: .init(from: range.from, to: range.to),
                target: .init(from: range.from + 7, to: range.to + 7), targetID: "T1")
            if range.index == index { change(&file) }
            return file
        }
    }

    /// All three, the one of a number changed.
    static func three(_ index: Int = 0, _ change: (inout ShardFile) -> Void = { _ in }) -> [ShardFile] {
        (0..<3).map { number in
            var file = ShardFile(index: number)
            if number == index { change(&file) }
            return file
        }
    }
}

/// Files that are merged in a folder of their own.
struct MergeTrial {
    let result: RunResult
    let problems: [String]
    let sink: MemorySink

    /// Merges files.
    ///
    /// `changing`: One that is emptied once it has been read.
    static func merge(
        bytes files: [[UInt8]], repeating paths: [Int]? = nil, emptying changing: Int? = nil
    ) throws -> MergeTrial {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let names = files.indices.map { folder.appendingPathComponent("s\($0).jsonl").path }
        for (name, bytes) in zip(names, files) { try Data(bytes).write(to: URL(fileURLWithPath: name)) }
        let agent = Agent(
            AgentEnvironment(host: FakeHost([:]).system, secrets: SecretRegistry(), clock: .system, version: "9"))
        let given = (paths ?? Array(files.indices)).map { names[$0] }
        let merge = try agent.merge(ShardMerge.Request(files: given, argv: ["sluice", "merge"]))
        if let changing { try Data().write(to: URL(fileURLWithPath: names[changing])) }
        let sink = MemorySink()
        let (result, changes) = merge.write(to: sink)
        return MergeTrial(result: result, problems: merge.problems + changes, sink: sink)
    }

    static func merge(_ files: [ShardFile], repeating paths: [Int]? = nil) throws -> MergeTrial {
        try merge(bytes: files.map { try $0.bytes() }, repeating: paths)
    }

    func end(_ gate: String) throws -> Value {
        try sink.lines().first { $0["type"] == "gate_finished" && $0["gate"] == .text(gate) } ?? .null
    }

    /// The codes and messages of why a gate did not pass.
    func reasons(_ gate: String) throws -> [String] {
        guard case .list(let reasons)? = try end(gate)["reasons"] else { return [] }
        return reasons.map { "\($0["code"]?.text ?? ""): \($0["message"]?.text ?? "")" }
    }
}
