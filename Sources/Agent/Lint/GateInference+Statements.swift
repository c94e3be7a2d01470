import Gate
import LuaSyntax
import Value

extension GateInference {
    /// Looks at a block; true where what follows it is never reached.
    mutating func block(_ block: LuaBlock) -> Bool {
        var hasEnded = false
        var hasTold = false
        let wasDead = isDead
        for statement in block.statements {
            if case .label = statement.kind { (hasEnded, isDead) = (false, wasDead) }
            if hasEnded, !hasTold, !wasDead {
                report(.unreachable, statement.line, "this is never reached")
                hasTold = true
            }
            if hasEnded { isDead = true }
            let ends = self.statement(statement)
            hasEnded = hasEnded || ends
        }
        isDead = wasDead
        return hasEnded
    }

    /// True where what follows it is never reached.
    private mutating func statement(_ statement: LuaStatement) -> Bool {
        switch statement.kind {
        case .local(let names, let values): declare(names, values)
        case .assign(let targets, let values): assign(targets, values)
        case .call(let expression): return callStatement(expression)
        case .do(let body): return block(body)
        case .while(let condition, let body):
            _ = type(of: condition)
            dead(if: condition.isFalse, at: statement.line) { _ = $0.block(body) }
            return condition.isTrue && !body.canBreak
        case .repeat(let body, let condition):
            let ends = block(body)
            _ = type(of: condition)
            return ends && !body.canBreak
        case .if(let clauses, let otherwise): return branches(clauses, otherwise)
        case .forNumber(let local, let from, let to, let step, let body):
            let start = type(of: from)
            _ = type(of: to)
            flow(start.isWhole ? start : .any, into: local)
            if let step { _ = type(of: step) }
            _ = block(body)
        case .forIn(let names, let values, let body):
            iterate(names, values)
            _ = block(body)
        case .function(let target, let function):
            let made = self.function(function)
            assign(target, made)
        case .localFunction(let local, let function):
            flow(.function(function.id), into: local)
            _ = self.function(function)
        case .return(let values):
            returned(values)
            return true
        case .break, .goto: return true
        case .label: return false
        }
        return false
    }

    private mutating func dead(if condition: Bool, at line: Int, _ body: (inout GateInference) -> Void) {
        let wasDead = isDead
        if condition {
            if !wasDead { report(.unreachable, line, "this is never reached") }
            isDead = true
        }
        body(&self)
        isDead = wasDead
    }

    private mutating func branches(_ clauses: [LuaStatement.Clause], _ otherwise: LuaBlock?) -> Bool {
        var allEnd = otherwise != nil
        var isDecided = false
        for clause in clauses {
            _ = type(of: clause.condition)
            var ends = false
            dead(if: isDecided || clause.condition.isFalse, at: clause.condition.line) {
                ends = $0.block(clause.block)
            }
            allEnd = allEnd && ends
            isDecided = isDecided || clause.condition.isTrue
        }
        if let otherwise {
            let line = otherwise.statements.first?.line ?? 0
            dead(if: isDecided, at: line) { allEnd = $0.block(otherwise) && allEnd }
        }
        return allEnd
    }

    // MARK: Variables

    private mutating func declare(_ names: [Int], _ values: [LuaExpression]) {
        let types = values.map { type(of: $0) }
        for (index, name) in names.enumerated() {
            if index < types.count {
                // The last value may be a call with several results, of which only the first is followed.
                flow(types[index], into: name)
                if let rule = values[index].whatMatters(types[index]) { origins[name] = rule }
            } else {
                flow(values.isEmpty ? .none : .any, into: name)
            }
        }
        for extra in types.dropFirst(names.count) { escape(extra) }
    }

    private mutating func assign(_ targets: [LuaExpression], _ values: [LuaExpression]) {
        let types = values.map { type(of: $0) }
        for (index, target) in targets.enumerated() { assign(target, index < types.count ? types[index] : .any) }
    }

    private mutating func assign(_ target: LuaExpression, _ type: LintType) {
        switch target.kind {
        case .local(let local): flow(type, into: local)
        case .global(let name):
            escape(type)
            report(
                .undeclaredGlobal, target.line, "assignment to global '\(name)'", hint: "declare it with 'local'")
        case .index(let base, let key):
            _ = self.type(of: base)
            _ = self.type(of: key)
            escape(type)
        default: escape(type)
        }
    }

    private mutating func iterate(_ names: [Int], _ values: [LuaExpression]) {
        var element = LintType.any
        var index = LintType.any
        if values.count == 1, case .call(let function, let arguments) = values[0].kind, arguments.count == 1,
            case .global(let name) = function.kind, name == "ipairs" || name == "pairs"
        {
            let type = type(of: arguments[0])
            switch type {
            case .rows(let primitive): (index, element) = (.integer, .row(primitive))
            // What has come here so far; more may follow.
            case .never, .none: (index, element) = (.never, .never)
            default:
                escape(type)
                if name == "ipairs" { index = .integer }
            }
        } else {
            for value in values { escape(type(of: value)) }
        }
        for (place, name) in names.enumerated() { flow(place == 0 ? index : place == 1 ? element : .any, into: name) }
    }

    private mutating func returned(_ values: [LuaExpression]) {
        if current == 0, values.count == 1, case .table(let fields) = values[0].bare.kind {
            module(fields)
            return
        }
        let types = values.map { type(of: $0) }
        flow(types.first ?? .none, intoResultOf: current)
        for extra in types.dropFirst() { escape(extra) }
    }

    /// The table that the file returns: its `run` gets the context, and so does each test what tests have.
    private mutating func module(_ fields: [LuaExpression.Field]) {
        for field in fields {
            switch field {
            case .named(_, _, let value) where tests != nil: test(value)
            case .keyed(let key, let value) where tests != nil:
                _ = type(of: key)
                test(value)
            case .named("run", _, let value):
                let found = type(of: value)
                guard case .function(let id) = found else {
                    escape(found)
                    continue
                }
                run = id
                // Its call is the host's, not the file's.
                let (outer, wasDead) = (current, isDead)
                (current, isDead) = (id, true)
                _ = call(id, [.context])
                (current, isDead) = (outer, wasDead)
            case .named(_, _, let value), .element(let value): escape(type(of: value))
            case .keyed(let key, let value):
                _ = type(of: key)
                escape(type(of: value))
            }
        }
    }

    private mutating func test(_ value: LuaExpression) {
        let found = type(of: value)
        guard case .function(let id) = found, let tests else { return escape(found) }
        // Its call is the host's, not the file's.
        let (outer, wasDead) = (current, isDead)
        (current, isDead) = (id, true)
        _ = call(id, [.tested(tests.root)])
        (current, isDead) = (outer, wasDead)
    }

    // MARK: Calls whose result nobody takes

    private mutating func callStatement(_ expression: LuaExpression) -> Bool {
        let found = type(of: expression)
        switch expression.whatMatters(found) {
        case .subjectWithoutCheck:
            report(
                .subjectWithoutCheck, expression.line, "nothing is checked of this subject",
                hint: "hang a check or unknown on it: :at_most(…)")
        case .ignoredResult:
            report(
                .ignoredResult, expression.line, "nobody looks at these rows",
                hint: "a failed row that nobody has looked at costs the pass")
        default: break
        }
        if case .call(let function, _) = expression.kind, case .global("error") = function.kind { return true }
        return false
    }
}

extension LuaExpression {
    /// The rule that a result nobody takes breaks; nil where it does not matter.
    func whatMatters(_ type: LintType) -> LintRule? {
        guard case .method = bare.kind else { return nil }
        return switch type {
        case .subject: .subjectWithoutCheck
        case .rows: .ignoredResult
        default: nil
        }
    }

    fileprivate var isTrue: Bool {
        switch bare.kind {
        case .true, .integer, .float, .string: true
        default: false
        }
    }

    fileprivate var isFalse: Bool {
        switch bare.kind {
        case .false, .nil: true
        default: false
        }
    }
}

extension LuaBlock {
    /// Whether a loop around it can be left by more than its condition.
    fileprivate var canBreak: Bool {
        statements.contains { statement in
            switch statement.kind {
            case .break, .goto, .return: true
            case .do(let body): body.canBreak
            case .if(let clauses, let otherwise):
                clauses.contains { $0.block.canBreak } || otherwise?.canBreak ?? false
            // A jump out of an inner loop may lead anywhere.
            case .while(_, let body), .repeat(let body, _), .forNumber(_, _, _, _, let body), .forIn(_, _, let body):
                body.canJump
            default: false
            }
        }
    }

    private var canJump: Bool {
        statements.contains { statement in
            switch statement.kind {
            case .goto, .return: true
            case .do(let body), .while(_, let body), .repeat(let body, _), .forNumber(_, _, _, _, let body),
                .forIn(_, _, let body):
                body.canJump
            case .if(let clauses, let otherwise): clauses.contains { $0.block.canJump } || otherwise?.canJump ?? false
            default: false
            }
        }
    }
}
