package import Value

/// A whole text: the function that it is, and every local variable in it by its number.
package struct LuaChunk: Sendable {
    package let main: LuaFunction
    /// A ``LuaLocal``'s number is its index.
    package let locals: [LuaLocal]
    /// How many functions there are, the text itself included; their numbers count from 0.
    package let functions: Int
    package let comments: [LuaComment]
    /// The lines on which a word of Lua begins, in order.
    package let codeLines: [Int]
}

/// A local variable, parameter or loop variable.
package struct LuaLocal: Hashable, Sendable {
    package enum Kind: Hashable, Sendable { case variable, parameter, loop, function, `self` }
    package enum Attribute: Hashable, Sendable { case const, close }

    package let name: ByteString
    package let line: Int
    package let kind: Kind
    package let attribute: Attribute?
    /// The number of the function it belongs to.
    package let function: Int
}

package struct LuaFunction: Sendable {
    package let id: Int
    package let parameters: [Int]
    package let isVararg: Bool
    package let body: LuaBlock
    package let line: Int
    /// That of the deepest expression in it.
    let depth: Int
}

package struct LuaBlock: Sendable {
    package let statements: [LuaStatement]
}

package struct LuaStatement: Sendable {
    package struct Clause: Sendable {
        package let condition: LuaExpression
        package let block: LuaBlock
    }

    package indirect enum Kind: Sendable {
        case local([Int], [LuaExpression])
        case assign([LuaExpression], [LuaExpression])
        case call(LuaExpression)
        case `do`(LuaBlock)
        case `while`(LuaExpression, LuaBlock)
        case `repeat`(LuaBlock, LuaExpression)
        case `if`([Clause], else: LuaBlock?)
        case forNumber(Int, from: LuaExpression, to: LuaExpression, step: LuaExpression?, LuaBlock)
        case forIn([Int], [LuaExpression], LuaBlock)
        /// `function a.b:c() … end`, whose first parameter is then `self`.
        case function(LuaExpression, LuaFunction)
        case localFunction(Int, LuaFunction)
        case `return`([LuaExpression])
        case `break`
        case goto(ByteString)
        case label(ByteString)
    }

    package let kind: Kind
    package let line: Int
}

package struct LuaExpression: Sendable {
    package enum Unary: Hashable, Sendable { case minus, not, length, bitNot }

    package enum Binary: Hashable, Sendable {
        case add, subtract, multiply, divide, floorDivide, modulo, power, concat
        case bitAnd, bitOr, bitXor, shiftLeft, shiftRight
        case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
        case and, or
    }

    package enum Field: Sendable {
        case element(LuaExpression)
        case named(ByteString, line: Int, LuaExpression)
        case keyed(LuaExpression, LuaExpression)
    }

    package indirect enum Kind: Sendable {
        case `nil`, `true`, `false`, vararg
        case integer(Int64)
        /// With the text it was written as.
        case float(Double, ByteString)
        case string(ByteString)
        case function(LuaFunction)
        case local(Int)
        case global(ByteString)
        case index(LuaExpression, LuaExpression)
        case call(LuaExpression, [LuaExpression])
        case method(LuaExpression, ByteString, [LuaExpression])
        case binary(Binary, LuaExpression, LuaExpression)
        case unary(Unary, LuaExpression)
        case table([Field])
        case parenthesis(LuaExpression)
    }

    package let kind: Kind
    package let line: Int
    /// How many expressions lie inside each other, from 1; bounded by the parser.
    let depth: Int
}

extension LuaExpression {
    /// The text of a string constant.
    package var constant: ByteString? {
        guard case .string(let text) = kind else { return nil }
        return text
    }

    /// Without the parentheses around it.
    package var bare: LuaExpression {
        guard case .parenthesis(let inner) = kind else { return self }
        return inner.bare
    }
}
