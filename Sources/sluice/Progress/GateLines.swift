import Agent
import Gate
import Value

/// A gate that has ended, in lines: one for the gate, then the first reasons why it did not pass.
struct GateLines {
    private static let shownReasons = 5
    private static let idColumns = 20
    private static let indent = "    "

    let style: ProgressStyle
    /// Where to break lines.
    var columns = Int.max

    func lines(of gate: GateSummary) -> [String] {
        let sign = style.sign(of: gate.verdict)
        let status = TextWidth.padded("\(sign.glyph) \(sign.word)", to: 14)
        let id = style.clean(gate.id) + (gate.severity == .warning ? " (warning)" : "")
        let time = TextWidth.paddedLeft(ElapsedText.of(gate.elapsed), to: 6)
        let head = "\(TextWidth.padded(id, to: Self.idColumns))  \(time)"
        let margin = TextWidth.of(status) + TextWidth.of(head) + 4
        let headline = wrapped(self.headline(of: gate), indent: margin)
        let first = "\(style.palette.paint(status, sign.colour))  \(head)  \(headline.first ?? "")"
        let rest = headline.dropFirst().map { String(repeating: " ", count: margin) + $0 }
        return [first] + rest + reasons(of: gate)
    }

    private func headline(of gate: GateSummary) -> String {
        if let headline = gate.headline { return style.clean(headline) }
        let checks = gate.checks.passed + gate.checks.failed + gate.checks.unknown
        if checks > 0 { return "\(checks) \(checks == 1 ? "check" : "checks") on \(gate.subjects) subjects" }
        return gate.verdict == .pass ? style.clean(gate.summary) : ""
    }

    private func reasons(of gate: GateSummary) -> [String] {
        guard gate.verdict != .pass else { return [] }
        let shown = style.isDetailed ? gate.reasons[...] : gate.reasons.prefix(Self.shownReasons)
        var lines: [String] = []
        for reason in shown {
            let texts = wrapped(text(of: reason), indent: Self.indent.utf8.count + 2)
            lines += texts.enumerated().map { Self.indent + ($0.offset == 0 ? "" : "  ") + $0.element }
        }
        let more = gate.reasons.count - shown.count
        if more > 0 { lines.append("\(Self.indent)\(style.ellipsis) \(more) more in the evidence") }
        return lines
    }

    /// The subject first, then the fact, then the place in the gate's file.
    private func text(of reason: Reason) -> String {
        let subject = reason.subject.map { style.clean(ValueText.subject($0)) } ?? ""
        let message = style.clean(reason.message)
        // The sign of the gate says already that a check failed.
        let fact = reason.code == .checkFailed ? message : "\(style.clean(reason.code.rawValue)): \(message)"
        let place = reason.at.map { "(\(style.clean($0)))" } ?? ""
        return [subject, fact, place].filter { !$0.isEmpty }.joined(separator: " \(style.dot) ")
    }

    private func wrapped(_ text: String, indent: Int) -> [String] {
        guard columns != Int.max else { return [text] }
        return TextWrap.lines(text, columns: max(20, columns - indent))
    }
}
