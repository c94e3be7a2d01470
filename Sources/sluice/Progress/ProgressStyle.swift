import Gate

/// How progress looks: what colours and signs there are, and how others' text is made harmless.
struct ProgressStyle: Sendable {
    var palette = Palette(isOn: false)
    /// Whether signs beyond ASCII are shown.
    var isUnicode = true
    /// All reasons of a gate instead of the first ones.
    var isDetailed = false
    /// Escapes and redacts.
    var clean: @Sendable (String) -> String

    var dot: String { isUnicode ? "·" : "-" }
    var ellipsis: String { isUnicode ? "…" : "..." }

    struct Sign {
        let glyph: String
        let word: String
        let colour: Palette.Colour
    }

    /// Nil: skipped.
    func sign(of verdict: Verdict?) -> Sign {
        switch verdict {
        case .pass?: Sign(glyph: isUnicode ? "✓" : "+", word: "PASS", colour: .green)
        case .fail?: Sign(glyph: isUnicode ? "✗" : "x", word: "FAIL", colour: .red)
        case .inconclusive?: Sign(glyph: "?", word: "INCONCLUSIVE", colour: .yellow)
        case nil: Sign(glyph: "-", word: "SKIPPED", colour: .grey)
        }
    }
}
