import Agent
import Value

/// What a prompt shows: values in a line, rows as a table.
enum ReplText {
    /// A cell is cut off here; `[1].name` shows it whole.
    private static let cell = 40

    static func lines(_ value: PromptValue) -> [String] {
        switch value {
        case .text(let text): [text]
        case .value(.list(let items)) where items.contains(where: { if case .map = $0 { true } else { false } }):
            items.map(ValueText.of)
        case .value(.null): ["nil"]
        case .value(let value): [ValueText.of(value)]
        case .rows(let rows): table(rows)
        }
    }

    private static func table(_ rows: PromptRows) -> [String] {
        let said = "\(rows.count) \(rows.count == 1 ? "row" : "rows")"
        guard !rows.rows.isEmpty else { return [said] }
        // A column in which no row has anything would only take room.
        let columns = rows.fields.indices.filter { column in rows.rows.contains { $0.values[column] != .null } }
        // Nor has a row of errors any use for a heading.
        var cells = rows.rows.contains { $0.error == nil } ? [columns.map { rows.fields[$0] }] : []
        for row in rows.rows {
            if let error = row.error {
                let known = columns.filter { row.values[$0] != .null }
                let what = known.map { "\(rows.fields[$0])=\(ValueText.of(row.values[$0]))" }.joined(separator: " ")
                cells.append([(what.isEmpty ? "" : what + ": ") + "error: " + error])
            } else {
                cells.append(columns.map { text(row.values[$0]) })
            }
        }
        // Errors are as long as they are, and widen no column.
        let widths = columns.indices.map { column in
            cells.filter { $0.count == columns.count && $0.count > 1 }.map { TextWidth.of($0[column]) }.max() ?? 0
        }
        var lines = cells.map { row -> String in
            guard row.count == columns.count, row.count > 1 else { return row.joined() }
            var line = zip(row, widths).map { TextWidth.padded($0, to: $1 + 2) }.joined()
            while line.utf8.last == 0x20 { line.unicodeScalars.removeLast() }
            return line
        }
        let hidden = rows.count - rows.rows.count
        lines.append(hidden > 0 ? "\(said), of which the first \(rows.rows.count) are shown" : said)
        return lines
    }

    private static func text(_ value: Value) -> String {
        value == .null ? "-" : TextWidth.shortened(ValueText.of(value), to: cell)
    }

    /// The page of `:doc NAME`.
    static func page(_ primitive: Primitive) -> [String] {
        var lines = [":\(primitive.name){\(primitive.parameters.map(\.name).joined(separator: ", "))}"]
        lines += TextWrap.lines(primitive.summary, columns: 96).map { "  " + $0 }
        lines.append("  Kafka APIs: " + primitive.apis.joined(separator: "; "))
        let parameters = primitive.parameters.map {
            ["  " + $0.name + ($0.isRequired ? " (required)" : ""), $0.doc]
        }
        if !parameters.isEmpty { lines += ["Parameters"] + TextTable.lines(parameters) }
        return lines + ["Fields"] + TextTable.lines(primitive.fields.map { ["  " + $0.name, $0.type, $0.doc] })
    }

    static let help = [
        "Expressions show their value: source:lag{ group = \"billing\" }, #source:topics{}, ctx.map.topic(\"orders\").",
        "Statements run: rows = source:topics{}; for _, t in ipairs(rows) do … end. A variable that is not local stays.",
        "An entry that is not finished goes on in the next line.",
        "",
        ":doc          the primitives",
        ":doc NAME     what one asks, its parameters and fields",
        ":help         this page",
        ":quit         ends it, as does ^D",
        "^C            drops what is typed, or interrupts what runs; Tab completes; arrows recall",
    ]
}
