import LuaSyntax
import Value

/// Checks how a primitive is called, as far as the call is written out.
enum PrimitiveCall {
    typealias Mistake = (rule: LintRule, line: Int, message: String, hint: String?)

    static func mistakes(_ primitive: Primitive, _ given: [LuaExpression], _ line: Int) -> [Mistake] {
        guard given.count <= 1 else {
            return [(.wrongParameter, line, "\(primitive.callName) takes one table of named parameters", nil)]
        }
        guard let only = given.first else { return required(primitive, [], line) }
        switch only.bare.kind {
        case .table(let fields): return mistakes(primitive, fields, line)
        case .integer, .float, .string, .true, .false:
            return [(.wrongParameter, line, "\(primitive.callName) takes one table of named parameters", nil)]
        default: return []
        }
    }

    private static func mistakes(
        _ primitive: Primitive, _ fields: [LuaExpression.Field], _ line: Int
    ) -> [Mistake] {
        var found: [Mistake] = []
        var named: [String] = []
        for field in fields {
            switch field {
            case .named(let key, let at, let value):
                named.append(key.description)
                found += mistakes(primitive, key.description, value, at)
            case .keyed(let key, let value):
                guard let text = key.constant else { return found }
                named.append(text.description)
                found += mistakes(primitive, text.description, value, key.line)
            case .element(let value):
                found.append(
                    (.wrongParameter, value.line, "\(primitive.callName) takes named parameters", "write name = value"))
            }
        }
        return found + required(primitive, named, line)
    }

    private static func mistakes(
        _ primitive: Primitive, _ name: String, _ value: LuaExpression, _ line: Int
    ) -> [Mistake] {
        guard let parameter = primitive.parameters.first(where: { $0.name == name }) else {
            let hint = GateInference.near(name, primitive.parameters.map(\.name))
            return [(.wrongParameter, line, "\(primitive.callName) has no parameter '\(name)'", hint)]
        }
        guard let literal = value.literal, parameter.kind.form(of: literal) == nil else { return [] }
        return [
            (.wrongParameter, line, "\(primitive.callName): '\(name)' must be \(parameter.kind.words)", nil)
        ]
    }

    private static func required(_ primitive: Primitive, _ named: [String], _ line: Int) -> [Mistake] {
        primitive.parameters.filter { $0.isRequired && !named.contains($0.name) }.map {
            (.wrongParameter, line, "\(primitive.callName) needs '\($0.name)'", nil)
        }
    }
}

extension LuaExpression {
    /// The value of a constant; nil for `nil`, which leaves a parameter out, and for anything that is computed.
    fileprivate var literal: Value? {
        switch bare.kind {
        case .true: .bool(true)
        case .false: .bool(false)
        case .integer(let value): .integer(value)
        case .float(let value, _): .number(value)
        case .string(let text): .string(text)
        default: .none
        }
    }
}
