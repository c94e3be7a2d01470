import Gate
import LuaSyntax
import Value

extension GateInference {
    mutating func type(of expression: LuaExpression) -> LintType {
        switch expression.kind {
        case .nil: return .none
        case .true, .false, .string, .vararg: return .any
        case .integer: return .integer
        case .float: return .float
        case .function(let function): return self.function(function)
        case .local(let local):
            readLocals.insert(local)
            return locals[local]
        case .global(let name): return global(name, expression.line)
        case .index(let base, let key): return index(base, key, expression.line)
        case .call(let function, let arguments): return call(function, arguments, expression.line)
        case .method(let base, let name, let arguments): return method(base, name, arguments, expression.line)
        case .binary(let sign, let left, let right): return binary(sign, left, right, expression.line)
        case .unary(let sign, let operand):
            let inner = type(of: operand)
            return switch sign {
            case .minus: inner.isWhole || inner == .float ? inner : .any
            case .length: .integer
            case .not, .bitNot: .any
            }
        case .table(let fields):
            for field in fields {
                switch field {
                case .element(let value), .named(_, _, let value): escape(type(of: value))
                case .keyed(let key, let value):
                    _ = type(of: key)
                    escape(type(of: value))
                }
            }
            return .any
        case .parenthesis(let inner): return type(of: inner)
        }
    }

    private mutating func global(_ name: ByteString, _ line: Int) -> LintType {
        guard let problem = api.problem(ofGlobal: name) else { return .library(name.description) }
        var parts = problem.split(separator: ";", maxSplits: 1).map(String.init)
        if parts.count == 1 {
            let near = NearestName.nearestName(to: name.description, among: chunk.locals.map(\.name.description))
            if let near { parts.append("did you mean '\(near)'?") }
        }
        report(
            .undeclaredGlobal, line, parts.first ?? problem,
            hint: parts.count > 1 ? String(parts[1].drop { $0 == " " }) : nil)
        return .any
    }

    // MARK: Fields

    private mutating func index(_ base: LuaExpression, _ key: LuaExpression, _ line: Int) -> LintType {
        let owner = type(of: base)
        _ = type(of: key)
        guard let name = key.constant else { return element(owner) }
        switch owner {
        case .never, .none: return .never
        case .context: return member(name.description, line)
        case .arguments: return argument(name.description, line)
        case .namespace(let space):
            let known = api.members[space].flatMap { $0 } ?? []
            if !known.contains(name.description) {
                report(
                    .unknownMember, line, "ctx.\(space) has no '\(name)'", hint: Self.near(name.description, known))
            }
            if let question = Primitive.everywhere.firstIndex(where: { $0.name == "\(space).\(name)" }) {
                // It asks the clusters by itself.
                usesAllSides = true
                return .question(question)
            }
        case .cluster: cluster(name.description, line)
        case .rows(let primitive):
            report(
                .unknownField, line,
                "the answer of \(Primitive.everywhere[primitive].callName) is a list and has no '\(name)'",
                hint: "take a row of it, by [1] or ipairs")
        case .row(let primitive): return field(name, of: Primitive.everywhere[primitive], line)
        case .subject:
            if !api.subjectMethods.contains(name.description) { unknownCheck(name.description, line) }
        case .tested(let kind): return tested(kind, name.description, line)
        case .library(let library) where !api.library(library, has: name):
            report(.undeclaredGlobal, line, "'\(library)' has no '\(name)' in the sandbox of gates")
        default: break
        }
        return .any
    }

    /// `ctx[name]`, `rows[i]`: what a key that is not written out gives.
    private mutating func element(_ owner: LintType) -> LintType {
        switch owner {
        case .never, .none: return .never
        case .context:
            // What else could a variable choose?
            usesAllSides = true
            return .cluster
        case .arguments: usesAllArguments = true
        case .rows(let primitive): return .row(primitive)
        default: break
        }
        return .any
    }

    /// A field of what a test has.
    private mutating func tested(_ kind: String, _ name: String, _ line: Int) -> LintType {
        let members = tests?.kinds[kind] ?? TestApi.Members()
        guard members.all.contains(name) else {
            report(.unknownMember, line, "\(kind) has no '\(name)'", hint: Self.near(name, members.all))
            return .any
        }
        return members.fields[name]?.map { .tested($0) } ?? .any
    }

    private func isMethodAlone(_ name: String, of kind: String) -> Bool {
        guard let members = tests?.kinds[kind] else { return false }
        return members.methods.keys.contains(name) && !members.fields.keys.contains(name)
    }

    private mutating func member(_ name: String, _ line: Int) -> LintType {
        guard let member = api.members[name] else {
            report(
                .unknownMember, line, "ctx has no '\(name)'", hint: Self.near(name, api.members.keys))
            return .any
        }
        if let side = ClusterSide(rawValue: name) {
            usedSides.insert(side)
            if let manifest, !manifest.clusters.contains(.side(side)) {
                let declared = manifest.clusters.contains { if case .argument = $0 { true } else { false } }
                report(
                    .undeclaredCluster, line, "ctx.\(name) is not among the clusters that the manifest declares",
                    hint: declared
                        ? "use the argument that chooses: ctx[ctx.args.…]" : "clusters = { \"\(name)\" }")
            }
            return .cluster
        }
        if name == "args" { return .arguments }
        return member == nil ? .any : .namespace(name)
    }

    private mutating func argument(_ name: String, _ line: Int) -> LintType {
        usedArguments.insert(name)
        guard let manifest else { return .any }
        guard let spec = manifest.arguments.first(where: { $0.name == name }) else {
            report(
                .undeclaredArgument, line, "the manifest declares no argument '\(name)'",
                hint: Self.near(name, manifest.arguments.map(\.name)))
            return .any
        }
        guard !spec.type.isList else { return .any }
        return switch spec.type.scalar {
        case .integer, .duration: .integer
        default: .any
        }
    }

    private mutating func field(_ name: ByteString, of primitive: Primitive, _ line: Int) -> LintType {
        // Every row has these.
        if name == "error" || name == "none" { return .any }
        guard let field = primitive.fields.first(where: { ByteString($0.name) == name }) else {
            report(
                .unknownField, line, "a row of \(primitive.callName) has no '\(name)'",
                hint: Self.near(name.description, primitive.fields.map(\.name) + ["error", "none"]))
            return .any
        }
        return field.type == "integer" || field.type == "integer?" ? .offset : .any
    }

    private mutating func cluster(_ name: String, _ line: Int) {
        let known = Primitive.all.map(\.name) + ["as", "principals"]
        guard !known.contains(name) else { return }
        report(.unknownPrimitive, line, "clusters have no primitive '\(name)'", hint: Self.near(name, known))
    }

    private mutating func unknownCheck(_ name: String, _ line: Int) {
        report(.unknownMember, line, "a subject has no '\(name)'", hint: Self.near(name, api.subjectMethods))
    }

    static func near(_ name: String, _ known: some Sequence<String>) -> String? {
        NearestName.nearestName(to: name, among: known).map { "did you mean '\($0)'?" }
    }

    // MARK: Calls

    private mutating func call(_ function: LuaExpression, _ given: [LuaExpression], _ line: Int) -> LintType {
        let callee = type(of: function)
        if case .index(let base, let key) = function.bare.kind, let name = key.constant {
            switch type(of: base) {
            case .cluster where name == "as" || Primitive.all.contains { ByteString($0.name) == name }:
                report(.unknownPrimitive, line, "'\(name)' is called with a colon", hint: "write :\(name)")
            case .context where api.methods.contains(name.description):
                report(.unknownMember, line, "ctx.\(name) is called with a colon", hint: "write ctx:\(name)")
            case .tested(let kind) where isMethodAlone(name.description, of: kind):
                report(.unknownMember, line, "'\(name)' of \(kind) is called with a colon", hint: "write :\(name)")
            default: break
            }
        }
        let types = given.map { type(of: $0) }
        if case .function(let id) = callee { return call(id, types) }
        if case .question(let index) = callee {
            for (rule, at, message, hint) in PrimitiveCall.mistakes(Primitive.everywhere[index], given, line) {
                report(rule, at, message, hint: hint)
            }
            return .rows(index)
        }
        guard case .library(let name) = callee else {
            for type in types { escape(type) }
            return callee == .never || callee == .none ? .never : .any
        }
        switch name {
        case "assert": return types.first ?? .any
        case "pcall":
            if case .function(let id)? = types.first {
                _ = call(id, Array(types.dropFirst()))
                return .any
            }
        // They look at a value and keep nothing of it.
        case "type", "tostring", "select", "rawequal", "rawlen": return .any
        default: break
        }
        for type in types { escape(type) }
        return .any
    }

    private mutating func method(
        _ base: LuaExpression, _ name: ByteString, _ given: [LuaExpression], _ line: Int
    ) -> LintType {
        let owner = type(of: base)
        let types = given.map { type(of: $0) }
        let text = name.description
        switch owner {
        case .never, .none: return .never
        case .context:
            for type in types { escape(type) }
            if !api.methods.contains(text) {
                report(.unknownMember, line, "ctx has no method '\(text)'", hint: Self.near(text, api.methods))
            }
            return text == "subject" ? .subject : .any
        case .cluster:
            if text == "as" { return .cluster }
            guard let index = Primitive.all.firstIndex(where: { $0.name == text }) else {
                cluster(text, line)
                return .any
            }
            for (rule, at, message, hint) in PrimitiveCall.mistakes(Primitive.all[index], given, line) {
                report(rule, at, message, hint: hint)
            }
            return .rows(index)
        case .subject:
            guard api.subjectMethods.contains(text) else {
                unknownCheck(text, line)
                return .any
            }
            check(text, types, line)
            return .none
        case .tested(let kind):
            for type in types { escape(type) }
            let methods = tests?.kinds[kind]?.methods ?? [:]
            guard let result = methods[text] else {
                report(
                    .unknownMember, line, "\(kind) has no method '\(text)'", hint: Self.near(text, methods.keys))
                return .any
            }
            return result.map { .tested($0) } ?? .any
        case .any:
            if api.checks.contains(text) { check(text, types, line) }
        case .rows(let primitive):
            report(
                .unknownField, line, "the answer of \(Primitive.everywhere[primitive].callName) has no method '\(text)'"
            )
        default: break
        }
        for type in types { escape(type) }
        return .any
    }

    /// A call of a check on what is, or may be, a subject.
    private mutating func check(_ name: String, _ types: [LintType], _ line: Int) {
        if !isDead, api.checks.contains(name) { checking.insert(current) }
        guard types.count > 2 else { return }
        compare(types[1], types[2], line)
    }

    // MARK: Numbers

    private mutating func binary(
        _ sign: LuaExpression.Binary, _ left: LuaExpression, _ right: LuaExpression, _ line: Int
    ) -> LintType {
        let (one, other) = (type(of: left), type(of: right))
        switch sign {
        case .and: return other == .never ? .never : LintType.none.joined(other)
        case .or:
            // `rows or {}`: an empty table has no element to be wrong about.
            if case .table(let fields) = right.bare.kind, fields.isEmpty { return one }
            let joined = one.joined(other)
            if joined == .any {
                escape(one)
                escape(other)
            }
            return joined
        case .less, .lessOrEqual, .greater, .greaterOrEqual, .equal, .notEqual:
            compare(one, other, line)
            return .any
        case .divide:
            report(.division, line, "/ always yields a float", hint: "use // to divide integers")
            return .float
        case .power: return .float
        case .add, .subtract, .multiply, .floorDivide, .modulo:
            if one == .never || other == .never { return .never }
            if one == .float || other == .float { return .float }
            return one.isWhole && other.isWhole ? one.joined(other) : .any
        default: return .any
        }
    }

    private mutating func compare(_ one: LintType, _ other: LintType, _ line: Int) {
        guard one == .offset && other == .float || one == .float && other == .offset else { return }
        report(
            .floatAgainstOffset, line, "a float is compared with an integer of the cluster",
            hint: "beyond 2^53 neighbouring offsets are one float: compare integers")
    }
}
