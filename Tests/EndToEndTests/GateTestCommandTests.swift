import Foundation
import FoundationXML
import Testing

/// `sluice test` as its users run it.
@Suite("sluice test") struct GateTestCommandTests {
    private static let gate = """
        return { name = "counted", summary = "The topic has two partitions", phase = "preflight", clusters = { "target" },
        run = function(ctx)
          for _, topic in ipairs(ctx.target:topics { names = { "orders" } }) do
            local subject = ctx:subject { topic = topic.topic }
            if topic.error then subject:unknown("partitions", topic) else
              subject:equal("partitions", #topic.partitions, 2)
            end
          end
        end }
        """
    private static let test = """
        return {
          ["passes with two"] = function(world)
            world.target:topic("orders", 2)
            world:run():passes()
          end,
          ["fails with three"] = function(world)
            world.target:topic("orders", 3)
            world:run():fails("partitions", { topic = "orders" }, { actual = 3 })
          end,
        }
        """

    private func folder(gate: String = gate, test: String? = test) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        _ = try folder.write(gate, to: "gates/counted.lua")
        if let test { _ = try folder.write(test, to: "gates/counted_test.lua") }
        return folder
    }

    private func run(_ words: [String], in folder: TemporaryFolder) async throws -> SluiceCommand.Result {
        try await SluiceCommand.run(["test"] + words, directory: folder.url)
    }

    @Test("the tests of all gates pass, those of the binary that is shipped in under 20 s", .timeLimit(.minutes(5)))
    func all() async throws {
        let result = try await SluiceCommand.run(["test"], deadline: .seconds(240))
        #expect(result.exitCode == 0, "\(result.output)\n\(result.errors)")
        let summary = try #require(result.output.last)
        #expect(summary.contains(" 0 failed"))
        // Without the optimiser it takes several times as long.
        let isShipped = ProcessInfo.processInfo.environment["SLUICE_BINARY"] != nil
        let seconds = try #require(summary.split(separator: " ").last?.dropLast())
        #expect(try #require(Double(seconds)) < (isShipped ? 20 : 100), "\(summary)")
    }

    @Test("a folder, a gate or a test is a path, without one the gate folders are")
    func paths() async throws {
        let folder = try folder()
        for words in [[], ["gates"], ["gates/counted.lua"], ["gates/counted_test.lua"]] {
            let result = try await run(words, in: folder)
            #expect(result.exitCode == 0, "\(words): \(result.errors)")
            #expect(result.output.first?.hasPrefix("✓ gates/counted_test.lua  2 tests") == true, "\(result.output)")
        }
    }

    @Test("what differed is printed with file and line, and the exit code is 1")
    func failing() async throws {
        let test = Self.test.replacingOccurrences(of: "orders\", 3)", with: "orders\", 2)")
        let result = try await run([], in: try folder(test: test))
        #expect(result.exitCode == 1)
        #expect(result.output[0].hasPrefix("✗ gates/counted_test.lua  2 tests, 1 failed"))
        #expect(
            Array(result.output[1...5]) == [
                "  ✗ fails with three",
                "    gates/counted_test.lua:8: expected fail, got pass",
                "      checks:",
                "        partitions {topic=orders} 2 == 2 ok",
                "      there is no reason",
            ])
        #expect(result.output.last?.hasPrefix("1 passed, 1 failed") == true)
    }

    @Test("--filter keeps the tests that have the text in their file or name")
    func filter() async throws {
        let folder = try folder()
        let one = try await run(["--filter", "three"], in: folder)
        #expect(one.output.first?.hasPrefix("✓ gates/counted_test.lua  1 test ") == true)
        let none = try await run(["--filter", "nowhere"], in: folder)
        #expect(none.exitCode == 65)
    }

    @Test("a test that does not end, or whose gate does not, is ended after --timeout and named with its line")
    func timeout() async throws {
        let gate = Self.gate.replacingOccurrences(of: "run = function(ctx)", with: "run = function() while true do end")
        let folder = try folder(
            gate: gate,
            test: """
                return {
                  ["the test"] = function()
                    while true do pcall(function() while true do end end) end
                  end,
                  ["its gate"] = function(world)
                    world:run():passes()
                  end,
                }
                """)
        let start = ContinuousClock.now
        let result = try await run(["--timeout", "300ms"], in: folder)
        #expect(result.exitCode == 1)
        let late = "the test did not end within 300ms; --timeout gives it longer"
        #expect(
            Array(result.output[1...4]) == [
                "  ✗ the test", "    gates/counted_test.lua:2: \(late)",
                "  ✗ its gate", "    gates/counted_test.lua:5: \(late)",
            ], "\(result.output)")
        // The gate alone has 60 s.
        #expect(start.duration(to: .now) < .seconds(50))
    }

    @Test("--format junit is XML that parsers read")
    func junit() async throws {
        let test = Self.test.replacingOccurrences(of: "orders\", 3)", with: "orders\", 2)")
        let result = try await run(["--format", "junit"], in: try folder(test: test))
        #expect(result.exitCode == 1)
        let counter = ElementCounter()
        let parser = XMLParser(data: result.bytes)
        parser.delegate = counter
        #expect(parser.parse())
        #expect(counter.counts == ["testsuites": 1, "testsuite": 1, "testcase": 2, "failure": 1])
    }

    private final class ElementCounter: NSObject, XMLParserDelegate {
        var counts: [String: Int] = [:]
        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
            attributes: [String: String]
        ) { counts[name, default: 0] += 1 }
    }

    @Test("--format tap has a plan and a line a test")
    func tap() async throws {
        let result = try await run(["--format", "tap"], in: try folder())
        #expect(
            result.output == [
                "TAP version 14", "1..2", "ok 1 - gates/counted_test.lua: passes with two",
                "ok 2 - gates/counted_test.lua: fails with three",
            ])
    }

    @Test("--mutate names what a gate cannot see, until its manifest does")
    func mutate() async throws {
        let blind = try await run(["--mutate"], in: try folder())
        #expect(blind.exitCode == 1)
        #expect(
            blind.output.contains(
                "    gates/counted_test.lua:4: still passes where, on the target, topic orders partition 0 has no leader "
                    + "[leader]"), "\(blind.output)")
        #expect(!blind.output.contains { $0.contains("[partitions]") })
        let facts = ["config", "end_offset", "leader", "stale_leader", "broker", "cluster_id"]
        let declared = Self.gate.replacingOccurrences(
            of: "phase =",
            with: "blind_to = { " + facts.map { "\($0) = \"not asked\"" }.joined(separator: ", ") + " }, phase =")
        let open = try await run(["--mutate"], in: try folder(gate: declared))
        #expect(open.exitCode == 0, "\(open.output)")
        #expect(open.output.contains { $0.hasPrefix("mutation: ") && $0.contains(" 0 survived") })
    }

    @Test("a file that is no test, a gate without one and a missing path have their exit codes")
    func mistakes() async throws {
        let broken = try await run([], in: try folder(test: "return { x = function( end }"))
        #expect(broken.exitCode == 65)
        #expect(broken.errors.contains { $0.contains("gates/counted_test.lua:1:") }, "\(broken.errors)")
        let data = try await run([], in: try folder(test: "return { x = 1 }"))
        #expect(data.exitCode == 65)
        #expect(data.errors.contains { $0.contains("'x' is no function") })
        let without = try await run(["gates/counted.lua"], in: try folder(test: nil))
        #expect(without.exitCode == 65)
        #expect(without.errors.contains { $0.contains("it would be gates/counted_test.lua") })
        let lost = try folder()
        try FileManager.default.removeItem(atPath: lost.path("gates/counted.lua"))
        let alone = try await run(["gates/counted_test.lua"], in: lost)
        #expect(alone.exitCode == 66)
        #expect(
            alone.errors == [
                "sluice: gates/counted_test.lua is the test of gates/counted.lua, which does not exist"
            ])
        let missing = try await run(["gates/other.lua"], in: try folder())
        #expect(missing.exitCode == 66)
        let nothing = try await run([], in: try TemporaryFolder())
        #expect(nothing.exitCode == 65)
    }
}
