import KafkaClient
import Testing

@Suite struct JaasConfigTests {
    /// Each expectation is what Kafka 4.3's own parser answers.
    @Test(
        "options are read as Kafka reads them",
        arguments: [
            (#"M required username="u" password="p";"#, ["username": "u", "password": "p"]),
            ("M required username=u password=p;", ["username": "u", "password": "p"]),
            ("M required username='u' password='p;q';", ["username": "u", "password": "p;q"]),
            ("M required\n  username=\"u\"\n  password=\"a\\\"b\";", ["username": "u", "password": "a\"b"]),
            (#"M required password="a\\b";"#, ["password": #"a\b"#]),
            (#"M required password="a\tb\101\7z\400";"#, ["password": "a\tbA\u{7}z 0"]),
            (#"M REQUIRED username="u";"#, ["username": "u"]),
            ("M required;", [:]),
            (#"M required username = "u" ;"#, ["username": "u"]),
            (#"M required username="u" username="v";"#, ["username": "v"]),
            (#"M required password="a=b;c";"#, ["password": "a=b;c"]),
            ("M required password=p-w_x$1.2;", ["password": "p-w_x$1.2"]),
            ("M required // c\n username=\"u\";", ["username": "u"]),
            (#"M required /* c */ username="u";"#, ["username": "u"]),
            (#"M required password="a//b/*c";"#, ["password": "a//b/*c"]),
            (#""M" required username="u";"#, ["username": "u"]),
            (#"M required "username"="u";"#, ["username": "u"]),
            ("M required password=\u{e4};", ["password": "\u{e4}"]),
            ("M required password=\u{20ac};", ["password": "\u{20ac}"]),
            ("M required password=\"\";", ["password": ""]),
            (#"M required password="\x\q\'";"#, ["password": "xq'"]),
            (#"M required a="1"b="2";"#, ["a": "1", "b": "2"]),
            ("M required password=\"a\\\nb\";", ["password": "a\nb"]),
            (#"M required password="\377\18";"#, ["password": "\u{ff}\u{1}8"]),
        ] as [(String, [String: String])])
    func reads(_ text: String, options: [String: String]) throws {
        let jaas = try JaasConfig(Array(text.utf8))
        #expect(jaas.module == "M")
        #expect(jaas.flag == .required)
        for (name, value) in options { #expect(jaas[name] == value) }
        #expect(Set(jaas.options.map(\.name)) == Set(options.keys))
    }

    @Test(
        "what Kafka refuses is refused",
        arguments: [
            "", "  ", "M", #"M required username="u""#, #"M mandatory username="u";"#, "M required username;",
            "M required username=;", "M required password=1234;", "M required password=-a;", "M required password=.a;",
            "M required password=a/b;", #"M required password="unterminated;"#, "M required password=\"a\nb\";",
            #"M required username="u"; ;"#, #"M required username="u"; M required username="v";"#,
            #"M required username="u";;"#, "M required password=a@b;", "M required password=a,b;",
            "M required password=a#b;", "M optional a=1b;", "M required password=p=x;", "1x required a=b;", "a b;",
            #"Client { M required username="u"; };"#, "M required /* no end", "M required =;", "M required a b=c;",
        ])
    func refuses(_ text: String) {
        #expect(throws: ConfigError.self) { try JaasConfig(Array(text.utf8)) }
    }

    @Test(
        "a refusal repeats nothing of the text",
        arguments: [
            "M required password=hunter2/rest;", #"M required password="hunter2;"#, "M required password=1hunter2;",
            #"M required password="x"hunter2" a="b";"#, "M hunter2 a=b;", "M required password=a hunter2;",
        ])
    func quiet(_ text: String) {
        let error = #expect(throws: ConfigError.self) { try JaasConfig(Array(text.utf8)) }
        #expect(error.map { "\($0)".contains("hunter2") } == false)
    }

    @Test("an option knows where its value stands, quotes excluded")
    func ranges() throws {
        let text = Array(#"M required password="a\"b" username=u;"#.utf8)
        let jaas = try JaasConfig(text)
        #expect(jaas.options.map { String(decoding: text[$0.range], as: UTF8.self) } == [#"a\"b"#, "u"])
    }

    @Test("every flag is read in any case", arguments: ["required", "Requisite", "SUFFICIENT", "optional"])
    func flags(_ word: String) throws {
        #expect(try JaasConfig(Array("M \(word);".utf8)).flag.rawValue == word.lowercased())
    }

    @Test("random bytes are read or refused")
    func noise() {
        var random = SeededRandom(seed: 99)
        let likely = Array("M required a=\"b\\1'/*;= \n-.4\u{e4}".utf8)
        for _ in 0..<20_000 {
            let tail = (0..<Int.random(in: 0...30, using: &random)).map { _ in
                Int.random(in: 0..<4, using: &random) == 0
                    ? UInt8.random(in: 0...255, using: &random) : likely.randomElement(using: &random) ?? 0
            }
            let bytes = (Bool.random(using: &random) ? Array("M required ".utf8) : []) + tail
            guard let jaas = try? JaasConfig(bytes) else { continue }
            #expect(jaas.options.allSatisfy { $0.range.upperBound <= bytes.count })
        }
    }
}
