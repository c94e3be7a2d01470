import Value

extension LuaParser {
    mutating func make(
        _ kind: LuaExpression.Kind, line: Int, depth inner: Int = 0
    ) throws(LuaSyntaxError) -> LuaExpression {
        guard inner < Self.depthLimit else {
            throw error("expressions are nested too deeply to be checked", line: line)
        }
        deepest = max(deepest, inner + 1)
        return LuaExpression(kind: kind, line: line, depth: inner + 1)
    }

    mutating func variable(_ name: ByteString, line: Int) throws(LuaSyntaxError) -> LuaExpression {
        let local = try scopes.resolve(name, line: line)
        return try make(local.map { .local($0) } ?? .global(name), line: line)
    }

    mutating func expressions() throws(LuaSyntaxError) -> [LuaExpression] {
        var list = [try expression()]
        while try take(.comma) { list.append(try expression()) }
        return list
    }

    /// `above`: Only operators that bind closer are taken.
    mutating func expression(above limit: Int = 0) throws(LuaSyntaxError) -> LuaExpression {
        try nested { (parser) throws(LuaSyntaxError) in try parser.operators(above: limit) }
    }

    private mutating func operators(above limit: Int) throws(LuaSyntaxError) -> LuaExpression {
        var left: LuaExpression
        let line = current.line
        if let sign = unary {
            try advance()
            let operand = try expression(above: 12)
            left = try make(.unary(sign, operand), line: line, depth: operand.depth)
        } else {
            left = try simple()
        }
        while let found = binary, found.left > limit {
            let line = current.line
            try advance()
            let right = try expression(above: found.right)
            left = try make(.binary(found.sign, left, right), line: line, depth: max(left.depth, right.depth))
        }
        return left
    }

    private var unary: LuaExpression.Unary? {
        switch current.kind {
        case .symbol(.minus): .minus
        case .symbol(.tilde): .bitNot
        case .symbol(.hash): .length
        case .word(.not): .not
        default: nil
        }
    }

    private var binary: (sign: LuaExpression.Binary, left: Int, right: Int)? {
        switch current.kind {
        case .word(.or): (.or, 1, 1)
        case .word(.and): (.and, 2, 2)
        case .symbol(let symbol): Self.binary(symbol)
        default: nil
        }
    }

    private static func binary(
        _ symbol: LuaLexeme.Symbol
    ) -> (sign: LuaExpression.Binary, left: Int, right: Int)? {
        switch symbol {
        case .less: (.less, 3, 3)
        case .greater: (.greater, 3, 3)
        case .lessOrEqual: (.lessOrEqual, 3, 3)
        case .greaterOrEqual: (.greaterOrEqual, 3, 3)
        case .equal: (.equal, 3, 3)
        case .notEqual: (.notEqual, 3, 3)
        case .bar: (.bitOr, 4, 4)
        case .tilde: (.bitXor, 5, 5)
        case .ampersand: (.bitAnd, 6, 6)
        case .shiftLeft: (.shiftLeft, 7, 7)
        case .shiftRight: (.shiftRight, 7, 7)
        case .concat: (.concat, 9, 8)
        case .plus: (.add, 10, 10)
        case .minus: (.subtract, 10, 10)
        case .times: (.multiply, 11, 11)
        case .slash: (.divide, 11, 11)
        case .doubleSlash: (.floorDivide, 11, 11)
        case .percent: (.modulo, 11, 11)
        case .caret: (.power, 14, 13)
        default: nil
        }
    }

    private mutating func simple() throws(LuaSyntaxError) -> LuaExpression {
        let found = current
        let kind: LuaExpression.Kind
        switch found.kind {
        case .integer(let value): kind = .integer(value)
        case .float(let value): kind = .float(value, ByteString(bytes: Array(source[found.range])))
        case .string(let text): kind = .string(text)
        case .word(.nil): kind = .nil
        case .word(.true): kind = .true
        case .word(.false): kind = .false
        case .symbol(.ellipsis):
            guard scopes.isVararg else { throw error("cannot use '...' outside a vararg function near '...'") }
            kind = .vararg
        case .symbol(.openBrace): return try table()
        case .word(.function):
            try advance()
            let function = try functionBody(line: found.line, isMethod: false)
            return try make(.function(function), line: found.line, depth: function.depth)
        default: return try suffixed()
        }
        try advance()
        return try make(kind, line: found.line)
    }

    /// A name or parenthesis with all that is hung on it: fields, calls, methods.
    mutating func suffixed() throws(LuaSyntaxError) -> LuaExpression {
        var base = try primary()
        while true {
            let line = current.line
            switch current.kind {
            case .symbol(.dot):
                try advance()
                let field = try name()
                let key = try make(.string(field.text), line: field.line)
                base = try make(.index(base, key), line: field.line, depth: base.depth)
            case .symbol(.openBracket):
                try advance()
                let key = try expression()
                try expect(.closeBracket)
                base = try make(.index(base, key), line: line, depth: max(base.depth, key.depth))
            case .symbol(.colon):
                try advance()
                let method = try name()
                let given = try arguments()
                base = try make(
                    .method(base, method.text, given.list), line: method.line, depth: max(base.depth, given.depth))
            case .symbol(.openParenthesis), .symbol(.openBrace), .string:
                let given = try arguments()
                base = try make(.call(base, given.list), line: line, depth: max(base.depth, given.depth))
            default: return base
            }
        }
    }

    private mutating func primary() throws(LuaSyntaxError) -> LuaExpression {
        let line = current.line
        if case .name(let text) = current.kind {
            try advance()
            return try variable(text, line: line)
        }
        guard at(.openParenthesis) else { throw unexpected("unexpected symbol") }
        try advance()
        let inner = try expression()
        guard try take(.closeParenthesis) else {
            throw unexpected("')' expected" + (line == current.line ? "" : " (to close '(' at line \(line))"))
        }
        return try make(.parenthesis(inner), line: line, depth: inner.depth)
    }

    private mutating func arguments() throws(LuaSyntaxError) -> (list: [LuaExpression], depth: Int) {
        let line = current.line
        switch current.kind {
        case .string(let text):
            try advance()
            return ([try make(.string(text), line: line)], 1)
        case .symbol(.openBrace):
            let only = try table()
            return ([only], only.depth)
        case .symbol(.openParenthesis):
            try advance()
            if try take(.closeParenthesis) { return ([], 0) }
            let list = try expressions()
            guard try take(.closeParenthesis) else {
                throw unexpected("')' expected" + (line == current.line ? "" : " (to close '(' at line \(line))"))
            }
            return (list, list.map(\.depth).max() ?? 0)
        default: throw unexpected("function arguments expected")
        }
    }

    private mutating func table() throws(LuaSyntaxError) -> LuaExpression {
        let line = current.line
        try expect(.openBrace)
        var fields: [LuaExpression.Field] = []
        var depth = 0
        while !at(.closeBrace) {
            let fieldLine = current.line
            if try take(.openBracket) {
                let key = try expression()
                try expect(.closeBracket)
                try expect(.assign)
                let value = try expression()
                fields.append(.keyed(key, value))
                depth = max(depth, key.depth, value.depth)
            } else if case .name(let text) = current.kind, try peek().kind == .symbol(.assign) {
                try advance()
                try advance()
                let value = try expression()
                fields.append(.named(text, line: fieldLine, value))
                depth = max(depth, value.depth)
            } else {
                let value = try expression()
                fields.append(.element(value))
                depth = max(depth, value.depth)
            }
            if try take(.comma) { continue }
            guard try take(.semicolon) else { break }
        }
        guard try take(.closeBrace) else {
            throw unexpected("'}' expected" + (line == current.line ? "" : " (to close '{' at line \(line))"))
        }
        return try make(.table(fields), line: line, depth: depth)
    }
}
