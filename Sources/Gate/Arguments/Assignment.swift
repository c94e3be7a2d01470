package import Value

/// One argument given from outside the plan: by `--set`, `--set-file` or the environment.
package struct Assignment: Hashable, Sendable {
    package enum Form: Hashable, Sendable {
        /// To be read by the declared type.
        case text(ByteString)
        case value(Value)
    }

    /// The name or id of the gate that is meant; nil: every gate that declares the argument.
    package let gate: ByteString?
    package let name: ByteString
    package let form: Form
    /// For people: `--set`, `--set-file args.json`.
    package let origin: String

    package init(gate: ByteString? = nil, name: ByteString, form: Form, origin: String) {
        self.gate = gate
        self.name = name
        self.form = form
        self.origin = origin
    }

    /// Reads `[GATE.]NAME=VALUE`.
    package init(parsing text: ByteString, origin: String = "--set") throws(GateError) {
        let hint = "write [GATE.]NAME=VALUE"
        guard let equals = text.bytes.firstIndex(of: UInt8(ascii: "=")) else {
            throw GateError(.invalid("\(origin) \(Quoted.text(text)) has no ="), hint: hint)
        }
        let left = text.bytes[..<equals].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let names = left.map { ByteString(bytes: Array($0)) }
        guard names.count <= 2, let name = names.last, names.allSatisfy(NameRule.allows) else {
            throw GateError(.invalid("\(origin) \(Quoted.text(text)) names no argument"), hint: hint)
        }
        let value = ByteString(bytes: Array(text.bytes[(equals + 1)...]))
        self.init(gate: names.count == 2 ? names[0] : nil, name: name, form: .text(value), origin: origin)
    }

    /// The assignments of a `--set-file`: arguments, and under the name or id of a gate a table of those only for it.
    ///
    /// `gates`: The names and ids that are known. They tell an empty table for a gate from an empty list.
    package static func list(
        _ value: Value, file: String, gates: Set<ByteString>
    ) throws(GateError) -> [Assignment] {
        let place = Place(file: file)
        let origin = "--set-file " + file
        var result: [Assignment] = []
        for (name, entry) in try Fields.map(value, at: place).sorted(by: { $0.key < $1.key }) {
            guard case .map(let inner) = entry, !inner.isEmpty || gates.contains(name) else {
                _ = try Fields.name(.string(name), at: place.key(name))
                result.append(Assignment(name: name, form: .value(entry), origin: origin))
                continue
            }
            for (argument, value) in inner.sorted(by: { $0.key < $1.key }) {
                _ = try Fields.name(.string(argument), at: place.key(name).key(argument))
                result.append(Assignment(gate: name, name: argument, form: .value(value), origin: origin))
            }
        }
        return result
    }

    func isMeant(for gate: EffectiveArguments.Gate) -> Bool {
        self.gate.map { $0 == ByteString(gate.id) || $0 == ByteString(gate.name) } ?? true
    }
}
