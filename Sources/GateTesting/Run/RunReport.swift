import Value

/// What a run in a world has left behind, read from its evidence.
struct RunReport: Sendable {
    struct Reason: Sendable {
        let code: String
        let message: String
        let place: String?
    }

    /// A check, or an `unknown`.
    struct Check: Hashable, Sendable {
        let name: String
        let subject: Value
        /// Nil: unknown.
        let isOK: Bool?
        let actual: Value
        let op: String
        let limit: Value
        let unit: String?
        let facts: Value
        /// Of an unknown.
        let reason: String?
        let message: String?
    }

    struct Note: Hashable, Sendable {
        let name: String
        let facts: Value
    }

    /// pass, fail or inconclusive.
    let verdict: String
    let reasons: [Reason]
    let checks: [Check]
    let notes: [Note]
    let achievedHoldMs: Int64?
    let attempts: Int64

    /// Reads the lines of a run of one gate.
    init(evidence: [UInt8]) throws(JSONError) {
        var verdict = "inconclusive"
        var reasons: [Reason] = []
        var checks: [Check] = []
        var notes: [Note] = []
        var hold: Int64?
        var attempts: Int64 = 0
        for bytes in evidence.split(separator: 0x0A) {
            let line = try JSONReader.read(Array(bytes))
            switch line["type"]?.text {
            case "check": checks.append(Check(check: line))
            case "unknown": checks.append(Check(unknown: line))
            case "note": notes.append(Note(name: line["name"]?.text ?? "", facts: line["facts"] ?? .null))
            case "gate_finished":
                for reason in line["reasons"]?.elements ?? [] {
                    reasons.append(
                        Reason(
                            code: reason["code"]?.text ?? "", message: reason["message"]?.text ?? "",
                            place: reason["at"]?.text))
                }
                hold = line["hold"]?["achieved_us"]?.integer.map { $0 / 1000 }
                attempts = line["attempts"]?.integer ?? 0
            case "run_finished": verdict = line["verdict"]?.text ?? verdict
            default: break
            }
        }
        self.verdict = verdict
        self.reasons = reasons
        self.checks = checks
        self.notes = notes
        achievedHoldMs = hold
        self.attempts = attempts
    }

    /// Whether the gate takes stock and judges nothing: all it says is that it has captured what is there.
    var isCapture: Bool { !checks.isEmpty && checks.allSatisfy { $0.name == "captured" } }

    /// What a capture gate has captured.
    var captured: Set<Value> {
        Set(
            checks.map { ["subject": $0.subject, "facts": $0.facts] }
                + notes.map { ["note": .text($0.name), "facts": $0.facts] })
    }
}

extension RunReport.Check {
    fileprivate init(check line: Value) {
        name = line["check"]?.text ?? ""
        subject = line["subject"] ?? .null
        isOK = line["ok"] == .bool(true)
        actual = line["actual"] ?? .null
        op = line["op"]?.text ?? ""
        limit = line["limit"] ?? .null
        unit = line["unit"]?.text
        facts = line["facts"] ?? .null
        reason = nil
        message = nil
    }

    fileprivate init(unknown line: Value) {
        name = line["check"]?.text ?? ""
        subject = line["subject"] ?? .null
        isOK = nil
        actual = .null
        op = ""
        limit = .null
        unit = nil
        facts = line["facts"] ?? .null
        reason = line["reason"]?.text
        message = line["message"]?.text
    }
}

extension Value {
    var text: String? {
        guard case .string(let bytes) = self else { return nil }
        return bytes.description
    }

    var integer: Int64? {
        guard case .integer(let number) = self else { return nil }
        return number
    }

    var elements: [Value] {
        guard case .list(let elements) = self else { return [] }
        return elements
    }

    var entries: [ByteString: Value] {
        guard case .map(let entries) = self else { return [:] }
        return entries
    }
}
