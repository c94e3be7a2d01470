package import Value

/// What evidence says of the run that wrote it: for gates that compare with it, and for `sluice require`.
package struct EarlierRun: Sendable {
    /// One gate, by its last line.
    package struct Gate: Sendable {
        package let id: String
        /// The gate's own name; empty where the first line does not know the id.
        package let name: String
        package let verdict: String
        /// The verdict once waivers are applied.
        package let effective: String
        package let isTruncated: Bool
    }

    package struct Note: Sendable {
        package let gate: String
        package let name: String
        package let facts: Value
    }

    /// Notes are kept up to this many bytes of their lines.
    package static let noteBytes = 96 << 20

    package let path: String
    package internal(set) var verification = Verification(outcome: .incomplete)
    /// Microseconds since 1970, of the first line and of the last; nil where the time is written in another way.
    package internal(set) var startedUs: Int64?
    package internal(set) var finishedUs: Int64?
    /// The machine it ran on; nil where several did.
    package internal(set) var host: String?
    /// SHA-256 of the plan's bytes, in hexadecimal.
    package internal(set) var planDigest: String?
    /// The id of the frozen vector that the run judged against.
    package internal(set) var freezeID: String?
    package internal(set) var gates: [Gate] = []
    /// The `cluster` lines, without their envelope.
    package internal(set) var clusters: [[ByteString: Value]] = []
    package internal(set) var notes: [Note] = []
    /// False where there were more notes than are kept.
    package internal(set) var hasAllNotes = true
    /// The share of a run that this is, `1/3`; nil for a whole one.
    package internal(set) var shard: String?
    /// How many gates were waived.
    package internal(set) var waived: Int64 = 0

    private var names: [String: String] = [:]
    /// When the first of the runs ended that it goes by, shards that were merged and `--prior`: it is as old as that.
    private var oldestPartUs: Int64?
    private var hasTimelessPart = false
    private var keptBytes = 0

    /// Reads and verifies evidence in one pass, so that what is believed is what was verified.
    package static func read(path: String, _ lines: inout EvidenceLines) throws(EvidenceError) -> EarlierRun {
        let reading = Reading(EarlierRun(path: path))
        let verification = try EvidenceVerifier.verify(&lines) { record throws(EvidenceError) in
            reading.run.take(record)
        }
        var run = reading.run
        run.verification = verification
        return run
    }

    private init(path: String) { self.path = path }

    /// The id of one of the run's clusters, `source` or `target`; nil where it was not contacted.
    package func clusterID(of role: String) -> String? {
        clusters.first { $0["role"] == .text(role) }?["cluster_id"]?.asText
    }

    /// Ids of the frozen vectors that gates of the run captured, passed or not.
    package var capturedFreezes: [String] {
        notes.filter { note in
            note.name == "vector" && gates.contains { $0.id == note.gate && $0.name == "freeze_capture" }
        }.map { $0.facts["id"]?.asText ?? "" }
    }

    private mutating func take(_ record: EvidenceRecord) {
        let fields = record.fields
        switch record.type {
        case "run_started":
            startedUs = Timestamp.unixUs(record.time.description)
            host = fields["host"]?.asText
            planDigest = fields["plan"]?["sha256"]?.asText
            freezeID = fields["freeze"]?["id"]?.asText
            if let share = fields["shard"] {
                shard = "\(share["index"]?.asInteger ?? -1)/\(share["count"]?.asInteger ?? -1)"
            }
            if case .list(let prior)? = fields["prior"] { for part in prior { take(part: part) } }
            guard case .list(let gates)? = fields["gates"] else { return }
            for gate in gates {
                guard let id = gate["id"]?.asText else { continue }
                names[id] = gate["gate"]?.asText
            }
        case "cluster":
            guard case .map(var entries) = fields else { return }
            for name in Self.envelope { entries[name] = nil }
            clusters.append(entries)
        case "shard":
            host = nil
            take(part: fields)
        case "note": take(note: fields)
        case "gate_finished":
            guard let id = fields["gate"]?.asText else { return }
            gates.append(
                Gate(
                    id: id, name: names[id] ?? "", verdict: fields["verdict"]?.asText ?? "",
                    effective: fields["effective"]?.asText ?? "", isTruncated: fields["truncated"] == .bool(true)))
        case "run_finished":
            let ended = Timestamp.unixUs(record.time.description)
            finishedUs = hasTimelessPart ? nil : [ended, oldestPartUs].compactMap(\.self).min()
            if case .integer(let count)? = fields["gates"]?["waived"] { waived = count }
        default: break
        }
    }

    private mutating func take(part: Value) {
        let ended = part["finished"]?.asText.flatMap { Timestamp.unixUs($0) }
        hasTimelessPart = hasTimelessPart || ended == nil
        oldestPartUs = [oldestPartUs, ended].compactMap(\.self).min()
    }

    private mutating func take(note fields: Value) {
        guard let gate = fields["gate"]?.asText, let name = fields["name"]?.asText else { return }
        let facts = fields["facts"] ?? .map([:])
        keptBytes += Self.size(of: facts) + gate.utf8.count + name.utf8.count
        guard keptBytes <= Self.noteBytes else {
            hasAllNotes = false
            return
        }
        notes.append(Note(gate: gate, name: name, facts: facts))
    }

    /// About what a value takes in memory; lines are short, so it cannot overflow.
    private static func size(of value: Value) -> Int {
        switch value {
        case .null, .bool, .integer, .number: 16
        case .string(let text): 32 + text.bytes.count
        case .list(let items): items.reduce(32) { $0 + size(of: $1) }
        case .map(let entries): entries.reduce(64) { $0 + 32 + $1.key.bytes.count + size(of: $1.value) }
        }
    }

    private static let envelope: [ByteString] = ["v", "run", "seq", "t", "at_us", "type", "prev"]

    /// What the closure of a reading adds to.
    private final class Reading {
        var run: EarlierRun

        init(_ run: EarlierRun) { self.run = run }
    }
}
