package import Value

/// A word of Lua with the line it begins on.
package struct LuaLexeme: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case name(ByteString)
        case integer(Int64)
        case float(Double)
        case string(ByteString)
        case word(Word)
        case symbol(Symbol)
        case end
    }

    /// The reserved words.
    package enum Word: String, CaseIterable, Sendable {
        case and, `break`, `do`, `else`, `elseif`, end, `false`, `for`, function, goto, `if`, `in`, local, `nil`, not
        case or, `repeat`, `return`, then, `true`, until, `while`
    }

    package enum Symbol: String, CaseIterable, Sendable {
        case plus = "+"
        case minus = "-"
        case times = "*"
        case slash = "/"
        case percent = "%"
        case caret = "^"
        case hash = "#"
        case ampersand = "&"
        case tilde = "~"
        case bar = "|"
        case shiftLeft = "<<"
        case shiftRight = ">>"
        case doubleSlash = "//"
        case equal = "=="
        case notEqual = "~="
        case lessOrEqual = "<="
        case greaterOrEqual = ">="
        case less = "<"
        case greater = ">"
        case assign = "="
        case openParenthesis = "("
        case closeParenthesis = ")"
        case openBrace = "{"
        case closeBrace = "}"
        case openBracket = "["
        case closeBracket = "]"
        case doubleColon = "::"
        case semicolon = ";"
        case colon = ":"
        case comma = ","
        case dot = "."
        case concat = ".."
        case ellipsis = "..."
    }

    package let kind: Kind
    /// From 1.
    package let line: Int
    /// Where its bytes lie in the source.
    package let range: Range<Int>
}

/// A comment, with its text behind the dashes or between the brackets.
package struct LuaComment: Hashable, Sendable {
    package let text: ByteString
    /// The line it begins on, from 1.
    package let line: Int
    /// Whether nothing but blanks stands before it on that line.
    package let standsAlone: Bool
}

/// Why a text is no Lua.
package struct LuaSyntaxError: Error, Hashable, Sendable {
    package let message: String
    package let line: Int
    /// The text stopped too early: with more behind it, it could be Lua.
    package let isUnfinished: Bool
}

extension LuaSyntaxError: CustomStringConvertible {
    package var description: String { "line \(line): \(message)" }
}
