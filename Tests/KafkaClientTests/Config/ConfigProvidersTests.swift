import KafkaClient
import Testing

@Suite struct ConfigProvidersTests {
    @Test("a variable is put in wherever it stands in a value")
    func environment() throws {
        let source = FakeSource(environment: ["HOST": "b", "PORT": "9092", "EMPTY": ""])
        let config = try source.build("bootstrap.servers=${env:HOST}-1:${env:PORT}${env:EMPTY},x:1").config
        #expect(config.bootstrap.map(\.description) == ["b-1:9092", "x:1"])
    }

    @Test("a variable that is not set is an error at the line that asks for it")
    func missingVariable() {
        let error = #expect(throws: ConfigError.self) { try FakeSource().build("x=1", "client.id=${env:NOPE}") }
        #expect(error?.reason == .provider)
        #expect(error?.place == .file("client.properties", line: 2))
        #expect(error?.key == "client.id")
        #expect(error?.message.contains("\"NOPE\"") == true)
    }

    @Test("what the environment holds is not read as references again")
    func environmentIsFinal() throws {
        let source = FakeSource(environment: ["A": "${env:B}"])
        #expect(try source.config("client.id=${env:A}").clientID == "${env:B}")
    }

    @Test("a file is looked for beside the file that names it")
    func relativeFiles() throws {
        let source = FakeSource(files: [
            "conf/client.properties": "bootstrap.servers=b:1\nclient.id=${file:secrets/a.properties:id}",
            "conf/secrets/a.properties": "id = x-${file:b.properties:the:id}-${file:/abs.properties:id}",
            "conf/secrets/b.properties": "the\\:id = y",
            "/abs.properties": "id = ${env:HOME}",
        ])
        var builder = FakeSource(environment: ["HOME": "z"], files: source.files).builder()
        try builder.add(file: "conf/client.properties")
        #expect(try builder.build().config.clientID == "x-y-z")
    }

    @Test("an option's file is looked for in the working directory")
    func optionFiles() throws {
        var builder = FakeSource(files: ["s.properties": "id=x"]).builder()
        try builder.add([
            ConfigOverride("bootstrap.servers=b:1").entry, ConfigOverride("client.id=${file:s.properties:id}").entry,
        ])
        #expect(try builder.build().config.clientID == "x")
    }

    @Test("a missing file, a missing key and a missing part are errors that name the place")
    func missingFiles() {
        let source = FakeSource(files: ["s.properties": "password=x\nother=${file:gone.properties:k}"])
        let cases = [
            ("${file:nope.properties:k}", "\"nope.properties\" does not exist", ConfigError.Reason.unreadable),
            ("${file:s.properties:pasword}", "has no key \"pasword\"", .provider),
            ("${file:s.properties}", "names no key", .provider),
        ]
        for (reference, words, reason) in cases {
            let error = #expect(throws: ConfigError.self) { try source.build("client.id=\(reference)") }
            #expect(error?.message.contains(words) == true)
            #expect(error?.reason == reason)
            #expect(error?.place == .file("client.properties", line: 1))
        }
        let inner = #expect(throws: ConfigError.self) { try source.build("client.id=${file:s.properties:other}") }
        #expect(inner?.place == .file("s.properties", line: 2))
        #expect(inner?.key == "other")
    }

    @Test("the nearest key of a file is suggested")
    func nearestKey() {
        let source = FakeSource(files: ["s.properties": "password=x"])
        let error = #expect(throws: ConfigError.self) { try source.build("client.id=${file:s.properties:pasword}") }
        #expect(error?.hint == "did you mean \"password\"?")
    }

    @Test("references that lead round in a circle end")
    func circle() {
        let source = FakeSource(files: ["a": "k=${file:b:k}", "b": "k=${file:a:k}"])
        let error = #expect(throws: ConfigError.self) { try source.build("client.id=${file:a:k}") }
        #expect(error?.reason == .provider)
        #expect(error?.message == "refers on and on")
    }

    @Test("eight levels of files are followed")
    func depth() throws {
        var files: [String: String] = ["f8": "k=end"]
        for level in 1..<8 { files["f\(level)"] = "k=${file:f\(level + 1):k}" }
        #expect(try FakeSource(files: files).config("client.id=${file:f1:k}").clientID == "end")
    }

    @Test("references that multiply are stopped before they fill the memory")
    func bomb() {
        var files: [String: String] = ["f8": "k=" + String(repeating: "x", count: 1_000)]
        for level in 1..<8 { files["f\(level)"] = "k=" + String(repeating: "${file:f\(level + 1):k}", count: 9) }
        #expect(throws: ConfigError.self) { try FakeSource(files: files).build("client.id=${file:f1:k}") }
    }

    @Test("references that multiply into nothing are stopped before they take all day")
    func emptyBomb() {
        var files: [String: String] = ["f8": "k="]
        for level in 1..<8 { files["f\(level)"] = "k=" + String(repeating: "${file:f\(level + 1):k}", count: 20) }
        let error = #expect(throws: ConfigError.self) { try FakeSource(files: files).build("client.id=${file:f1:k}") }
        #expect(error?.message == "too many references")
    }

    @Test("references that are never closed are text, however many")
    func unclosed() throws {
        let text = String(repeating: "${a:", count: 60_000)
        #expect(try FakeSource().config("client.id=\(text)").clientID == text)
    }

    @Test("an unknown provider is an error that does not repeat what may be a password")
    func unknownProvider() {
        let error = #expect(throws: ConfigError.self) {
            try FakeSource().build("sasl.password=a${hunter2:b}c")
        }
        #expect(error?.reason == .provider)
        #expect(error?.description.contains("hunter2") == false)
    }

    @Test(
        "braces that are no reference stay as they are", arguments: ["${x}", "$", "${", "${}", "a${ b:c}", "$ {env:A}"])
    func plainText(_ text: String) throws {
        #expect(try FakeSource().config("client.id=\(text)").clientID == text)
    }

    @Test("a reference that a later layer replaces is not followed")
    func replaced() throws {
        var builder = FakeSource(files: ["c": "bootstrap.servers=b:1\nclient.id=${env:NOPE}"]).builder()
        try builder.add(file: "c")
        try builder.add([ConfigOverride("client.id=mine").entry])
        #expect(try builder.build().config.clientID == "mine")
    }

    @Test("a properties file that is missing is an error at whoever names it")
    func missingProperties() {
        var builder = FakeSource().builder()
        let error = #expect(throws: ConfigError.self) {
            try builder.add(file: "nope.properties", namedAt: .option("--source-config"))
        }
        #expect(error?.description == "--source-config: \"nope.properties\" does not exist")
    }
}
