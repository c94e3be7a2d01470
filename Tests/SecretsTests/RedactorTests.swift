import Secrets
import Testing

@Suite("Redactor") struct RedactorTests {
    private func registry(_ secrets: String...) -> SecretRegistry {
        let registry = SecretRegistry()
        for secret in secrets { registry.register(Secret(secret)) }
        return registry
    }

    @Test("a text without secrets stays as it is")
    func leavesAlone() {
        let text = #"{"a":"50% of C:\\temp + é \u00e9"}"#
        #expect(registry("hunter2").redact(text) == text)
        #expect(SecretRegistry().redact(text) == text)
        #expect(registry("").redact(text) == text)
    }

    @Test(
        "a secret is found in each encoding",
        arguments: [
            "pa\"ss/w ord é", "pa\\\"ss\\/w ord \\u00e9", "\\u0070\\u0061\\u0022ss/w ord \\u00E9",
            "pa%22ss%2Fw%20ord%20%C3%A9",
            "pa%22ss%2fw+ord+%c3%a9", "pa%22ss/w+ord+é", "70612273732f77206f726420c3a9", "70612273732F77206F726420C3A9",
            "cGEic3MvdyBvcmQgw6k=", "cGEic3MvdyBvcmQgw6k", "pa\\\\\\\"ss/w ord \\\\u00e9", "pa%5C%22ss/w%20ord%20é",
        ])
    func findsEncodings(form: String) {
        let redacted = registry("pa\"ss/w ord é").redact("before <\(form)> after")
        #expect(redacted == "before <‹secret›> after" || redacted == "before <‹secret›=> after")
    }

    @Test("base64 is found wherever the secret starts within a longer run, in both alphabets")
    func findsAlignments() {
        var random = SeededRandom(seed: 1)
        for _ in 0..<300 {
            let secret = random.bytes(4...40)
            let registry = SecretRegistry()
            registry.register(Secret(bytes: secret))
            let before = random.bytes(0...7)
            let run = encoded(before + secret + random.bytes(0...7))
            for text in [run, run.replacing("+", with: "-").replacing("/", with: "_")] {
                let redacted = registry.redact("Basic \(text)")
                #expect(redacted.contains("‹secret›"), "\(secret) in \(text)")
                // What is left of the run holds no group that the secret is part of.
                #expect(redacted.utf8.count <= text.utf8.count + 18 - (secret.count * 8 / 6 - 2))
            }
        }
    }

    @Test("random secrets never survive, in any encoding, and JSON stays JSON")
    func hidesRandomSecrets() {
        var random = SeededRandom(seed: 2)
        for _ in 0..<500 {
            let secret = random.text(4...24)
            let registry = registry(secret, "other-secret")
            let forms = [
                secret, jsonEscaped(secret, all: false), jsonEscaped(secret, all: true), urlEncoded(secret),
                jsonEscaped(jsonEscaped(secret, all: false), all: false), hexadecimal(Array(secret.utf8)),
                encoded(Array(secret.utf8)),
            ]
            for form in forms {
                let redacted = registry.redact("x \(form) y")
                #expect(redacted.hasPrefix("x ") && redacted.hasSuffix(" y"))
                #expect(redacted.contains("‹secret›") && !redacted.contains(form))
            }
            let line = #"{"a":"\#(jsonEscaped(secret, all: false))","n":1234}"#
            #expect(registry.redactJSON(Array(line.utf8)) == Array(#"{"a":"‹secret›","n":1234}"#.utf8))
        }
    }

    @Test("secrets that overlap leave one mark")
    func mergesOverlaps() {
        #expect(registry("abcdef", "defghi", "cdef").redact("-abcdefghi-") == "-‹secret›-")
        #expect(registry("abab").redact("ababab") == "‹secret›")
    }

    @Test("JSON stays whole: numbers and structure are left, escapes are not cut")
    func keepsJSON() {
        let registry = registry("12345678", "nabcd", "\":\"", "ab\\cd", "true")
        let line = #"{"n":12345678,"s":"12345678","e":"\nabcd","a":"b","w":"ab\\cd","t":true}"#
        let expected = #"{"n":12345678,"s":"‹secret›","e":"\nabcd","a":"b","w":"‹secret›","t":true}"#
        #expect(String(decoding: registry.redactJSON(Array(line.utf8)), as: UTF8.self) == expected)
        #expect(registry.redact(#""x\nabcd""#) == #""x‹secret›""#)
        #expect(registry.redactJSON(Array(#"{"broken":"12345678\"#.utf8)) == Array(#"{"broken":"‹secret›\"#.utf8))
    }

    @Test("a secret shorter than four bytes goes only as a whole word")
    func redactsShortSecrets() {
        let registry = registry("abc", "7")
        #expect(
            registry.redact(#"{"p":"abc","q":"abcd","r":"x abc.","s":7,"t":77}"#)
                == #"{"p":"‹secret›","q":"abcd","r":"x ‹secret›.","s":‹secret›,"t":77}"#)
        #expect(registry.redact("YWJj 616263") == "YWJj 616263")
        #expect(registry.redact("\\u0061bc") == "‹secret›")
    }

    @Test("the mark never repeats the secret it stands for")
    func choosesAnotherMark() {
        #expect(registry("secret").redact("my secret") == "my ‹redacted›")
        #expect(registry("cret", "acte").redact("secret") == "se‹•••›")
    }

    @Test("a registry can be filled and used from many tasks at once")
    func isThreadSafe() async {
        let registry = SecretRegistry()
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<4 {
                group.addTask {
                    for index in 0..<25 {
                        registry.register(Secret("secret-\(task)-\(index)-x"))
                        #expect(registry.redact("a secret-\(task)-\(index)-x b") == "a ‹secret› b")
                    }
                }
            }
        }
    }

    @Test("a long line against many long secrets is read in one pass", .timeLimit(.minutes(1)))
    func isFast() {
        var random = SeededRandom(seed: 4)
        let registry = SecretRegistry()
        for _ in 0..<48 { registry.register(Secret(bytes: random.bytes(16...3_000))) }
        let line = (0..<65_536).map { _ in UInt8.random(in: 0x20...0x7E, using: &random) }
        for _ in 0..<5 { #expect(registry.redact(line) == line) }
        // The worst of lines: every place begins like a secret.
        registry.register(Secret(String(repeating: "a", count: 2_000) + "b"))
        let worst = [UInt8](repeating: UInt8(ascii: "a"), count: 20_000)
        #expect(registry.redact(worst) == worst)
    }
}

@Suite struct CutSecretTests {
    private static let secret = "correct-horse-battery"

    private static var redactor: SecretRegistry {
        let registry = SecretRegistry()
        registry.register(Secret(secret))
        return registry
    }

    @Test("the beginning of a secret is replaced where a text was cut in it", arguments: [4, 9, 20])
    func cut(count: Int) {
        #expect(Self.redactor.redact("it said \(Self.secret.prefix(count))…") == "it said ‹secret›…")
        #expect(Self.redactor.redact("it said \(Self.secret.prefix(count))\u{FFFD}…") == "it said ‹secret›\u{FFFD}…")
    }

    @Test("the beginning of its hexadecimal digits is, too")
    func cutHexadecimal() {
        let digits = Self.secret.utf8.map { String($0, radix: 16) }.joined().prefix(11)
        #expect(Self.redactor.redact("0x\(digits)…") == "0x‹secret›…")
    }

    @Test("without the mark of a cut, a word that begins like a secret is left alone")
    func whole() {
        #expect(Self.redactor.redact("it said correct-horse.") == "it said correct-horse.")
        #expect(Self.redactor.redact("cor…") == "cor…")
        #expect(Self.redactor.redact("horse… battery…") == "horse… battery…")
    }
}
