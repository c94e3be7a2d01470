import Agent
import Testing

@Suite("PromptEntry")
struct PromptEntryTests {
    @Test(
        "an entry is whole, unfinished or wrong",
        arguments: [
            ("1 + 1", "whole return 1 + 1"), ("x = 1", "whole x = 1"), ("f()", "whole return f()"),
            ("for i = 1, 2 do", "unfinished"), ("source:lag {", "unfinished"), ("x = [[", "unfinished"),
            ("x = = 1", "wrong"), ("1 +", "unfinished"), ("'abc", "wrong"), ("a b", "wrong"),
            ("-- nothing", "whole return -- nothing"),
        ])
    func entries(text: String, expected: String) {
        let found =
            switch PromptEntry(text) {
            case .whole(let source): "whole \(source)"
            case .unfinished: "unfinished"
            case .wrong: "wrong"
            }
        #expect(found == expected)
    }
}
