import Value

/// Values in few characters, for people.
enum PlainText {
    static func of(_ value: Value) -> String {
        switch value {
        case .null: "nil"
        case .bool(let flag): "\(flag)"
        case .integer(let number): "\(number)"
        case .number(let number): "\(number)"
        case .string(let text): text.text ?? "\(text.bytes.count) bytes"
        case .list(let items): "[" + items.map(of).joined(separator: ", ") + "]"
        case .map(let entries):
            "{" + entries.sorted { $0.key < $1.key }.map { "\($0.key)=\(of($0.value))" }.joined(separator: ", ") + "}"
        }
    }
}

extension RunReport.Check: CustomStringConvertible {
    var description: String {
        guard let isOK else { return "\(name) \(PlainText.of(subject)) unknown (\(reason ?? "")): \(message ?? "")" }
        let measured = op == "true" ? PlainText.of(actual) : "\(PlainText.of(actual)) \(op) \(PlainText.of(limit))"
        let unit = unit.map { " \($0)" } ?? ""
        return "\(name) \(PlainText.of(subject)) \(measured)\(unit) \(isOK ? "ok" : "failed")"
    }

    /// As `result.checks` shows it.
    var value: Value {
        var entries: [ByteString: Value] = [
            "check": .text(name), "subject": subject, "actual": actual, "limit": limit, "facts": facts,
        ]
        if let isOK { entries["ok"] = .bool(isOK) }
        if let reason { entries["unknown"] = .text(reason) }
        return .map(entries.filter { $0.value != .null })
    }
}

extension RunReport {
    /// Shown of long lists.
    static let shown = 40

    var page: String { pageOfChecks + "\n" + pageOfReasons }

    var pageOfChecks: String {
        guard !checks.isEmpty else { return "  there is no check" }
        let more = checks.count > Self.shown ? "\n    … and \(checks.count - Self.shown) more" : ""
        return "  checks:\n" + checks.prefix(Self.shown).map { "    \($0)" }.joined(separator: "\n") + more
    }

    var pageOfReasons: String {
        guard !reasons.isEmpty else { return "  there is no reason" }
        return "  reasons:\n"
            + reasons.prefix(Self.shown).map { reason in
                "    \(reason.code): \(reason.message)" + (reason.place.map { " (\($0))" } ?? "")
            }.joined(separator: "\n")
    }
}

/// Two lists of checks beside each other: what was expected and is not there, and what is there and was not expected.
enum CheckDifference {
    static func lines(_ wanted: [CheckPattern], _ actual: [RunReport.Check]) -> String {
        var lines: [String] = []
        var rest = actual[...]
        for pattern in wanted {
            guard let place = rest.firstIndex(where: pattern.fits) else {
                lines.append("  - \(pattern)")
                continue
            }
            for check in rest[..<place] { lines.append("  + \(check)") }
            lines.append("    \(rest[place])")
            rest = rest[(place + 1)...]
        }
        for check in rest { lines.append("  + \(check)") }
        guard lines.count > 2 * RunReport.shown else { return lines.joined(separator: "\n") }
        let more = "  … and \(lines.count - 2 * RunReport.shown) more lines"
        return lines.prefix(2 * RunReport.shown).joined(separator: "\n") + "\n" + more
    }
}

extension ByteString {
    /// Whether a text is somewhere in it.
    func holds(_ part: String) -> Bool {
        let needle = Array(part.utf8)
        guard !needle.isEmpty else { return true }
        guard bytes.count >= needle.count else { return false }
        return (0...bytes.count - needle.count).contains { bytes[$0..<$0 + needle.count].elementsEqual(needle) }
    }
}
