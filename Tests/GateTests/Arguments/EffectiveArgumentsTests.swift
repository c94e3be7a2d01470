import Gate
import Testing
import Value

@Suite("EffectiveArguments")
struct EffectiveArgumentsTests {
    // Not a constant: a leak checker cannot follow the tagged pointers of a Value in a global.
    private static var specs: Value {
        [
            "groups": ["type": "string[]", "required": true], "max_lag": ["type": "integer", "default": 0],
            "quiet": ["type": "duration", "default": "30s"], "topics": ["type": "string[]"],
        ]
    }

    private func resolve(
        plan: [ByteString: Value] = ["groups": ["billing"]], _ layers: [[Assignment]] = []
    ) throws(GateError) -> EffectiveArguments {
        let gate = try Fixtures.gate(Self.specs, id: "lag_a")
        return try EffectiveArguments.resolve(
            gate, plan: plan, planFile: "plan.lua", layers: layers, matching: Fixtures.matching)
    }

    private func set(_ text: ByteString, origin: String = "--set") throws(GateError) -> Assignment {
        try Assignment(parsing: text, origin: origin)
    }

    @Test("values come with their origin; what is not given is absent")
    func origins() throws {
        let arguments = try resolve([[try set("max_lag=5")]])
        #expect(arguments.value == ["groups": ["billing"], "max_lag": 5, "quiet": 30_000])
        #expect(
            arguments.evidence == [
                "groups": ["value": ["billing"], "origin": "plan"], "max_lag": ["value": 5, "origin": "--set"],
                "quiet": ["value": 30_000, "origin": "default"],
            ])
    }

    @Test("a later layer beats an earlier one, and all of them the plan")
    func precedence() throws {
        let file = Assignment(name: "max_lag", form: .value(1), origin: "--set-file a.json")
        let environment = try set("max_lag=2", origin: "SLUICE_SET")
        let option = try set("max_lag=3")
        let plan: [ByteString: Value] = ["groups": [], "max_lag": 9]
        #expect(try resolve(plan: plan)["max_lag"]?.value == 9)
        #expect(try resolve(plan: plan, [[file]])["max_lag"]?.origin == "--set-file a.json")
        #expect(try resolve(plan: plan, [[file], [environment]])["max_lag"]?.value == 2)
        #expect(try resolve(plan: plan, [[file], [environment], [option]])["max_lag"]?.value == 3)
    }

    @Test("in a layer an assignment to this gate, by name or id, beats a general one; then the last wins")
    func specific() throws {
        let layer = [
            try set("lag_budget.max_lag=1"), try set("max_lag=2"), try set("lag_a.max_lag=3"),
            try set("other.max_lag=4"), try set("max_lag=5"),
        ]
        #expect(try resolve([layer])["max_lag"]?.value == 3)
        #expect(try resolve([[layer[1], layer[3], layer[4]]])["max_lag"]?.value == 5)
        #expect(try resolve([[layer[3]]])["max_lag"]?.value == 0)
    }

    @Test("a required argument that is missing is named with its gate")
    func required() {
        let message = Fixtures.message { () throws(GateError) in try resolve(plan: [:]) }
        #expect(message == "plan.lua: gate lag_a: args.groups: missing; give --set lag_a.groups=… or args in the plan")
    }

    @Test("an unknown argument of the plan is an error with the nearest name")
    func unknown() {
        let message = Fixtures.message { () throws(GateError) in try resolve(plan: ["groups": ["a"], "maxlag": 3]) }
        #expect(
            message == "plan.lua: gate lag_a: args.maxlag: gate lag_budget has no such argument; "
                + "did you mean \"max_lag\"?")
    }

    @Test("a value of the wrong type names where it came from")
    func wrongType() throws {
        let set = try set("max_lag=many")
        let message = Fixtures.message { () throws(GateError) in try resolve([[set]]) }
        #expect(message == "--set: gate lag_a: max_lag: \"many\" is not a valid integer")
        let plan = Fixtures.message { () throws(GateError) in try resolve(plan: ["groups": "billing"]) }
        #expect(plan.hasPrefix("plan.lua: gate lag_a: args.groups: expected list of strings, found string"))
    }

    @Test("an assignment that reaches no argument of the run was misspelt")
    func use() throws {
        let gates = [try Fixtures.gate(Self.specs), try Fixtures.gate(["samples": ["type": "integer"]], id: "decode")]
        func message(_ text: ByteString) -> String {
            Fixtures.message { () throws(GateError) in
                try EffectiveArguments.checkUse(of: [try Assignment(parsing: text)], by: gates)
            }
        }
        #expect(message("samples=3") == "no error")
        #expect(message("decode.samples=3") == "no error")
        #expect(message("sample=3").hasSuffix("no gate of this run has argument \"sample\"; did you mean \"samples\"?"))
        #expect(message("lag_bugdet.max_lag=3").hasSuffix("did you mean \"lag_budget\"?"))
        #expect(message("decode.groups=3").contains("gate decode has no argument \"groups\""))
    }

    @Test(
        "--set is [GATE.]NAME=VALUE",
        arguments: ["max_lag", "=3", "a.b.c=3", ".a=3", "a.=3", "Max=3", ""] as [ByteString])
    func badSet(text: ByteString) { #expect(throws: GateError.self) { try Assignment(parsing: text) } }

    @Test("the value of --set may hold dots and equals signs")
    func setValue() throws {
        #expect(try set("lag_a.groups=a.b=c").form == .text("a.b=c"))
        #expect(try set("groups=a.b=c").gate == nil)
    }

    @Test("a --set-file has arguments, and tables for gates")
    func setFile() throws {
        let value: Value = ["max_lag": 3, "topics": [:], "lag_a": ["groups": ["x"]], "lag_b": [:]]
        let list = try Assignment.list(value, file: "a.lua", gates: ["lag_a", "lag_b"])
        #expect(list.map(\.name) == ["groups", "max_lag", "topics"])
        #expect(list.map(\.gate) == ["lag_a", nil, nil])
        #expect(list[2].form == .value([:]) && list[0].origin == "--set-file a.lua")
        #expect(throws: GateError.self) { try Assignment.list([1], file: "a.lua", gates: []) }
    }
}
