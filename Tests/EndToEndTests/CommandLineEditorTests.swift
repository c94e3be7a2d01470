import Testing
import Value

@testable import Agent
@testable import sluice

@Suite struct CommandLineEditorTests {
    private static func typed(_ keys: String, history: [String] = []) -> (LineEditor, [LineEditor.Outcome]) {
        var editor = LineEditor(history: history)
        let outcomes = keys.utf8.map { editor.feed($0) }
        return (editor, outcomes)
    }

    @Test(
        "keys edit the line",
        arguments: [
            ("abc", "abc", 3), ("abc\u{7F}", "ab", 2), ("abc\u{01}x", "xabc", 1), ("abc\u{1B}[D\u{1B}[DX", "aXbc", 2),
            ("abc\u{01}\u{04}", "bc", 0), ("abc\u{1B}[H\u{1B}[3~", "bc", 0), ("abc\u{1B}[D\u{0B}", "ab", 2),
            ("one two\u{17}", "one ", 4), ("one two \u{17}\u{19}", "one two ", 8), ("abc\u{02}\u{02}\u{15}", "bc", 0),
            ("aé€😀\u{7F}\u{7F}", "aé", 2), ("ab\u{1B}OD\u{1B}OCc", "abc", 3), ("ab\u{1B}[1;5Dc", "abc", 3),
            ("\u{1B}[200~x", "x", 1), ("abc\u{1B}[H\u{06}\u{05}d", "abcd", 4),
        ])
    func keys(keys: String, text: String, cursor: Int) {
        let (editor, _) = Self.typed(keys)
        #expect(editor.text == text)
        #expect(editor.cursor == cursor)
    }

    @Test("enter hands the line over, and ^C and ^D say what they are")
    func outcomes() {
        #expect(Self.typed("ab\r").1.last == .entered("ab"))
        #expect(Self.typed("ab\u{03}").1.last == .cancelled)
        #expect(Self.typed("ab\u{03}").0.text.isEmpty)
        #expect(Self.typed("\u{04}").1.last == .ended)
        #expect(Self.typed("a\u{04}").1.last == LineEditor.Outcome.none)
        #expect(Self.typed("\t").1.last == .complete)
        #expect(Self.typed("\u{0C}").1.last == .cleared)
    }

    @Test("arrows go through the history, and back to what was being typed")
    func history() {
        let up = "\u{1B}[A"
        let down = "\u{1B}[B"
        #expect(Self.typed(up, history: ["one", "two"]).0.text == "two")
        #expect(Self.typed(up + up + up, history: ["one", "two"]).0.text == "one")
        #expect(Self.typed("new" + up + down, history: ["one"]).0.text == "new")
        #expect(Self.typed("x\rx\r  \ry\r").0.history == ["x", "y"])
    }

    @Test("any bytes leave a line that is text, with the cursor in it")
    func hostile() {
        var state: UInt64 = 5
        var editor = LineEditor(history: ["a", "bé"])
        for _ in 0..<50_000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            _ = editor.feed(UInt8(truncatingIfNeeded: state >> 33))
            #expect((0...editor.scalars.count).contains(editor.cursor))
        }
    }

    @Test("what is drawn fits the terminal and holds no control that was typed")
    func drawn() {
        var editor = LineEditor()
        editor.insert(String(repeating: "x", count: 200) + "\u{202E}")
        let drawn = editor.drawn("> ", columns: 40)
        #expect(!drawn.unicodeScalars.contains("\u{202E}"))
        #expect(drawn.unicodeScalars.count { $0 == "x" } <= 40)
        #expect(drawn.hasPrefix("\r> "))
    }

    @Test(
        "completion knows what can come next",
        arguments: [
            ("source:comm", "comm", ["committed"]), (":d", ":d", [":doc"]), (":doc la", "la", ["lag"]),
            ("source:lag { gr", "gr", ["group = "]), ("source:lag{ group = 'x', to", "to", ["topics = "]),
            ("source:lag{ group = \"or", "or", ["orders"]), ("x[1].end_of", "end_of", ["end_offset"]),
            ("ctx.cl", "cl", ["clock"]), ("ro", "ro", ["rows"]), ("sou", "sou", ["source"]),
        ])
    func completion(before: String, typed: String, names: [String]) {
        var completion = ReplCompletion()
        completion.learn(entry: "rows = source:lag{}")
        completion.learn(
            .rows(
                PromptRows(
                    fields: ["topic", "end_offset"], count: 1,
                    rows: [PromptRows.Row(values: ["orders", 5], error: nil)])))
        let found = completion.candidates(before)
        #expect(found.typed == typed)
        #expect(found.names == names)
    }

    @Test("rows are a table; a column that is empty is left out, a failed row says why")
    func table() {
        let rows = PromptRows(
            fields: ["topic", "partition", "offset"], count: 3,
            rows: [
                PromptRows.Row(values: ["orders", 0, .null]),
                PromptRows.Row(values: ["pay ments", 12, .null]),
                PromptRows.Row(values: ["x", .null, .null], error: "broker 1: gone"),
            ])
        #expect(
            ReplText.lines(.rows(rows)) == [
                "topic        partition", "orders       0", "\"pay ments\"  12", "topic=x: error: broker 1: gone",
                "3 rows",
            ])
        #expect(ReplText.lines(.value(.null)) == ["nil"])
        #expect(ReplText.lines(.value(["a": 1])) == ["{a=1}"])
    }
}
