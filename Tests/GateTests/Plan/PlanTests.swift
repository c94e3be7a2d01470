import Gate
import Testing
import Value

@Suite("Plan")
struct PlanTests {
    private func plan(_ value: Value) throws(GateError) -> Plan { try Plan(value, file: "plan.lua") }

    private func message(_ value: Value) -> String {
        Fixtures.message { () throws(GateError) in try plan(value) }
    }

    private func gates(_ gates: Value...) -> Value { ["gates": .list(gates)] }

    @Test("the plan of the contract is read whole")
    func whole() throws {
        let plan = try plan([
            "name": "orders-wave-3", "change": "CHG0012345",
            "source": ["bootstrap": "old-1:9092, old-2:9092", "config": "source.properties", "cluster_id": "Q4"],
            "target": ["bootstrap": ["new-1:9092"], "registry": "https://sr", "connect": "https://connect"],
            "mapping": ["topics": "src.{topic}", "groups": "{group}", "topic_names": ["orders": "orders_v2"]],
            "principals": [
                "billing": ["source": "old.properties", "target": "new.properties"], "audit": "a.properties",
            ],
            "contracts": ["billing": ["max_redelivery": 500]], "facts": ["wave": 3, "owners": ["orders": "team-a"]],
            "expected_differences": [
                ["what": "topic_config", "topic": "orders", "name": "retention.ms", "owner": "a", "reason": "b"]
            ],
            "gates": [
                ["gate": "lag_budget", "args": ["max_lag": 0]],
                ["gate": "partition_parity", "id": "parity_orders", "needs": ["lag_budget"]],
            ],
        ])
        #expect(plan.name == "orders-wave-3" && plan.change == "CHG0012345")
        #expect(plan.source?.bootstrap == ["old-1:9092", "old-2:9092"] && plan.source?.clusterID == "Q4")
        #expect(plan.target?.bootstrap == ["new-1:9092"] && plan.target?.registry == "https://sr")
        #expect(plan.mapping.target(of: "orders") == "orders_v2" && plan.mapping.target(of: "bills") == "src.bills")
        #expect(plan.principals.map(\.name) == ["audit", "billing"])
        #expect(plan.principals[0].source == nil && plan.principals[0].target == "a.properties")
        #expect(plan.expectedDifferences.map(\.owner) == ["a"])
        #expect(plan.gates.map(\.id) == ["lag_budget", "parity_orders"] && plan.order == [0, 1])
        #expect(plan.gates[0].arguments == ["max_lag": 0])
        #expect(plan.declared["facts"]?["wave"] == 3 && plan.declared["contracts"]?["billing"] != nil)
        // The id a cluster has to have, and none of its addresses.
        #expect(plan.declared["source"] == ["cluster_id": "Q4"] && plan.declared["target"] == nil)
    }

    @Test("an empty plan is one, and an empty Lua table an empty list")
    func empty() throws {
        let plan = try plan(["gates": [:], "expected_differences": [:]])
        #expect(plan.gates.isEmpty && plan.source == nil)
        #expect(plan.mapping.target(of: "a") == "a" && plan.mapping.group(of: "g") == "g")
    }

    @Test("unknown keys are errors with their path and the nearest name")
    func unknownKeys() {
        #expect(message(["gate": []]) == "plan.lua: gate: unknown key; did you mean \"gates\"?")
        #expect(message(["source": ["bootstap": "x"]]).contains("source.bootstap: unknown key; did you mean"))
        #expect(message(["mapping": ["topic": "{topic}"]]).contains("mapping.topic: unknown key; did you mean"))
        #expect(
            message(gates(["gate": "a"], ["gate": "b", "arg": [:]]))
                == "plan.lua: gates[2].arg: unknown key; did you mean \"args\"?")
        #expect(message(["principals": ["b": ["targt": "x"]]]).contains("principals.b.targt: unknown key"))
        #expect(message(gates(["gate": "a", "severity": "warning"])).contains("gates[1].severity: unknown key"))
    }

    @Test("types are checked, with the path")
    func types() {
        let cases: [(Value, String)] = [
            ("x", "expected table, found string"), (["name": 3], "name: expected string, found integer"),
            (["source": "old:9092"], "source: expected table"), (["source": ["bootstrap": 9092]], "source.bootstrap"),
            (["source": ["bootstrap": "a:1,,b:1"]], "source.bootstrap: has an empty address"),
            (["source": ["bootstrap": []]], "source.bootstrap: is empty"),
            (["source": ["bootstrap": ["a:1", 2]]], "source.bootstrap[2]: expected string"),
            (["source": ["config": "a\u{0}b"]], "source.config: holds a control character"),
            (["source": ["config": ""]], "source.config: is empty"),
            (["principals": ["b": [:]]], "principals.b: missing"),
            (["principals": ["b": ["target": ""]]], "principals.b.target: is empty"),
            (["contracts": ["b": 3]], "contracts.b: expected table, found integer"),
            (["facts": [1]], "facts: expected table, found list"),
            (["expected_differences": [["what": "x", "reason": "y"]]], "expected_differences[1].owner: missing"),
            (["expected_differences": [["what": "x", "owner": "y"]]], "expected_differences[1].reason: missing"),
            (["expected_differences": [["owner": "x", "reason": "y"]]], "expected_differences[1].what: missing"),
            (["gates": "x"], "gates: expected list"), (gates("lag_budget"), "gates[1]: expected table"),
            (gates(["id": "x"]), "gates[1].gate: missing"), (gates(["gate": "Lag"]), "gates[1].gate: \"Lag\" is not"),
            (gates(["gate": "a", "id": "A b"]), "gates[1].id: \"A b\" is not"),
            (gates(["gate": "a", "args": [1]]), "gates[1].args: expected table, found list"),
            (gates(["gate": "a", "needs": "b"]), "gates[1].needs: expected list"),
            (["name": .string(ByteString(bytes: [0xFF]))], "name: is not UTF-8"),
        ]
        for (value, expected) in cases { #expect(message(value).contains(expected), "\(message(value))") }
    }

    @Test("a gate may be a path, which gives it the id of its file")
    func paths() throws {
        let plan = try plan(gates(["gate": "./own/my_gate.lua"], ["gate": "x.lua", "id": "y"]))
        #expect(plan.gates.map(\.id) == ["my_gate", "y"] && plan.gates.map(\.isPath) == [true, true])
        #expect(message(gates(["gate": "./My Gate.lua"])).contains("gates[1].gate"))
    }

    @Test("ids are unique, given or not")
    func duplicates() {
        #expect(message(gates(["gate": "a"], ["gate": "a"])).contains("gates[2].id: \"a\" is there twice"))
        #expect(message(gates(["gate": "a"], ["gate": "b", "id": "a"])).contains("gates[2].id"))
        #expect(message(gates(["gate": "a"], ["gate": "a", "id": "b"])) == "no error")
    }

    // MARK: Needs

    private func gate(_ id: String, needs: [String] = []) -> Value {
        ["gate": .text(id), "needs": .list(needs.map { .text($0) })]
    }

    @Test("each gate comes after what it needs, else as written")
    func order() throws {
        let plan = try plan(
            gates(gate("a", needs: ["c"]), gate("b"), gate("c", needs: ["d"]), gate("d"), gate("e", needs: ["a", "b"])))
        #expect(plan.order.map { plan.gates[$0].id } == ["b", "d", "c", "a", "e"])
    }

    @Test("needs that form a ring are an error that shows it")
    func ring() {
        let three = message(
            gates(gate("x", needs: ["a"]), gate("a", needs: ["b"]), gate("b", needs: ["c"]), gate("c", needs: ["a"])))
        #expect(three == "plan.lua: gates: the needs form a ring: a > b > c > a")
        #expect(message(gates(gate("a", needs: ["a"]))) == "plan.lua: gates: the needs form a ring: a > a")
    }

    @Test("a need that is no id of the plan is an error with the nearest one")
    func unknownNeed() {
        let text = message(gates(gate("lag_budget"), gate("b", needs: ["lag_bugdet"])))
        #expect(text.contains("gates[2].needs") && text.hasSuffix("did you mean \"lag_budget\"?"))
    }

    @Test("a gate runs only after all it needs have passed, waived ones included")
    func skip() throws {
        let gate = try plan(gates(gate("a"), gate("b"), gate("c", needs: ["a", "b"]))).gates[2]
        func reason(_ b: GateStanding?) -> String {
            var standings = ["a": GateStanding(id: "a", severity: .blocker, result: .verdict(.pass))]
            standings["b"] = b
            let reason = GateStanding.unmet(gate.needs, in: standings)
            if let reason { #expect(reason.code == .needs) }
            return reason?.message ?? "runs"
        }
        func standing(_ result: GateStanding.Result, waived: Bool = false) -> GateStanding {
            GateStanding(id: "b", severity: .warning, result: result, isWaived: waived)
        }
        #expect(reason(standing(.verdict(.pass))) == "runs")
        #expect(reason(standing(.verdict(.fail), waived: true)) == "runs")
        #expect(reason(standing(.verdict(.fail))) == "it needs b, which failed")
        #expect(reason(standing(.verdict(.inconclusive))) == "it needs b, which was inconclusive")
        #expect(reason(standing(.skipped)) == "it needs b, which was skipped")
        #expect(reason(nil) == "it needs b, which is not part of this run")
    }
}
