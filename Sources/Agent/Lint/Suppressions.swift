import LuaSyntax
import Value

/// Comments of the form `-- sluice:allow SL302 a rate, not an offset`: on the line of the finding or, alone on a line,
/// for the next line that has code.
struct Suppressions {
    private struct Entry {
        let rule: LintRule
        let commentLine: Int
        /// The line of code that it is for.
        let line: Int
        var isUsed = false
    }

    private var entries: [Entry] = []
    /// What is wrong with comments themselves.
    private(set) var mistakes: [(line: Int, message: String)] = []

    private static let mark = "sluice:allow"

    init(_ chunk: LuaChunk) {
        for comment in chunk.comments {
            let words = comment.text.description.split { $0 == " " || $0 == "\t" || $0.isNewline }
            guard words.first.map(String.init) == Self.mark else { continue }
            guard words.count > 1 else {
                mistakes.append((comment.line, "\(Self.mark) needs a code and a reason"))
                continue
            }
            let code = String(words[1])
            guard let rule = LintRule(rawValue: code), rule.isSuppressible else {
                let known = LintRule.allCases.filter(\.isSuppressible).map(\.code)
                let hint = NearestName.nearestName(to: code, among: known).map { "; did you mean \($0)?" } ?? ""
                mistakes.append((comment.line, "\(code) is no code that can be allowed\(hint)"))
                continue
            }
            guard words.count > 2 else {
                mistakes.append((comment.line, "\(Self.mark) \(code) needs a reason"))
                continue
            }
            let next = chunk.codeLines.first { $0 > comment.line }
            entries.append(
                Entry(
                    rule: rule, commentLine: comment.line,
                    line: comment.standsAlone ? next ?? comment.line : comment.line))
        }
    }

    /// Whether a comment allows it; the comment has then been of use.
    mutating func allows(_ rule: LintRule, line: Int) -> Bool {
        var isAllowed = false
        for index in entries.indices where entries[index].rule == rule && entries[index].line == line {
            entries[index].isUsed = true
            isAllowed = true
        }
        return isAllowed
    }

    var unused: [(line: Int, code: String)] {
        entries.filter { !$0.isUsed }.map { ($0.commentLine, $0.rule.code) }
    }
}
