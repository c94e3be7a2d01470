import Gate
import Testing
import Value

@Suite("Selector")
struct SelectorTests {
    private static let names = ["inv_topics", "inv_groups", "lag_budget", "auth_probe", "my_gate"]

    private func candidates() throws -> [Selector.Candidate] {
        let facts: [(String, Value, Value, Value)] = [
            ("inv_topics", "inventory", [], "blocker"), ("inv_groups", "inventory", ["offsets"], "warning"),
            ("lag_budget", "catch_up", ["offsets", "slow"], "blocker"),
            ("auth_probe", "preflight", ["slow"], "blocker"),
        ]
        var candidates: [Selector.Candidate] = []
        for (name, phase, tags, severity) in facts {
            let manifest = try Fixtures.manifest([
                "name": .text(name), "phase": phase, "tags": tags, "severity": severity,
            ])
            candidates.append(Selector.Candidate(manifest, id: name == "lag_budget" ? "lag_a" : nil))
        }
        let own = try Fixtures.manifest(["name": "my_gate", "phase": "freeze"])
        return candidates + [Selector.Candidate(own, path: "./my_gate.lua")]
    }

    private func select(_ words: String...) throws -> [String] {
        let selection = try Selector(words).select(from: try candidates())
        return selection.chosen.map { Self.names[$0] }
    }

    private func error(_ words: String...) -> (column: Int?, message: String) {
        let error = Fixtures.error { () throws(GateError) in try Selector(words) }
        guard let error, case .selector(_, let column) = error.reason else { return (nil, "no error") }
        #expect(error.isUsage)
        return (column, error.description)
    }

    @Test("names, ids, paths, globs and properties select")
    func atoms() throws {
        #expect(try select("lag_budget") == ["lag_budget"])
        #expect(try select("lag_a") == ["lag_budget"])
        #expect(try select("./my_gate.lua") == ["my_gate"])
        #expect(try select("inv_*") == ["inv_topics", "inv_groups"])
        #expect(try select("phase:inventory") == ["inv_topics", "inv_groups"])
        #expect(try select("tag:offsets") == ["inv_groups", "lag_budget"])
        #expect(try select("severity:warning") == ["inv_groups"])
        #expect(try select("phase:*e") == ["my_gate"])
    }

    @Test("not binds closer than and, and closer than or")
    func precedence() throws {
        #expect(try select("lag_budget or inv_* and tag:offsets") == ["inv_groups", "lag_budget"])
        #expect(try select("( lag_budget or inv_* ) and tag:slow") == ["lag_budget"])
        #expect(try select("not tag:slow and not inv_*") == ["my_gate"])
        #expect(try select("not (tag:slow or inv_*)") == ["my_gate"])
        #expect(try select("not not lag_budget") == ["lag_budget"])
        #expect(try select("not lag_budget or lag_budget").count == 5)
    }

    @Test("words and quoted texts are the same; words that follow each other are a union in their order")
    func words() throws {
        #expect(try select("inv_*", "and", "not", "(", "tag:offsets", ")") == ["inv_topics"])
        #expect(try select("inv_* and not(tag:offsets)") == ["inv_topics"])
        #expect(try select("lag_budget", "inv_topics") == ["lag_budget", "inv_topics"])
        #expect(try select("lag_budget", "phase:inventory", "and", "tag:offsets") == ["lag_budget", "inv_groups"])
        #expect(try select("tag:slow", "lag_budget") == ["lag_budget", "auth_probe"])
    }

    @Test("no words select everything and name nothing")
    func empty() throws {
        let selection = try Selector([]).select(from: try candidates())
        #expect(selection.chosen == [0, 1, 2, 3, 4] && selection.named.isEmpty)
    }

    @Test("a gate counts as named by its name or path, not by what it shares with others")
    func named() throws {
        func named(_ words: String...) throws -> Set<Int> {
            try Selector(words).select(from: try candidates()).named
        }
        #expect(try named("inv_groups", "phase:catch_up", "./my_gate.lua") == [1, 4])
        #expect(try named("inv_groups or tag:slow") == [1])
        #expect(try named("inv_*") == [])
        #expect(try named("not lag_budget") == [])
    }

    @Test("what selects nothing, and names that nothing has, are reported")
    func unmatched() throws {
        let selection = try Selector(["lag_budget", "tag:none", "and not", "lag_bugdet"]).select(from: try candidates())
        #expect(selection.unmatched == ["tag:none and not lag_bugdet"])
        #expect(selection.unknown == [.name("lag_bugdet")])
        #expect(try Selector(["./other.lua"]).select(from: try candidates()).unknown == [.path("./other.lua")])
    }

    @Test("a word that starts like a path is one, blanks and parentheses included")
    func paths() throws {
        #expect(try Selector(["./my gates (new)/a.lua", "gates/b.lua", "c.lua"]).paths.count == 3)
        #expect(try Selector(["not ./a.lua"]).paths == ["./a.lua"])
        #expect(try Selector(["./a.lua", "b"]).isListOfNames)
        #expect(try !Selector(["./a.lua", "b*"]).isListOfNames)
    }

    @Test("what does not parse is wrong usage, with the column")
    func errors() {
        #expect(error("lag_budget and").column == 15)
        #expect(error("and lag_budget").column == 1)
        #expect(error("(lag_budget").column == 12)
        #expect(error("lag_budget)").column == 11)
        #expect(error("lag_budget", "or", "or", "x").column == 15)
        #expect(error("()").column == 2)
        #expect(error("(a b)").column == 4)
        #expect(error("a not b").column == 3)
        #expect(error("a not b").message.contains("and not"))
        #expect(error("phase:preflght").message.contains("did you mean \"preflight\"?"))
        #expect(error("x phse:freeze").column == 3)
        #expect(error("phse:freeze").message.contains("did you mean \"phase\"?"))
        #expect(error("severity:info").column == 1)
        #expect(error("tag:").column == 1)
        #expect(error("Lag_Budget").column == 1)
        #expect(error("inv_[").column == 1)
        #expect(error("").column == 1)
        #expect(error("  ").column == 1)
    }

    @Test("nesting without end is refused", arguments: ["(", "not "])
    func deep(word: String) {
        let (column, message) = error(String(repeating: word, count: 100_000) + "a")
        #expect(column != nil && message.contains("nested too deep"))
    }
}
