import Evidence
import Secrets
import Value

@testable import Agent

/// Evidence of an earlier run, as a test wants it.
struct EarlierFile {
    /// The gate that captured, by its own name.
    var gate = "freeze_capture"
    /// How many of them.
    var captures = 1
    var verdict = EvidenceVerdict.pass
    var notes: [(name: String, facts: [ByteString: Value])] = EarlierFile.whole
    /// The id that the closing note gives; nil: the right one.
    var id: String?
    var isClosed = true
    var clusters = ["source": "S1"]
    /// The machine it ran on.
    var host = "h"
    /// Lines of a gate are left out beyond so many bytes.
    var gateBytes = 16 << 20

    /// Computed, since the leak checker does not follow the marked pointers of values that are kept for good.
    static var whole: [(name: String, facts: [ByteString: Value])] {
        let partitions: [ByteString: Value] = [
            "topic": "orders", "topic_id": "abc", "partitions": [0, 1], "leader_epochs": [3, false],
            "start_offsets": [0, 5], "end_offsets": [10, .integer(.max)],
            "stable_offsets": [10, .integer(.max - 1)],
        ]
        let commits: [ByteString: Value] = [
            "group": "billing", "topic": "orders", "partitions": [0, 1], "offsets": [4, .integer(.max)],
        ]
        return [("partitions", partitions), ("commits", commits)]
    }

    static func chained(_ notes: [(name: String, facts: [ByteString: Value])]) throws -> String {
        var id = ""
        for note in notes {
            id = try SHA256.hex(JSONWriter.write(.list([.text(id), .text(note.name), .map(note.facts)])))
        }
        return id
    }

    func text() throws -> String {
        var random = SystemRandomNumberGenerator()
        let sink = MemorySink()
        let writer = EvidenceWriter(
            sink: sink, run: RunID(unixMs: 1_800_000_000_000, using: &random), clock: .system,
            secrets: SecretRegistry(), gateBytes: gateBytes)
        let ids = (0..<captures).map { "capture_\($0)" }
        try writer.start(
            RunStarted(
                tool: .init(name: "sluice", version: "9", lua: "5.4", os: "linux", arch: "x86_64"), mode: .live,
                argv: [], host: host,
                gates: ids.map { .init(id: $0, gate: gate, path: "g.lua", sha256: "ab", severity: "blocker") }))
        for (role, id) in clusters.sorted(by: { $0.key < $1.key }) {
            try writer.append(
                ClusterLine(
                    role: role, bootstrap: "h:9092", clusterID: id, security: .init(securityProtocol: "PLAINTEXT")))
        }
        for gate in ids {
            for note in notes { try writer.append(NoteLine(gate: gate, name: note.name, facts: note.facts)) }
            if isClosed {
                let id = try self.id ?? Self.chained(notes)
                try writer.append(
                    NoteLine(gate: gate, name: "vector", facts: ["id": .text(id), "captured_ms": 1_800_000_000_000]))
            }
            try writer.finishGate(GateFinished(gate: gate, verdict: verdict, subjects: 1))
        }
        _ = try writer.finish(RunFinished(verdict: verdict, exitCode: 0, gates: .init(pass: 1), durationUs: 5))
        return sink.text
    }
}
