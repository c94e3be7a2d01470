import Value

/// What a test expects of one check; what it leaves out may be anything.
struct CheckPattern: CustomStringConvertible, Sendable {
    private let name: String
    private let subject: [ByteString: Value]
    private let isOK: Bool?
    private let unknown: String?
    private let actual: Value?
    private let limit: Value?
    private let facts: Value?

    init(
        _ name: String, subject: [ByteString: Value], values: ScriptOptions, isOK: Bool? = nil
    ) throws(WorldError) {
        self.name = name
        self.subject = subject
        self.isOK = values["ok"] == nil ? isOK : try values.flag("ok")
        unknown = try values.text("unknown")
        actual = values["actual"]
        limit = values["limit"]
        facts = values["facts"]
    }

    /// An entry of `result:lists`.
    init(_ value: Value) throws(WorldError) {
        guard case .map(let entries) = value else {
            throw WorldError("a check is a table with at least its name: check")
        }
        let known = ["check", "subject", "ok", "unknown", "actual", "limit", "facts"]
        let options = try ScriptOptions(entries, of: "a check", known: known)
        guard let name = try options.text("check") else { throw options.mistake("check", "a string") }
        try self.init(name, subject: try options.map("subject"), values: options)
    }

    func fits(_ check: RunReport.Check) -> Bool {
        guard check.name == name, check.subject.fits(.map(subject)) else { return false }
        if let isOK, check.isOK != isOK { return false }
        if let unknown, check.reason != unknown { return false }
        if let actual, !check.actual.fits(actual) { return false }
        if let limit, !check.limit.fits(limit) { return false }
        if let facts, !check.facts.fits(facts) { return false }
        return true
    }

    var description: String {
        var words = [name]
        if !subject.isEmpty { words.append(PlainText.of(.map(subject))) }
        if let actual { words.append("actual=\(PlainText.of(actual))") }
        if let limit { words.append("limit=\(PlainText.of(limit))") }
        if let facts { words.append("facts=\(PlainText.of(facts))") }
        if let isOK { words.append(isOK ? "ok" : "failed") }
        if let unknown { words.append("unknown (\(unknown))") }
        return words.joined(separator: " ")
    }
}

extension Value {
    /// Whether it is what is expected; a map may hold more than is expected of it.
    func fits(_ expected: Value) -> Bool {
        switch (self, expected) {
        case (.map(let own), .map(let wanted)):
            return wanted.allSatisfy { key, value in (own[key] ?? .null).fits(value) }
        case (.null, .map(let wanted)), (.list([]), .map(let wanted)): return wanted.isEmpty
        case (.list(let own), .list(let wanted)):
            return own.count == wanted.count && zip(own, wanted).allSatisfy { $0.fits($1) }
        case (.integer(let own), .number(let wanted)): return Double(own) == wanted
        case (.number(let own), .integer(let wanted)): return own == Double(wanted)
        default: return self == expected
        }
    }
}
