import Agent
import Value

/// What can come next at a prompt: names of primitives, parameters and fields from their registry, names of topics and
/// groups as far as answers have shown them.
struct ReplCompletion {
    static let commands = [":help", ":doc", ":quit"]

    /// Names that stand alone.
    var globals: Set<String> = ["source", "target", "ctx", "ipairs", "pairs", "for", "function", "local", "return"]
    private var names: Set<String> = []
    /// The fields that answers have shown.
    private var fields: Set<String> = []
    /// A bound for names that are remembered.
    private static let nameLimit = 10_000

    /// Learns from what an entry returned.
    mutating func learn(_ value: PromptValue) {
        guard case .rows(let rows) = value else { return }
        fields.formUnion(rows.fields)
        for (index, field) in rows.fields.enumerated() where field == "topic" || field == "group" {
            for row in rows.rows where names.count < Self.nameLimit {
                if index < row.values.count, case .string(let name) = row.values[index], let text = name.text {
                    names.insert(text)
                }
            }
        }
    }

    /// Learns the variable that an entry assigns, if it does.
    mutating func learn(entry: String) {
        let name = entry.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        let rest = entry.dropFirst(name.count).drop { $0 == " " }
        guard !name.isEmpty, rest.first == "=", rest.dropFirst().first != "=" else { return }
        globals.insert(String(name))
    }

    /// The part before the cursor that is to be replaced, and what may stand in its place.
    func candidates(_ before: String) -> (typed: String, names: [String]) {
        if before.hasPrefix(":") {
            let words = before.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
            let isFirst = words.count == 1
            return found(words.last ?? "", isFirst ? Self.commands : Self.documented)
        }
        if let open = openString(before) { return found(open, Array(names)) }
        let word = String(
            before.reversed().prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }.reversed())
        let head = before.dropLast(word.count)
        switch head.last {
        case ":": return found(word, Primitive.all.map(\.name) + ["as", "subject"])
        case ".":
            let known = fields.isEmpty ? Set(Primitive.all.flatMap { $0.fields.map(\.name) }) : fields
            let isContext = head.dropLast().hasSuffix("ctx")
            return found(
                word, isContext ? ["source", "target", "json", "clock", "map", "plan"] : Array(known) + ["error"])
        default: break
        }
        if let primitive = openCall(String(head)) { return found(word, primitive.parameters.map { $0.name + " = " }) }
        return found(word, Array(globals))
    }

    static var documented: [String] { Primitive.all.map(\.name) }

    private func found(_ typed: String, _ names: [String]) -> (typed: String, names: [String]) {
        (typed, Set(names).filter { $0.hasPrefix(typed) }.sorted())
    }

    /// What has been typed of a string that is still open.
    private func openString(_ before: String) -> String? {
        var quote: Character?
        var inside = ""
        for letter in before {
            if let open = quote {
                if letter == open { quote = nil } else { inside.append(letter) }
            } else if letter == "\"" || letter == "'" {
                (quote, inside) = (letter, "")
            }
        }
        return quote == nil ? nil : inside
    }

    /// The primitive whose parameters are being written.
    private func openCall(_ head: String) -> Primitive? {
        guard let brace = head.lastIndex(of: "{"), !head[brace...].contains("}") else { return nil }
        let rest = head[head.index(after: brace)...].reversed().first { $0 != " " }
        // Behind `name =` stands a value.
        guard rest == nil || rest == "," else { return nil }
        let call = head[..<brace].reversed().drop { $0 == " " || $0 == "(" }
        let name = String(call.prefix { $0.isLetter || $0 == "_" }.reversed())
        return Primitive.all.first { $0.name == name }
    }

    /// The longest beginning that all have.
    static func shared(_ names: [String]) -> String {
        guard var shared = names.first else { return "" }
        for name in names {
            while !name.hasPrefix(shared) { shared.removeLast() }
        }
        return shared
    }
}
