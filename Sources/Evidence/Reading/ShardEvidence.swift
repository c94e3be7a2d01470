package import Value

/// What the evidence of a shard says of it: all that joining it with the others rests on.
package struct ShardEvidence: Sendable {
    /// A gate's last line.
    package struct GateEnd: Sendable {
        package var verdict: EvidenceVerdict
        package var reasons: [GateFinished.Reason]
        package var checks: GateFinished.CheckCounts
        package var subjects: Int
        package var isTruncated: Bool
        package var attempts: Int
        package var durationUs: Int64
        package var requests: Int
        package var bytesIn: Int64
        package var share: GateFinished.Share?
    }

    /// Partitions of a topic that the shard took.
    package struct Units: Sendable {
        package var topic: ByteString
        package var partitions: [Int32]
    }

    /// A range of a partition that the shard took.
    package struct Range: Sendable {
        package var topic: ByteString
        package var partition: Int32
        package var index: Int
        package var count: Int
        package var offsets: RangeLine.Offsets
        package var source: RangeLine.Offsets?
        package var target: RangeLine.Offsets?
        package var targetID: String?
    }

    package let path: String
    package internal(set) var verification = Verification(outcome: .incomplete)
    /// What in it is not as a shard writes it; nil where all can be read.
    package internal(set) var problem: String?

    package internal(set) var host: String?
    /// Version and commit of the program.
    package internal(set) var version = ""
    /// The share that it is; nil where it is none.
    package internal(set) var share: RunStarted.Share?
    /// Whether it is what was made of shards already.
    package internal(set) var isMerged = false
    package internal(set) var plan: RunStarted.Plan?
    package internal(set) var change: String?
    package internal(set) var gates: [RunStarted.Gate] = []
    package internal(set) var freeze: RunStarted.Earlier?
    package internal(set) var prior: [RunStarted.Earlier] = []
    /// RFC 3339, as written: of the first line and of the last.
    package internal(set) var started: String?
    package internal(set) var finished: String?
    /// The `cluster` lines by role, without their envelope.
    package internal(set) var clusters: [String: [ByteString: Value]] = [:]
    /// What each gate's first line says, without its envelope.
    package internal(set) var starts: [String: [ByteString: Value]] = [:]
    package internal(set) var units: [String: [Units]] = [:]
    package internal(set) var ranges: [String: [Range]] = [:]
    package internal(set) var ends: [String: GateEnd] = [:]

    package var index: Int? { share?.index }
    package var count: Int? { share?.count }

    /// Reads and verifies a file in one pass, in bounded memory.
    package static func read(path: String) throws(EvidenceError) -> ShardEvidence {
        var lines = try EvidenceLines(path: path)
        return try read(path: path, &lines)
    }

    package static func read(path: String, _ lines: inout EvidenceLines) throws(EvidenceError) -> ShardEvidence {
        let reading = Reading(ShardEvidence(path: path))
        let verification = try EvidenceVerifier.verify(&lines) { record throws(EvidenceError) in
            reading.shard.take(record)
        }
        var shard = reading.shard
        shard.verification = verification
        return shard
    }

    private init(path: String) { self.path = path }

    /// The id of one of its clusters, `source` or `target`; nil where it was not contacted.
    package func clusterID(of role: String) -> String? { clusters[role]?["cluster_id"]?.asText }

    private mutating func take(_ record: EvidenceRecord) {
        let fields = record.fields
        let isRead =
            switch record.type {
            case "run_started": take(start: fields, at: record.time)
            case "cluster": keep(fields, as: fields["role"]?.asText, in: \.clusters)
            case "gate_started": keep(fields, as: fields["gate"]?.asText, in: \.starts)
            case "units": take(units: fields)
            case "range": take(range: fields)
            case "gate_finished": take(end: fields)
            case "run_finished": take(finish: record.time)
            default: true
            }
        if !isRead, problem == nil { problem = "line \(record.seq) (\(record.type)) is not as a shard writes it" }
    }

    private mutating func take(start fields: Value, at time: ByteString) -> Bool {
        started = time.description
        host = fields["host"]?.asText
        let tool = fields["tool"]
        version = [tool?["version"]?.asText, tool?["commit"]?.asText].compactMap(\.self).joined(separator: " ")
        change = fields["change"]?.asText
        isMerged = fields["merged"] != nil
        guard fields["truncated"] == nil, case .list(let list)? = fields["gates"] else { return false }
        gates = list.compactMap { RunStarted.Gate($0) }
        plan = fields["plan"].flatMap { RunStarted.Plan($0) }
        freeze = fields["freeze"].flatMap { RunStarted.Earlier($0) }
        if case .list(let runs)? = fields["prior"] { prior = runs.compactMap { RunStarted.Earlier($0) } }
        share = fields["shard"].flatMap { RunStarted.Share($0) }
        return gates.count == list.count && (share == nil) == (fields["shard"] == nil)
            && (plan == nil) == (fields["plan"] == nil) && (freeze == nil) == (fields["freeze"] == nil)
    }

    private mutating func keep(
        _ fields: Value, as name: String?, in place: WritableKeyPath<ShardEvidence, [String: [ByteString: Value]]>
    ) -> Bool {
        guard let name, case .map(var entries) = fields else { return false }
        for key in Self.envelope { entries[key] = nil }
        if self[keyPath: place][name] == nil { self[keyPath: place][name] = entries }
        return true
    }

    private mutating func take(units fields: Value) -> Bool {
        guard let gate = fields["gate"]?.asText, case .string(let topic)? = fields["topic"],
            let partitions = fields["partitions"]?.asText.flatMap({ PartitionRanges.partitions($0) })
        else { return false }
        units[gate, default: []].append(Units(topic: topic, partitions: partitions))
        return true
    }

    private mutating func take(range fields: Value) -> Bool {
        guard let gate = fields["gate"]?.asText, case .string(let topic)? = fields["topic"],
            let partition = fields["partition"]?.asInteger.flatMap({ Int32(exactly: $0) }),
            let index = fields["index"]?.asInteger, let count = fields["count"]?.asInteger,
            let offsets = fields["offsets"].flatMap({ RangeLine.Offsets($0) })
        else { return false }
        let source = fields["source"].flatMap { RangeLine.Offsets($0) }
        let target = fields["target"].flatMap { RangeLine.Offsets($0) }
        guard (source == nil) == (fields["source"] == nil), (target == nil) == (fields["target"] == nil) else {
            return false
        }
        ranges[gate, default: []].append(
            Range(
                topic: topic, partition: partition, index: index, count: count, offsets: offsets, source: source,
                target: target, targetID: fields["target_id"]?.asText))
        return true
    }

    private mutating func take(end fields: Value) -> Bool {
        guard let gate = fields["gate"]?.asText, let end = GateEnd(fields), ends[gate] == nil else { return false }
        ends[gate] = end
        return true
    }

    private mutating func take(finish time: ByteString) -> Bool {
        finished = time.description
        return true
    }

    private static let envelope: [ByteString] = ["v", "run", "seq", "t", "at_us", "type", "prev"]

    /// What the closure of a reading adds to.
    private final class Reading {
        var shard: ShardEvidence

        init(_ shard: ShardEvidence) { self.shard = shard }
    }
}

extension ShardEvidence.GateEnd {
    fileprivate init?(_ fields: Value) {
        guard let verdict = fields["verdict"]?.asText.flatMap({ EvidenceVerdict(rawValue: $0) }),
            case .list(let reasons)? = fields["reasons"], let passed = fields["checks"]?["passed"]?.asInteger,
            let failed = fields["checks"]?["failed"]?.asInteger, let unknown = fields["checks"]?["unknown"]?.asInteger,
            let subjects = fields["subjects"]?.asInteger
        else { return nil }
        self.verdict = verdict
        self.reasons = reasons.map { reason in
            var subject: [ByteString: Value]?
            if case .map(let entries)? = reason["subject"] { subject = entries }
            return GateFinished.Reason(
                code: reason["code"]?.asText ?? "", message: reason["message"]?.asText, subject: subject,
                at: reason["at"]?.asText)
        }
        checks = GateFinished.CheckCounts(passed: passed, failed: failed, unknown: unknown)
        self.subjects = subjects
        isTruncated = fields["truncated"] == .bool(true)
        attempts = fields["attempts"]?.asInteger ?? 0
        durationUs = Int64(fields["duration_us"]?.asInteger ?? 0)
        requests = fields["usage"]?["requests"]?.asInteger ?? 0
        bytesIn = Int64(fields["usage"]?["bytes_in"]?.asInteger ?? 0)
        if let share = fields["share"] {
            guard let units = share["units"]?.asInteger, let total = share["total"]?.asInteger,
                let digest = share["sha256"]?.asText
            else { return nil }
            self.share = .init(units: units, total: total, digest: digest, basis: share["basis"]?.asText ?? "")
        }
    }
}

extension RangeLine.Offsets {
    fileprivate init?(_ value: Value) {
        guard let from = Self.integer(value["from"]), let to = Self.integer(value["to"]) else { return nil }
        self.init(from: from, to: to)
    }

    /// An offset as evidence writes it: beyond 2^53 a string of digits.
    private static func integer(_ value: Value?) -> Int64? {
        switch value {
        case .integer(let number)?: number
        case .string(let text)?: Int64(text.description)
        default: nil
        }
    }
}

extension RunStarted.Share {
    fileprivate init?(_ value: Value) {
        guard let index = value["index"]?.asInteger, let count = value["count"]?.asInteger, count > 0,
            (0..<count).contains(index), let work = value["work"]?.asText, let split = value["split"]?.asTexts,
            let decides = value["decides"]?.asTexts
        else { return nil }
        self.init(index: index, count: count, work: work, split: split, decides: decides)
    }
}

extension RunStarted.Gate {
    fileprivate init?(_ value: Value) {
        guard let id = value["id"]?.asText, let gate = value["gate"]?.asText, let path = value["path"]?.asText,
            let digest = value["sha256"]?.asText, let severity = value["severity"]?.asText
        else { return nil }
        self.init(
            id: id, gate: gate, path: path, sha256: digest, severity: severity,
            effects: value["effects"]?.asTexts ?? [])
    }
}

extension RunStarted.Plan {
    fileprivate init?(_ value: Value) {
        guard let path = value["path"]?.asText, let digest = value["sha256"]?.asText else { return nil }
        self.init(name: value["name"]?.asText, path: path, sha256: digest)
    }
}

extension RunStarted.Earlier {
    fileprivate init?(_ value: Value) {
        guard let path = value["path"]?.asText, let run = value["run"]?.asText, let head = value["head"]?.asText else {
            return nil
        }
        self.init(id: value["id"]?.asText, path: path, run: run, head: head)
    }
}
