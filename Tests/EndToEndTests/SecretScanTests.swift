import Foundation
import Testing

/// What guards all other runs finds what it is there to find.
@Suite struct SecretScanTests {
    private static let secret = "k+/Q ?%7b\u{E9}~zW9\"x"

    private static func hex(_ text: String, _ digits: String) -> String {
        let digits = Array(digits)
        return text.utf8.map { "\(digits[Int($0 >> 4)])\(digits[Int($0 & 15)])" }.joined()
    }

    /// Each way to write it, by name, as other programs would.
    static let ways: [(String, String)] = {
        let bytes = Data(secret.utf8)
        let json = String(decoding: (try? JSONEncoder().encode(secret)) ?? Data(), as: UTF8.self)
        var ways = [
            ("plain", secret), ("backwards", String(decoding: Data(bytes.reversed()), as: UTF8.self)),
            ("hexadecimal", hex(secret, "0123456789abcdef")), ("HEXADECIMAL", hex(secret, "0123456789ABCDEF")),
            ("JSON", json), ("JSON, every character", secret.utf16.map { String(format: "\\u%04x", $0) }.joined()),
            ("URL", secret.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""),
            ("URL query", secret.addingPercentEncoding(withAllowedCharacters: .urlQueryAllowed) ?? ""),
            ("form", secret.replacingOccurrences(of: " ", with: "+")),
            ("JSON in JSON", String(decoding: (try? JSONEncoder().encode(json)) ?? Data(), as: UTF8.self)),
        ]
        for (before, after) in [("", ""), ("a", "b"), ("ab", ""), ("abc", "xyz"), ("\0u\0", "")] {
            let base64 = Data((before + secret + after).utf8).base64EncodedString()
            ways.append(("base64 of \(before)…\(after)", base64))
            ways.append(
                (
                    "base64url of \(before)…\(after)",
                    base64.replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
                        .replacingOccurrences(of: "=", with: "")
                ))
        }
        return ways.filter { $0.0 != "backwards" } + [("backwards", String("k+/Q ?%7b~zW9".reversed()))]
    }()

    @Test("A secret is found in every encoding", arguments: ways)
    func found(name: String, text: String) {
        let secret = name == "backwards" ? "k+/Q ?%7b~zW9" : Self.secret
        #expect(!text.isEmpty)
        #expect(!SecretScan(Data("{\"a\":\"x\(text)y\"}\n".utf8)).encodings(of: secret).isEmpty, "\(text)")
    }

    @Test("Half of a random one is enough; of another, only the whole counts")
    func halves() {
        let canary = Canary.make(plain: true)
        for text in [canary.prefix(15), canary.suffix(16)] {
            let scan = SecretScan(Data("cut: \(text)…".utf8))
            #expect(!scan.encodings(of: canary, random: true).isEmpty)
            #expect(scan.encodings(of: canary).isEmpty)
        }
    }

    @Test("What is not there is not found")
    func notFound() {
        let scan = SecretScan(Data("k+/Q ?%7c passw0rd \\u0041 %zz %".utf8))
        #expect(scan.encodings(of: Self.secret).isEmpty)
        #expect(scan.encodings(of: "passw0rd!").isEmpty)
    }

    @Test("One walk finds the random ones that are there, in whatever encoding, however large the output")
    func manyAtOnce() {
        let absent = (0..<50).map { _ in Data(Canary.make().utf8) }
        let large = Data((0..<40_000).map { "{\"n\":\($0),\"x\":\"%2B\\u0041\"}\n" }.joined().utf8)
        let canary = Canary.make()
        let bytes = Data(canary.utf8)
        let forms = [
            canary, String(canary.reversed()), Self.hex(canary, "0123456789ABCDEF"), String(canary.prefix(18)),
            bytes.base64EncodedString(), Data("u:\(canary)".utf8).base64EncodedString(),
            canary.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "",
            canary.utf16.map { String(format: "\\u%04x", $0) }.joined(),
        ]
        for form in forms {
            let scan = SecretScan(large + Data(form.utf8) + large)
            #expect(scan.mayHold(Set(absent + [bytes])) == [bytes], "\(form)")
            #expect(!scan.encodings(of: bytes, random: true).isEmpty, "\(form)")
        }
        #expect(SecretScan(large).mayHold(Set(absent + [bytes])).isEmpty)
    }

    @Test("A run that leaks is caught, wherever the secret was given and wherever it came out", arguments: 0..<7)
    func caught(index: Int) async throws {
        let folder = try TemporaryFolder()
        let secret = "geheim-\(index)+/x"
        let properties = try folder.write("sasl.password = \(secret)\n", to: "client.properties")
        let jaas = try folder.write(
            "sasl.jaas.config=a.B required username=\"u\" password=\"\(secret)\";\n", to: "jaas.properties")
        let plan = try folder.write(
            #"{"source":{"config":"\#(properties)"}}"#, to: "plan.json")
        let evidence = folder.path("run.out")
        let given: [(arguments: [String], environment: [String: String])] = [
            (["-X", "sasl.password=\(secret)"], [:]), (["--source-config", properties], [:]),
            (["--principal", "me=\(jaas)"], [:]), (["--plan", plan], [:]), ([], ["AWS_SESSION_TOKEN": secret]),
            (["-X", "sasl.password=${env:MINE}"], ["MINE": secret]), (["-Xssl.key.password=\(secret)"], [:]),
        ]
        let watch = SecretWatch(
            arguments: given[index].arguments + ["--evidence", evidence], environment: given[index].environment,
            directory: folder.url)
        let said = Data(secret.utf8).base64EncodedString()
        for (script, place) in [
            ("printf '%s' \"$1\"", "standard output"), ("printf '%s' \"$1\" >&2", "standard error"),
            ("printf '%s' \"$1\" > \"$2\"", "evidence"),
        ] {
            let process = try ChildProcess(["sh", "-c", script, "sh", said, evidence], deadline: .seconds(60))
            process.closeInput()
            _ = await process.end()
            #expect(watch.leaks(in: process).contains { $0.contains(place) }, "\(place)")
        }
    }

    @Test("Every run of the program is watched")
    func watched() async throws {
        let canary = Canary.make(plain: true)
        await withKnownIssue {
            // A word is no secret to the program, which rightly says that it knows no such command.
            _ = try await SluiceCommand.run([canary])
        }
        await withKnownIssue {
            _ = try await SluiceCommand.shell("echo \(canary)")
        }
        await withKnownIssue {
            _ = try await CommandLineTool.shell("echo \(canary) >&2")
        }
        let page = DocsPage.Block(
            language: "console", file: nil, line: 1, lines: ["$ mkdir runs && echo \(canary) > runs/run.jsonl"])
        #expect(page.commands.count == 1)
        await withKnownIssue {
            _ = try await DocsShell().run(page)
        }
    }
}
