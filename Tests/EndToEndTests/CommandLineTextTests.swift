import Testing
import Value

@testable import sluice

@Suite struct CommandLineTextTests {
    @Test(
        "text that could drive a terminal becomes visible",
        arguments: [
            ("plain orders-7", "plain orders-7"), ("\u{1B}[31mred", "\\x1b[31mred"), ("a\nb\r\tc", "a\\nb\\r\\tc"),
            ("bell\u{07}\u{7F}", "bell\\x07\\x7f"), ("csi\u{9B}2J", "csi\\u{9b}2J"), ("\u{202E}evil", "\\u{202e}evil"),
            ("a\u{2066}b\u{200B}c\u{FEFF}", "a\\u{2066}b\\u{200b}c\\u{feff}"), ("l\u{2028}s", "l\\u{2028}s"),
            ("tag\u{E0041}", "tag\\u{e0041}"), ("sp\u{A0}ace", "sp\\u{a0}ace"), ("größe 日本 ✓", "größe 日本 ✓"),
            ("private\u{E000}", "private\\u{e000}"), ("\u{0}", "\\x00"), ("a\r\nb", "a\\r\\nb"),
        ])
    func escaped(text: String, shown: String) {
        #expect(TerminalText.escaped(text) == shown)
        #expect(TerminalText.escaped(ByteString(text)) == shown)
    }

    @Test("bytes that are not UTF-8 show as bytes")
    func invalidBytes() {
        #expect(TerminalText.escaped(ByteString(bytes: [0x61, 0xFF, 0xC3, 0x62])) == "a\\xff\\xc3b")
        #expect(TerminalText.escaped(ByteString(bytes: [0xE2, 0x82])) == "\\xe2\\x82")
        #expect(TerminalText.escaped(ByteString(bytes: [0xED, 0xA0, 0x80, 0x0A])) == "\\xed\\xa0\\x80\\n")
    }

    @Test("widths count columns, not characters")
    func width() {
        #expect(TextWidth.of("abc") == 3)
        #expect(TextWidth.of("日本") == 4)
        #expect(TextWidth.of("e\u{301}") == 1)
        #expect(TextWidth.padded("日", to: 4) == "日  ")
        #expect(TextWidth.paddedLeft("1.0s", to: 6) == "  1.0s")
        #expect(TextWidth.shortened("orders", to: 6) == "orders")
        #expect(TextWidth.shortened("orders", to: 5) == "orde…")
        #expect(TextWidth.shortened("日本語", to: 5) == "日本…")
    }

    @Test("texts break at blanks; paragraphs, lists and set lines keep their form")
    func wrap() {
        #expect(TextWrap.lines("one two three four", columns: 9) == ["one two", "three", "four"])
        #expect(TextWrap.lines("averylongword is whole", columns: 5) == ["averylongword", "is", "whole"])
        #expect(
            TextWrap.lines("a\nb\n\nc\n  set  so\n- item\n- item\n", columns: 40)
                == ["a b", "", "c", "  set  so", "- item", "- item"])
        #expect(TextWrap.lines("a\r\nb", columns: 40) == ["a b"])
    }

    @Test("a subject reads from the general to the particular, each word unmistakable")
    func subject() {
        let subject: Value = ["partition": 3, "topic": "orders", "group": "billing", "zone": "a b"]
        #expect(ValueText.subject(subject) == "group=billing topic=orders partition=3 zone=\"a b\"")
        #expect(ValueText.of(.string("")) == "\"\"")
        #expect(ValueText.of(.string("\u{1B}[2J")) == "\"\\x1b[2J\"")
        #expect(ValueText.of(.string(ByteString(bytes: [0xFF]))) == "\"\\xff\"")
        #expect(ValueText.of(["a", nil, true, .number(1.5), .number(2)]) == "[a, null, true, 1.5, 2]")
    }

    @Test("text in quotes cannot end its quotes")
    func quotes() {
        #expect(ValueText.of(.string("a\" b=\"c")) == "\"a\\\" b=\\\"c\"")
        #expect(ValueText.of(.string("back\\")) == "\"back\\\\\"")
    }

    @Test(
        "times are short",
        arguments: [
            (Duration.milliseconds(340), "0.3s"), (.seconds(59), "59.0s"), (.seconds(72), "1m12s"),
            (.seconds(7530), "2h05m"), (.seconds(-1), "0.0s"),
        ])
    func elapsed(duration: Duration, text: String) { #expect(ElapsedText.of(duration) == text) }
}
