import Gate
import Testing
import Value

@Suite("GateManifest")
struct GateManifestTests {
    private func message(_ changes: [ByteString: Value], functions: [ByteString] = ["run"]) -> String {
        Fixtures.message { () throws(GateError) in try Fixtures.manifest(changes, functions: functions) }
    }

    @Test("a small manifest gets the defaults of the contract")
    func defaults() throws {
        let manifest = try Fixtures.manifest()
        #expect(manifest.name == "lag_budget" && manifest.phase == .catchUp && manifest.severity == .blocker)
        #expect(manifest.clusters == [.side(.source)] && manifest.waivable && !manifest.probes)
        #expect(manifest.effects.isEmpty && manifest.tags.isEmpty && manifest.arguments.isEmpty)
        #expect(manifest.timeoutMs == nil && manifest.doc == nil && manifest.example == nil)
    }

    @Test("every key is read")
    func whole() throws {
        let manifest = try Fixtures.manifest([
            "doc": "Two\nlines", "severity": "warning", "tags": ["offsets", "mm2.x"], "clusters": ["source", "target"],
            "effects": ["produce", "delete"], "args": ["max_lag": ["type": "integer", "default": 0]],
            "timeout": "90s", "waivable": false, "probes": true,
            "blind_to": [["fact": "isr", "reason": "does not change lag"]], "example": ["lag": 3],
        ])
        #expect(manifest.doc == "Two\nlines" && manifest.severity == .warning && manifest.tags == ["offsets", "mm2.x"])
        #expect(manifest.clusters == [.side(.source), .side(.target)] && manifest.effects == [.produce, .delete])
        #expect(manifest.arguments.map(\.name) == ["max_lag"] && manifest.timeoutMs == 90_000)
        #expect(!manifest.waivable && manifest.probes && manifest.example == ["lag": 3])
        #expect(manifest.blindTo.map(\.fact) == ["isr"])
    }

    @Test("an empty Lua table is an empty list")
    func emptyTables() throws {
        let manifest = try Fixtures.manifest([
            "clusters": [:], "effects": [:], "tags": [:], "args": [:], "blind_to": [:],
        ])
        #expect(manifest.clusters.isEmpty && manifest.effects.isEmpty && manifest.tags.isEmpty)
        #expect(manifest.blindTo.isEmpty && manifest.arguments.isEmpty)
    }

    @Test("what a gate is blind to may be a table of reasons")
    func blindMap() throws {
        let spots = try Fixtures.manifest(["blind_to": ["isr": "no matter", "acls": "not read"]]).blindTo
        #expect(spots.map(\.fact) == ["acls", "isr"] && spots.map(\.reason) == ["not read", "no matter"])
    }

    @Test("an unknown key is an error with the nearest name")
    func unknownKey() {
        #expect(message(["sumary": "x"]) == "lag.lua: sumary: unknown key; did you mean \"summary\"?")
        #expect(message([:], functions: ["run", "setup"]).hasPrefix("lag.lua: setup: unknown key"))
        #expect(message([:], functions: ["rum"]) == "lag.lua: rum: unknown key; did you mean \"run\"?")
    }

    @Test(
        "a missing key is named",
        arguments: ["name", "summary", "phase"] as [ByteString])
    func missing(key: ByteString) { #expect(message([key: .null]).contains("\(key): missing")) }

    @Test("run has to be a function, all else data")
    func functions() {
        #expect(message([:], functions: []).contains("run: missing"))
        #expect(message(["run": "x"], functions: []).contains("run: expected function, found string"))
        #expect(message(["summary": .null], functions: ["run", "summary"]).contains("expected data, found function"))
    }

    @Test("a manifest is a table")
    func noTable() {
        let error = Fixtures.error { () throws(GateError) in
            try GateManifest("x", functions: ["run"], file: "a.lua", matching: Fixtures.matching)
        }
        #expect(error?.reason == .wrongType(expected: "table", found: "string"))
    }

    @Test(
        "names are 1 to 64 of a-z, 0-9 and _, and no word of selectors",
        arguments: ["", "Lag", "lag-budget", "läg", "and", "or", "not", 3] as [Value])
    func names(name: Value) { #expect(message(["name": name]).contains(": name: ")) }

    @Test("a wrong word is named with its place and the nearest one")
    func words() {
        #expect(message(["phase": "catchup"]).hasSuffix("did you mean \"catch_up\"?"))
        #expect(message(["severity": "blocking"]).contains("severity: \"blocking\" is not one of blocker, warning"))
        #expect(message(["effects": ["produce", "comit"]]).contains("effects[2]: \"comit\" is not one of"))
        #expect(message(["clusters": ["source", "tarject"]]).contains("clusters[2]"))
        #expect(message(["clusters": "source"]).contains("clusters: expected list, found string"))
        #expect(message(["waivable": 0]).contains("waivable: expected true or false, found integer"))
        #expect(message(["tags": ["A"]]).contains("tags[1]"))
        #expect(message(["summary": "two\nlines"]).contains("control character"))
        #expect(message(["blind_to": [["fact": "x"]]]).contains("blind_to[1].reason: missing"))
    }

    @Test(
        "a timeout is a positive duration",
        arguments: [0, -1, "0s", "60", "1w", "s", "-5s", "1.5s", "99999999999999999999s", .number(60), true] as [Value])
    func badTimeout(timeout: Value) { #expect(message(["timeout": timeout]).contains("timeout: ")) }

    @Test("a timeout may be milliseconds")
    func timeoutMs() throws { #expect(try Fixtures.manifest(["timeout": 1500]).timeoutMs == 1500) }

    // MARK: Clusters by argument

    // Not a constant: a leak checker cannot follow the tagged pointers of a Value in a global.
    private static var side: Value { ["type": "string", "values": ["source", "target"], "default": "source"] }

    @Test("a cluster may be the value of an argument, in a list or alone", arguments: [true, false])
    func argumentCluster(isList: Bool) throws {
        let use: Value = ["arg": "cluster"]
        let manifest = try Fixtures.manifest([
            "clusters": isList ? [use] : use, "args": ["cluster": Self.side],
        ])
        #expect(manifest.clusters == [.argument("cluster")])
        let gate = EffectiveArguments.Gate(id: "g", name: "g", specs: manifest.arguments)
        let byDefault = try EffectiveArguments.resolve(gate, matching: Fixtures.matching)
        #expect(manifest.sides(with: byDefault) == [.source])
        let chosen = try EffectiveArguments.resolve(gate, plan: ["cluster": "target"], matching: Fixtures.matching)
        #expect(manifest.sides(with: chosen) == [.target])
    }

    @Test(
        "the argument of a cluster has to be there, a string, and one of the two sides",
        arguments: [
            ["type": "string", "default": "source"],
            ["type": "string", "values": ["source", "other"], "default": "source"],
            ["type": "string[]", "values": ["source", "target"], "default": ["source"]],
            ["type": "string", "values": ["source", "target"]], ["type": "integer", "default": 1],
        ] as [Value])
    func badArgumentCluster(spec: Value) {
        let clusters: Value = [["arg": "cluster"]]
        #expect(message(["clusters": clusters, "args": ["cluster": spec]]).contains("clusters[1].arg: argument"))
        let misspelt = message(["clusters": [["arg": "clustr"]], "args": ["cluster": Self.side]])
        #expect(misspelt.hasSuffix("did you mean \"cluster\"?"))
    }

    // MARK: Argument specs

    @Test("an argument's own key path is in its errors")
    func argumentPaths() {
        let cases: [(Value, String)] = [
            (["typ": "string"], "args.a.typ: unknown key; did you mean \"type\"?"),
            (["doc": "x"], "args.a.type: missing"), (["type": "strin"], "did you mean \"string\"?"),
            (["type": "integer", "default": "x"], "args.a.default: expected integer, found string"),
            (["type": "integer", "default": .number(3)], "args.a.default: expected integer, found number"),
            (["type": "integer", "min": 3, "default": 2], "args.a.default: 2 is below the minimum of 3"),
            (["type": "integer", "min": 3, "max": 2], "args.a.min: is above max"),
            (["type": "string", "min": 3], "args.a.min: only numbers and durations have bounds"),
            (["type": "integer", "pattern": "x"], "args.a.pattern: only strings have a pattern"),
            (["type": "string", "values": []], "args.a.values: is empty"),
            (["type": "string", "values": ["a", 1]], "args.a.values[2]: expected string"),
            (["type": "string", "values": ["full", "sample"], "default": "ful"], "did you mean \"full\"?"),
            (["type": "string", "pattern": "%", "default": "a"], "cannot be applied"),
            (["type": "string", "pattern": "b", "default": "a"], "args.a.default: \"a\" does not match"),
            (["type": "integer", "required": true, "default": 1], "a required argument has no default"),
            (["type": "integer[]", "default": [1, "x"]], "args.a.default[2]: expected integer, found string"),
            (["type": "number", "default": .number(.nan)], "args.a.default: expected number"),
            (["type": "duration", "min": "1x"], "args.a.min: \"1x\" is not a duration"),
        ]
        for (spec, expected) in cases {
            let found = message(["args": ["a": spec]])
            #expect(found.contains(expected), "\(found)")
        }
        #expect(message(["args": ["A": ["type": "string"]]]).contains("args.A: \"A\" is not 1 to 64"))
        #expect(message(["args": ["a": "string"]]).contains("args.a: expected table, found string"))
    }
}
