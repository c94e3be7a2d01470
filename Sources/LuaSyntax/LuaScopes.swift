import Value

/// The variables, labels and jumps of the functions that are being read.
struct LuaScopes {
    private struct Jump {
        let label: ByteString
        let line: Int
        /// How many variables were in scope.
        var locals: Int
    }

    private struct Block {
        let locals: Int
        let labels: Int
        let jumps: Int
        let isLoop: Bool
    }

    private struct Function {
        let id: Int
        let isVararg: Bool
        /// Numbers of the variables in scope, the outermost first.
        var locals: [Int] = []
        var upvalues: Set<Int> = []
        var labels: [(name: ByteString, line: Int, locals: Int)] = []
        var jumps: [Jump] = []
        var blocks: [Block] = []
    }

    /// Lua's own limits.
    private static let localLimit = 200
    private static let upvalueLimit = 255

    private(set) var locals: [LuaLocal] = []
    private(set) var functionCount = 0
    private var functions: [Function] = []

    var isVararg: Bool { functions.last?.isVararg ?? false }

    // MARK: Functions and blocks

    /// The number of the function that begins here.
    mutating func openFunction(isVararg: Bool) -> Int {
        defer { functionCount += 1 }
        functions.append(Function(id: functionCount, isVararg: isVararg))
        openBlock(isLoop: false)
        return functionCount
    }

    mutating func closeFunction() throws(LuaSyntaxError) {
        try closeBlock()
        if let jump = functions.last?.jumps.first {
            throw LuaSyntaxError(
                message: "no visible label '\(jump.label)' for goto", line: jump.line, isUnfinished: false)
        }
        functions.removeLast()
    }

    mutating func openBlock(isLoop: Bool) {
        guard let top = functions.indices.last else { return }
        functions[top].blocks.append(
            Block(
                locals: functions[top].locals.count, labels: functions[top].labels.count,
                jumps: functions[top].jumps.count, isLoop: isLoop))
    }

    mutating func closeBlock() throws(LuaSyntaxError) {
        guard let top = functions.indices.last, let block = functions[top].blocks.popLast() else { return }
        functions[top].locals.removeSubrange(block.locals...)
        functions[top].labels.removeSubrange(block.labels...)
        // A jump that found no label here may find one further out, where these variables are gone.
        for index in functions[top].jumps.indices where index >= block.jumps {
            functions[top].jumps[index].locals = min(functions[top].jumps[index].locals, block.locals)
        }
    }

    // MARK: Variables

    /// The number of a new variable, which is in scope only from ``enter(_:line:)`` on: `local x = x`.
    mutating func declare(
        _ name: ByteString, line: Int, _ kind: LuaLocal.Kind, _ attribute: LuaLocal.Attribute? = nil
    ) -> Int {
        locals.append(
            LuaLocal(name: name, line: line, kind: kind, attribute: attribute, function: functions.last?.id ?? 0))
        return locals.count - 1
    }

    mutating func enter(_ local: Int, line: Int) throws(LuaSyntaxError) {
        guard let top = functions.indices.last else { return }
        guard functions[top].locals.count < Self.localLimit else {
            throw LuaSyntaxError(
                message: "too many local variables (limit is \(Self.localLimit))", line: line, isUnfinished: false)
        }
        functions[top].locals.append(local)
    }

    /// The variable that a name means here; nil where it is global.
    mutating func resolve(_ name: ByteString, line: Int) throws(LuaSyntaxError) -> Int? {
        for level in functions.indices.reversed() {
            guard let local = functions[level].locals.last(where: { locals[$0].name == name }) else { continue }
            for inner in functions.indices where inner > level {
                functions[inner].upvalues.insert(local)
                guard functions[inner].upvalues.count <= Self.upvalueLimit else {
                    throw LuaSyntaxError(
                        message: "too many upvalues (limit is \(Self.upvalueLimit))", line: line, isUnfinished: false)
                }
            }
            return local
        }
        return nil
    }

    // MARK: Jumps

    mutating func breakLoop(line: Int) throws(LuaSyntaxError) {
        guard functions.last?.blocks.contains(where: \.isLoop) ?? false else {
            throw LuaSyntaxError(message: "break outside a loop", line: line, isUnfinished: false)
        }
    }

    mutating func goto(_ label: ByteString, line: Int) {
        guard let top = functions.indices.last else { return }
        // Backwards, to a label that is in sight, anything goes.
        if functions[top].labels.contains(where: { $0.name == label }) { return }
        functions[top].jumps.append(Jump(label: label, line: line, locals: functions[top].locals.count))
    }

    /// `isLast`: Nothing but the end of the block follows, so that its variables are as good as gone.
    mutating func label(_ name: ByteString, line: Int, isLast: Bool) throws(LuaSyntaxError) {
        guard let top = functions.indices.last, let block = functions[top].blocks.last else { return }
        if let other = functions[top].labels.first(where: { $0.name == name }) {
            throw LuaSyntaxError(
                message: "label '\(name)' already defined on line \(other.line)", line: line, isUnfinished: false)
        }
        let inScope = isLast ? block.locals : functions[top].locals.count
        functions[top].labels.append((name: name, line: line, locals: inScope))
        for jump in functions[top].jumps[block.jumps...] where jump.label == name && jump.locals < inScope {
            let into = locals[functions[top].locals[jump.locals]].name
            throw LuaSyntaxError(
                message: "<goto \(name)> at line \(jump.line) jumps into the scope of local '\(into)'", line: line,
                isUnfinished: false)
        }
        let earlier = functions[top].jumps[..<block.jumps]
        functions[top].jumps = earlier + functions[top].jumps[block.jumps...].filter { $0.label != name }
    }
}
