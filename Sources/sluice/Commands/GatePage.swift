import Agent
import Gate
import Value

/// What a gate says of itself, as a page.
struct GatePage {
    private static let columns = 96
    private static let indent = "    "

    private let file: GateFile
    private var manifest: GateManifest { file.manifest }

    init(_ file: GateFile) { self.file = file }

    /// Not yet fit for a terminal: texts are the gate's own.
    var lines: [String] {
        var lines = [manifest.name, "", manifest.summary]
        if let doc = manifest.doc { lines += [""] + TextWrap.lines(doc, columns: Self.columns) }
        lines += [""] + TextTable.lines(facts)
        lines += ["", "Arguments"] + arguments
        let needs = ApiNeeds(of: file.source)
        if !needs.isEmpty { lines += ["", "Kafka APIs and permissions, by the primitives in its text"] + needs.lines }
        if !manifest.blindTo.isEmpty {
            lines += ["", "Does not see"]
            for spot in manifest.blindTo { lines += paragraph("\(spot.fact): \(spot.reason)") }
        }
        lines += example
        lines += ["", "Verdict"] + TextTable.lines(verdicts, indent: Self.indent.utf8.count)
        return lines
    }

    private var facts: [[String]] {
        var rows = [["Phase", manifest.phase.rawValue], ["Severity", severity]]
        let sides = manifest.clusters.map(ClusterText.of).joined(separator: ", ")
        rows.append(["Clusters", sides.isEmpty ? "none" : sides])
        let effects = manifest.effects.map(\.rawValue).joined(separator: ", ")
        rows.append(["Effects", effects.isEmpty ? "none: it reads only" : "\(effects); needs --allow"])
        if !manifest.tags.isEmpty { rows.append(["Tags", manifest.tags.joined(separator: ", ")]) }
        if let timeout = manifest.timeoutMs {
            rows.append(["Timeout", DurationText.format(.milliseconds(timeout))])
        }
        if manifest.probes { rows.append(["Probes", "runs even where a cluster cannot be reached"]) }
        if manifest.shardable { rows.append(["Shardable", "--shard shares its scans out"]) }
        if !manifest.waivable { rows.append(["Waivable", "no"]) }
        return rows + [["File", file.path], ["SHA-256", file.digest]]
    }

    private var severity: String {
        manifest.severity == .blocker
            ? "blocker: decides the run" : "warning: reported; decides only where the gate is named"
    }

    // MARK: Arguments

    private var arguments: [String] {
        guard !manifest.arguments.isEmpty else { return [Self.indent + "none"] }
        var lines: [String] = []
        for argument in manifest.arguments {
            lines.append("\(Self.indent)\(argument.name): \(argument.type)\(rule(argument))")
            if let doc = argument.doc { lines += paragraph(doc, depth: 2) }
        }
        return lines
    }

    private func rule(_ argument: ArgumentSpec) -> String {
        var parts: [String] = argument.isRequired ? ["required"] : []
        if let value = argument.defaultValue { parts.append("default \(ArgumentText.of(value, argument.type))") }
        if let min = argument.min { parts.append("at least \(ArgumentText.of(min, argument.type))") }
        if let max = argument.max { parts.append("at most \(ArgumentText.of(max, argument.type))") }
        if !argument.values.isEmpty {
            parts.append("one of " + argument.values.map { ArgumentText.of($0, argument.type) }.joined(separator: ", "))
        }
        if let pattern = argument.pattern { parts.append("matches \(ValueText.of(pattern))") }
        return parts.isEmpty ? "" : ", " + parts.joined(separator: ", ")
    }

    // MARK: Example and verdict

    private var example: [String] {
        guard let example = manifest.example else { return [] }
        // A text is shown as it is, anything else as the values it holds.
        if case .string(let text) = example {
            let lines = TextWrap.lines(text.description, columns: Self.columns - Self.indent.utf8.count)
            return ["", "Example"] + lines.map { Self.indent + $0 }
        }
        let values: [Value] = if case .list(let elements) = example { elements } else { [example] }
        return ["", "Example"] + values.map { Self.indent + ValueText.of($0) }
    }

    private var verdicts: [[String]] {
        // A warning does not decide unless it is named, so its codes are those of a run that names it.
        let decides = manifest.severity == .blocker
        let condition = decides ? "" : "where it is named; "
        var rows = [
            ["pass", "exit 0", "every subject was observed and every check is true"],
            ["fail", "exit 1", condition + "one good observation contradicts a check"],
            [
                "inconclusive", "exit 2",
                condition + "anything else: an error, a deadline, nothing checked, nothing selected",
            ],
        ]
        if !decides {
            rows.append(["", "exit 0", "fail or inconclusive where it is not, if another gate passes: \"warned\""])
        }
        return rows
    }

    private func paragraph(_ text: String, depth: Int = 1) -> [String] {
        let margin = String(repeating: Self.indent, count: depth)
        return TextWrap.lines(text, columns: Self.columns - margin.utf8.count).map { margin + $0 }
    }
}

/// The value of an argument as it would be written: durations with their unit.
enum ArgumentText {
    static func of(_ value: Value, _ type: ArgumentType) -> String {
        switch value {
        case .integer(let ms) where type.scalar == .duration: DurationText.format(.milliseconds(ms))
        case .list(let elements):
            "[" + elements.map { of($0, ArgumentType(type.scalar)) }.joined(separator: ", ") + "]"
        default: ValueText.of(value)
        }
    }
}
