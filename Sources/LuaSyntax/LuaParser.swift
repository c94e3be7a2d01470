import Value

/// Reads Lua 5.4 by recursive descent.
///
/// It takes what Lua takes; of Lua's limits it knows those of nesting, variables and upvalues, not that of registers.
package struct LuaParser {
    /// Levels of nesting that Lua itself allows.
    private static let levelLimit = 200
    /// Expressions inside each other, chains such as `a.b.c` included, which cost Lua no level but us a stack frame
    /// wherever the tree is walked.
    static let depthLimit = 250

    private var lexer: LuaLexer
    var current: LuaLexeme
    private var ahead: LuaLexeme?
    var scopes = LuaScopes()
    private var level = 0
    /// The deepest expression of the function that is being read.
    var deepest = 0
    private var codeLines: [Int] = []
    let source: [UInt8]

    package static func parse(_ source: [UInt8]) throws(LuaSyntaxError) -> LuaChunk {
        var parser = try LuaParser(source)
        return try parser.chunk()
    }

    private init(_ source: [UInt8]) throws(LuaSyntaxError) {
        self.source = source
        lexer = LuaLexer(source)
        current = try lexer.next()
    }

    private mutating func chunk() throws(LuaSyntaxError) -> LuaChunk {
        let start = current.line
        let id = scopes.openFunction(isVararg: true)
        let body = try statements()
        guard current.kind == .end else { throw unexpected("'<eof>' expected") }
        try scopes.closeFunction()
        let main = LuaFunction(id: id, parameters: [], isVararg: true, body: body, line: start, depth: deepest)
        return LuaChunk(
            main: main, locals: scopes.locals, functions: scopes.functionCount, comments: lexer.comments,
            codeLines: codeLines)
    }

    // MARK: Words

    mutating func advance() throws(LuaSyntaxError) {
        if codeLines.last != current.line { codeLines.append(current.line) }
        if let next = ahead {
            current = next
            ahead = nil
        } else {
            current = try lexer.next()
        }
    }

    mutating func peek() throws(LuaSyntaxError) -> LuaLexeme {
        if let ahead { return ahead }
        let next = try lexer.next()
        ahead = next
        return next
    }

    func error(_ message: String, line: Int? = nil) -> LuaSyntaxError {
        LuaSyntaxError(message: message, line: line ?? current.line, isUnfinished: false)
    }

    func unexpected(_ message: String) -> LuaSyntaxError {
        let near = current.kind == .end ? "<eof>" : String(decoding: source[current.range].prefix(40), as: UTF8.self)
        return LuaSyntaxError(
            message: "\(message) near '\(near)'", line: current.line, isUnfinished: current.kind == .end)
    }

    func at(_ symbol: LuaLexeme.Symbol) -> Bool { current.kind == .symbol(symbol) }
    func at(_ word: LuaLexeme.Word) -> Bool { current.kind == .word(word) }

    mutating func take(_ symbol: LuaLexeme.Symbol) throws(LuaSyntaxError) -> Bool {
        guard at(symbol) else { return false }
        try advance()
        return true
    }

    mutating func take(_ word: LuaLexeme.Word) throws(LuaSyntaxError) -> Bool {
        guard at(word) else { return false }
        try advance()
        return true
    }

    mutating func expect(_ symbol: LuaLexeme.Symbol) throws(LuaSyntaxError) {
        guard try take(symbol) else { throw unexpected("'\(symbol.rawValue)' expected") }
    }

    /// `opener` and its line: what the word closes.
    mutating func expect(_ word: LuaLexeme.Word, closing opener: String? = nil, at line: Int = 0)
        throws(LuaSyntaxError)
    {
        guard try !take(word) else { return }
        let whom = opener.map { line == current.line ? "" : " (to close '\($0)' at line \(line))" } ?? ""
        throw unexpected("'\(word.rawValue)' expected\(whom)")
    }

    mutating func name() throws(LuaSyntaxError) -> (text: ByteString, line: Int) {
        guard case .name(let text) = current.kind else { throw unexpected("<name> expected") }
        let line = current.line
        try advance()
        return (text, line)
    }

    /// Runs one level of nesting.
    mutating func nested<Result>(
        _ body: (inout LuaParser) throws(LuaSyntaxError) -> Result
    ) throws(LuaSyntaxError) -> Result {
        guard level < Self.levelLimit else { throw error("chunk has too many syntax levels") }
        level += 1
        defer { level -= 1 }
        return try body(&self)
    }

    // MARK: Blocks

    /// What ends a block.
    private func isBlockEnd(withUntil: Bool) -> Bool {
        switch current.kind {
        case .end, .word(.else), .word(.elseif), .word(.end): true
        case .word(.until): withUntil
        default: false
        }
    }

    private mutating func statements() throws(LuaSyntaxError) -> LuaBlock {
        var list: [LuaStatement] = []
        while !isBlockEnd(withUntil: true) {
            if at(.return) {
                list.append(try nested { (parser) throws(LuaSyntaxError) in try parser.returnStatement() })
                break
            }
            list += try nested { (parser) throws(LuaSyntaxError) in try parser.statement() }
        }
        return LuaBlock(statements: list)
    }

    mutating func block(isLoop: Bool = false) throws(LuaSyntaxError) -> LuaBlock {
        scopes.openBlock(isLoop: isLoop)
        let block = try statements()
        try scopes.closeBlock()
        return block
    }

    /// From the parameters to `end`.
    mutating func functionBody(line: Int, isMethod: Bool) throws(LuaSyntaxError) -> LuaFunction {
        let outer = deepest
        deepest = 0
        var names: [(text: ByteString, line: Int)] = []
        var isVararg = false
        try expect(.openParenthesis)
        if !at(.closeParenthesis) {
            repeat {
                if try take(.ellipsis) {
                    isVararg = true
                    break
                }
                names.append(try name())
            } while try take(.comma)
        }
        try expect(.closeParenthesis)
        let id = scopes.openFunction(isVararg: isVararg)
        var parameters: [Int] = []
        if isMethod { parameters.append(scopes.declare("self", line: line, .self)) }
        for name in names { parameters.append(scopes.declare(name.text, line: name.line, .parameter)) }
        for parameter in parameters { try scopes.enter(parameter, line: line) }
        let body = try statements()
        try expect(.end, closing: "function", at: line)
        try scopes.closeFunction()
        let depth = deepest
        deepest = max(outer, depth)
        return LuaFunction(
            id: id, parameters: parameters, isVararg: isVararg, body: body, line: line, depth: depth)
    }

    // MARK: Statements

    /// Mostly one; none for `;`, more where labels follow each other.
    private mutating func statement() throws(LuaSyntaxError) -> [LuaStatement] {
        let line = current.line
        guard case .word(let word) = current.kind else {
            if try take(.semicolon) { return [] }
            if try take(.doubleColon) { return try label(line: line) }
            return [try expressionStatement()]
        }
        let kind: LuaStatement.Kind
        switch word {
        case .if: kind = try ifStatement(line)
        case .while: kind = try whileStatement(line)
        case .do:
            try advance()
            kind = .do(try block())
            try expect(.end, closing: "do", at: line)
        case .for: kind = try forStatement(line)
        case .repeat: kind = try repeatStatement(line)
        case .function: kind = try functionStatement(line)
        case .local:
            try advance()
            kind = try take(.function) ? try localFunction(line) : try localStatement()
        case .break:
            try advance()
            try scopes.breakLoop(line: line)
            kind = .break
        case .goto:
            try advance()
            let target = try name()
            scopes.goto(target.text, line: line)
            kind = .goto(target.text)
        default: return [try expressionStatement()]
        }
        return [LuaStatement(kind: kind, line: line)]
    }

    private mutating func returnStatement() throws(LuaSyntaxError) -> LuaStatement {
        let line = current.line
        try advance()
        var values: [LuaExpression] = []
        if !isBlockEnd(withUntil: true), !at(.semicolon) { values = try expressions() }
        _ = try take(.semicolon)
        return LuaStatement(kind: .return(values), line: line)
    }

    private mutating func label(line: Int) throws(LuaSyntaxError) -> [LuaStatement] {
        let label = try name()
        try expect(.doubleColon)
        var following: [LuaStatement] = []
        while at(.semicolon) || at(.doubleColon) {
            following += try nested { (parser) throws(LuaSyntaxError) in try parser.statement() }
        }
        try scopes.label(label.text, line: line, isLast: isBlockEnd(withUntil: false))
        return [LuaStatement(kind: .label(label.text), line: line)] + following
    }

    private mutating func ifStatement(_ line: Int) throws(LuaSyntaxError) -> LuaStatement.Kind {
        var clauses: [LuaStatement.Clause] = []
        repeat {
            try advance()
            let condition = try expression()
            try expect(.then)
            clauses.append(LuaStatement.Clause(condition: condition, block: try block()))
        } while at(.elseif)
        let otherwise = try take(.else) ? try block() : nil
        try expect(.end, closing: "if", at: line)
        return .if(clauses, else: otherwise)
    }

    private mutating func whileStatement(_ line: Int) throws(LuaSyntaxError) -> LuaStatement.Kind {
        try advance()
        let condition = try expression()
        try expect(.do)
        let body = try block(isLoop: true)
        try expect(.end, closing: "while", at: line)
        return .while(condition, body)
    }

    private mutating func repeatStatement(_ line: Int) throws(LuaSyntaxError) -> LuaStatement.Kind {
        try advance()
        scopes.openBlock(isLoop: true)
        scopes.openBlock(isLoop: false)
        let body = try statements()
        try expect(.until, closing: "repeat", at: line)
        // The condition sees the variables of the block.
        let condition = try expression()
        try scopes.closeBlock()
        try scopes.closeBlock()
        return .repeat(body, condition)
    }

    private mutating func forStatement(_ line: Int) throws(LuaSyntaxError) -> LuaStatement.Kind {
        try advance()
        var names = [try name()]
        if try take(.assign) {
            let from = try expression()
            try expect(.comma)
            let to = try expression()
            let step = try take(.comma) ? try expression() : nil
            let (locals, body) = try loopBody(names, line)
            return .forNumber(locals[0], from: from, to: to, step: step, body)
        }
        while try take(.comma) { names.append(try name()) }
        guard try take(.in) else { throw unexpected("'=' or 'in' expected") }
        let values = try expressions()
        let (locals, body) = try loopBody(names, line)
        return .forIn(locals, values, body)
    }

    private mutating func loopBody(
        _ names: [(text: ByteString, line: Int)], _ line: Int
    ) throws(LuaSyntaxError) -> (locals: [Int], body: LuaBlock) {
        try expect(.do)
        scopes.openBlock(isLoop: true)
        scopes.openBlock(isLoop: false)
        var locals: [Int] = []
        for name in names { locals.append(scopes.declare(name.text, line: name.line, .loop)) }
        for local in locals { try scopes.enter(local, line: line) }
        let body = try statements()
        try scopes.closeBlock()
        try scopes.closeBlock()
        try expect(.end, closing: "for", at: line)
        return (locals, body)
    }

    private mutating func functionStatement(_ line: Int) throws(LuaSyntaxError) -> LuaStatement.Kind {
        try advance()
        let first = try name()
        var target = try variable(first.text, line: first.line)
        var isMethod = false
        while at(.dot) || at(.colon) {
            isMethod = at(.colon)
            try advance()
            let field = try name()
            let key = try make(.string(field.text), line: field.line)
            target = try make(.index(target, key), line: field.line, depth: target.depth)
            if isMethod { break }
        }
        try checkAssignable(target)
        return .function(target, try functionBody(line: line, isMethod: isMethod))
    }

    private mutating func localFunction(_ line: Int) throws(LuaSyntaxError) -> LuaStatement.Kind {
        let found = try name()
        let local = scopes.declare(found.text, line: found.line, .function)
        try scopes.enter(local, line: line)
        return .localFunction(local, try functionBody(line: line, isMethod: false))
    }

    private mutating func localStatement() throws(LuaSyntaxError) -> LuaStatement.Kind {
        var locals: [Int] = []
        var hasClose = false
        repeat {
            let found = try name()
            let attribute = try attribute()
            if attribute == .close {
                if hasClose { throw error("multiple to-be-closed variables in local list") }
                hasClose = true
            }
            locals.append(scopes.declare(found.text, line: found.line, .variable, attribute))
        } while try take(.comma)
        let values = try take(.assign) ? try expressions() : []
        for local in locals { try scopes.enter(local, line: current.line) }
        return .local(locals, values)
    }

    private mutating func attribute() throws(LuaSyntaxError) -> LuaLocal.Attribute? {
        guard try take(.less) else { return nil }
        let found = try name()
        guard found.text == "const" || found.text == "close" else {
            throw error("unknown attribute '\(found.text)'", line: found.line)
        }
        try expect(.greater)
        return found.text == "const" ? .const : .close
    }

    private mutating func expressionStatement() throws(LuaSyntaxError) -> LuaStatement {
        let line = current.line
        let first = try suffixed()
        if at(.assign) || at(.comma) {
            var targets = [first]
            try checkAssignable(first)
            while try take(.comma) {
                let next = try suffixed()
                try checkAssignable(next)
                targets.append(next)
            }
            try expect(.assign)
            return LuaStatement(kind: .assign(targets, try expressions()), line: line)
        }
        switch first.kind {
        case .call, .method: return LuaStatement(kind: .call(first), line: line)
        default: throw unexpected("syntax error")
        }
    }

    private func checkAssignable(_ target: LuaExpression) throws(LuaSyntaxError) {
        switch target.kind {
        case .global, .index: return
        case .local(let local):
            guard scopes.locals[local].attribute != nil else { return }
            throw error("attempt to assign to const variable '\(scopes.locals[local].name)'", line: target.line)
        default: throw unexpected("syntax error")
        }
    }
}
