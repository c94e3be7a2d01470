private import Foundation
import Testing

@testable import sluice

/// `sluice new` and `sluice check`, as somebody who writes a gate uses them.
@Suite("CommandLineAuthoring") struct CommandLineAuthoringTests {
    /// Runs a script in a new folder, where `$0` is sluice.
    private static func inFolder(_ script: String) async throws -> CommandLineTool.Outcome {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("sluice-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try await CommandLineTool.shell("cd \"$1\" || exit 99\n\(script)", [folder.path])
    }

    @Test("a new gate is one that check warns of, and overwrites nothing")
    func new() async throws {
        let made = try await Self.inFolder(
            """
            "$0" new x --phase freeze || exit 1
            ls
            "$0" check x.lua 2> findings; echo "check $?"
            sed 's/.*\\[//; s/\\].*//' findings
            "$0" doc ./x.lua | head -n 1
            "$0" new x; echo "again $?"
            rm x.lua; "$0" new x; echo "half $?"; ls x.lua
            """)
        #expect(made.output.contains("x.lua       the gate"))
        #expect(made.output.contains("\nfindings\n") == false)
        #expect(made.output.contains("x.lua\nx_test.lua\ncheck 0\nSL204\nSL205\n"), "\(made.output)")
        #expect(made.output.contains("again 73\nhalf 73\n"))
        #expect(made.errors.contains("x.lua: is there already, and is not overwritten"))
        #expect(made.errors.contains("ls: cannot access 'x.lua'"), "a gate without its test is left behind")
    }

    @Test("its test fails; with the check that its comment shows, check is silent and the test passes")
    func filledIn() async throws {
        let made = try await Self.inFolder(
            """
            "$0" new x --folder . > /dev/null
            "$0" test x_test.lua > before; echo "test $?"
            sed -i 's/-- subject:at_least/subject:at_least/' x.lua
            "$0" check x.lua; echo "check $?"
            "$0" test x_test.lua > after; echo "test $?"
            tail -n 1 before after | cut -d ' ' -f 1-4
            """)
        #expect(made.errors.isEmpty, "\(made.errors)")
        #expect(made.output.hasPrefix("test 1\ncheck 0\ntest 0\n"), "\(made.output)")
        #expect(made.output.contains("2 failed") || made.output.contains("3 failed"), "\(made.output)")
        #expect(made.output.contains("3 passed"), "\(made.output)")
    }

    @Test(
        "a name that no gate can have is refused, and leaves no file",
        arguments: [
            ("Nope", 64), ("a-b", 64), ("../x", 64), ("", 64), (String(repeating: "a", count: 65), 64), ("and", 65),
            ("x_test", 65), ("taken", 65), ("good --folder gone", 73), ("good --phase now", 64), ("a b", 64),
        ] as [(String, Int32)])
    func refused(arguments: String, code: Int32) async throws {
        let made = try await Self.inFolder(
            """
            mkdir gates; "$0" new taken --folder gates > /dev/null
            "$0" new \(arguments.isEmpty ? "''" : arguments); code=$?
            ls *.lua 2> /dev/null
            exit $code
            """)
        #expect(made.code == code, "\(made.errors)")
        #expect(made.output.isEmpty, "\(made.output)")
        #expect(made.errors.hasPrefix("sluice: "))
    }

    @Test("check exits 0 with warnings alone and 65 with errors, and writes where it is told to")
    func streams() async throws {
        let gate = { (body: String) in
            "return { name = 'g', summary = 's', phase = 'preflight', run = function(ctx) \(body) end }"
        }
        let script = """
            cat > warn.lua <<'END'
            \(gate("ctx:subject { n = 1 }:equal('a', 1 / 2, 1)"))
            END
            cat > err.lua <<'END'
            \(gate("ctx:subject { n = 1 }:equal('a', x, 1)"))
            END
            "$0" check warn.lua; echo "warn $?"
            "$0" check warn.lua err.lua; echo "both $?"
            "$0" check --json warn.lua err.lua; echo "json $?"
            "$0" check gone.lua; echo "gone $?"
            "$0" check; echo "none $?"
            """
        let made = try await Self.inFolder(script)
        #expect(
            made.errors.hasPrefix(
                "warn.lua:1: warning: / always yields a float; use // to divide integers [SL302]\n"))
        #expect(made.errors.contains("err.lua:1: error: undeclared name 'x' [SL101]\n"))
        let lines = made.output.split(separator: "\n").map(String.init)
        #expect(lines.prefix(2) == ["warn 0", "both 65"])
        #expect(lines.dropFirst(2).first?.contains(#""code":"SL302""#) == true)
        #expect(lines.dropFirst(3).first?.contains(#""code":"SL101","level":"error","line":1"#) == true)
        #expect(lines.suffix(3) == ["json 65", "gone 66", "none 64"])
    }

    @Test("the codes of findings are a table, and JSON")
    func codes() async throws {
        let table = try await CommandLineTool.run("check", "--codes")
        #expect(table.code == 0)
        #expect(table.output.contains("SL204  warning  no check can be reached: the gate can never pass\n"))
        let json = try await CommandLineTool.run("check", "--codes", "--json")
        #expect(json.output.split(separator: "\n").count == table.output.split(separator: "\n").count)
        #expect(json.output.hasPrefix(#"{"code":"SL001","level":"error","meaning":"#))
        #expect(try await CommandLineTool.run("check", "--codes", "x.lua").code == 64)
    }
}
