import Gate
import Testing
import Value

@Suite("TopicMapping")
struct TopicMappingTests {
    private func mapping(_ value: Value) throws(GateError) -> TopicMapping {
        try Plan(["mapping": value], file: "plan.lua").mapping
    }

    @Test("a template has exactly one placeholder, its own, and no other braces")
    func templates() {
        for bad in ["src", "", "{topic}{topic}", "{group}", "{topic}.{x}", "{{topic}}", "{Topic}", "a{topic"] {
            #expect(throws: GateError.self, "\(bad)") { try mapping(["topics": .text(bad)]) }
        }
        #expect(throws: GateError.self) { try mapping(["groups": "{topic}"]) }
        let message = Fixtures.message { () throws(GateError) in try mapping(["topics": "src"]) }
        #expect(message.hasPrefix("plan.lua: mapping.topics: \"src\" does not have exactly one {topic}"))
    }

    @Test("the placeholder may stand anywhere, and names stay bytes")
    func names() throws {
        let mapping = try mapping(["topics": "a.{topic}.b", "groups": "{group}-new"])
        #expect(mapping.target(of: "x") == "a.x.b" && mapping.group(of: "g") == "g-new")
        let raw = ByteString(bytes: [0xFF])
        #expect(mapping.group(of: raw).bytes == [0xFF] + Array("-new".utf8))
        #expect(mapping.target(of: "{topic}") == "a.{topic}.b")
    }

    @Test("the command line replaces templates, not names of their own")
    func overriding() throws {
        let mapping = try mapping(["topics": "old.{topic}", "topic_names": ["orders": "orders_v2"]])
        let other = try mapping.overriding(topics: "new.{topic}", groups: "x.{group}")
        #expect(other.target(of: "bills") == "new.bills" && other.target(of: "orders") == "orders_v2")
        #expect(other.group(of: "g") == "x.g" && mapping.group(of: "g") == "g")
        #expect(throws: GateError.self) { try mapping.overriding(topics: "new") }
    }

    @Test("a name of its own is a text that is not empty", arguments: ["", 3, [:]] as [Value])
    func badName(name: Value) { #expect(throws: GateError.self) { try mapping(["topic_names": ["a": name]]) } }
}
