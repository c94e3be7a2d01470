import LuaSyntax
import Value

/// What somebody has typed so far.
package enum PromptEntry: Sendable {
    /// To be run; an expression has been made to return its value.
    case whole(String)
    /// More has to come.
    case unfinished
    /// Whatever follows, it will not be Lua.
    case wrong(String)

    package init(_ text: String) {
        let expression = "return " + text
        if Self.problem(expression) == nil {
            self = .whole(expression)
            return
        }
        guard let problem = Self.problem(text) else {
            self = .whole(text)
            return
        }
        // `f(` is unfinished as a statement and as an expression; `1 +` only as an expression.
        let isUnfinished = problem.isUnfinished || Self.problem(expression)?.isUnfinished ?? false
        self = isUnfinished ? .unfinished : .wrong("\(problem)")
    }

    private static func problem(_ text: String) -> LuaSyntaxError? {
        do throws(LuaSyntaxError) {
            _ = try LuaParser.parse(Array(text.utf8))
            return nil
        } catch {
            return error
        }
    }
}
