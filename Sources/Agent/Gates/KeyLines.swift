import Value

/// On which line of a plan or gate each key of its table stands.
///
/// A table that is not written out, but put together by code, has the line of the last part that is.
struct KeyLines: Sendable {
    private let tokens: [LuaToken]
    private let isJSON: Bool
    private var at = 0
    private var lines: [String: Int] = [:]

    /// `isJSON`: Else the table that a Lua file returns.
    init(_ source: [UInt8], isJSON: Bool) {
        tokens = LuaTokens.read(source)
        self.isJSON = isJSON
        if !isJSON {
            guard let start = Self.outermostReturn(tokens) else { return }
            at = start + 1
        }
        if `is`("{") { table("", depth: 0) }
    }

    /// Of a plan, which is JSON where its name says so.
    init(plan source: [UInt8], path: String) { self.init(source, isJSON: path.hasSuffix(".json")) }

    /// The line of a key path such as `gates[2].args.max_lag`, or of the innermost part of it that is written out.
    func line(of path: String) -> Int? {
        var path = path
        while !path.isEmpty {
            if let line = lines[path] { return line }
            guard let end = path.lastIndex(where: { $0 == "." || $0 == "[" }) else { break }
            path = String(path[..<end])
        }
        return lines[path]
    }

    /// The `return` that belongs to no function.
    private static func outermostReturn(_ tokens: [LuaToken]) -> Int? {
        var depth = 0
        for (index, token) in tokens.enumerated() where token.kind == .name {
            if depth == 0, token.text == "return" { return index }
            depth += nesting(token)
        }
        return nil
    }

    /// What a word does to the depth of blocks.
    private static func nesting(_ token: LuaToken) -> Int {
        guard token.kind == .name else { return 0 }
        return switch token.text {
        case "function", "if", "do", "repeat": 1
        case "end", "until": -1
        default: 0
        }
    }

    private func `is`(_ symbol: ByteString, _ ahead: Int = 0) -> Bool {
        at + ahead < tokens.count && tokens[at + ahead].kind == .symbol && tokens[at + ahead].text == symbol
    }

    /// From the bracket that opens a table to behind the one that closes it.
    private mutating func table(_ path: String, depth: Int) {
        lines[path] = tokens[at].line
        let close: ByteString = `is`("[") ? "]" : "}"
        at += 1
        var position = 0
        // Deeper than any plan; a bound for the recursion.
        while at < tokens.count, !`is`(close), depth < 64 {
            let line = tokens[at].line
            let inner: String
            if let key = key() {
                let name = key.description
                inner = path.isEmpty ? name : "\(path).\(name)"
            } else {
                position += 1
                inner = "\(path)[\(position)]"
            }
            if lines[inner] == nil { lines[inner] = line }
            if `is`("{") || isJSON && `is`("[") { table(inner, depth: depth + 1) }
            skipValue(until: close)
            if `is`(",") || `is`(";") { at += 1 }
        }
        at += 1
    }

    /// `name =`, `["name"] =`, `"name":`; nil where an element of a list begins.
    private mutating func key() -> ByteString? {
        guard at + 1 < tokens.count else { return nil }
        let first = tokens[at]
        if isJSON {
            guard first.kind == .string, `is`(":", 1) else { return nil }
            at += 2
            return first.text
        }
        if first.kind == .name, `is`("=", 1) {
            at += 2
            return first.text
        }
        guard `is`("["), tokens[at + 1].kind == .string, `is`("]", 2), `is`("=", 3) else { return nil }
        at += 4
        return tokens[at - 3].text
    }

    /// The rest of an entry, functions and all.
    private mutating func skipValue(until close: ByteString) {
        var depth = 0
        while at < tokens.count {
            if depth == 0, `is`(",") || `is`(";") || `is`(close) { return }
            let token = tokens[at]
            if token.kind == .symbol {
                if ["(", "{", "["].contains(token.text) { depth += 1 }
                if [")", "}", "]"].contains(token.text) { depth -= 1 }
            }
            depth += Self.nesting(token)
            at += 1
        }
    }
}
