import Value

/// Options from the environment: those that the command line does not give.
///
/// An empty variable counts as not set. A repeatable option has one value a line (not separated by `;` or commas, which
/// occur in the values), and an option on the command line replaces all of them.
struct EnvironmentOptions {
    private let variable: (String) -> String?

    init(_ variable: @escaping (String) -> String?) { self.variable = variable }

    func fill(_ options: inout ParsedOptions, for command: Command) throws(UsageError) {
        for spec in OptionTable.options(of: command) where !options.flag(spec.name) {
            let name = spec.name.variable
            guard let text = variable(name), !text.isEmpty else { continue }
            switch spec.kind {
            case .flag:
                if try Self.isSet(text, name) { options.add(nil, to: spec.name, from: .environment(name)) }
            case .once(let form): try Self.add(text, form, to: spec, &options)
            case .repeatable(let form):
                for line in text.utf8.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) {
                    try Self.add(String(decoding: line, as: UTF8.self), form, to: spec, &options)
                }
            }
        }
    }

    private static func add(
        _ text: String, _ form: ValueForm, to spec: OptionSpec, _ options: inout ParsedOptions
    ) throws(UsageError) {
        let name = spec.name.variable
        if let problem = form.problem(with: text) { throw UsageError("environment \(name): \(problem)") }
        options.add(text, to: spec.name, from: .environment(name))
    }

    private static func isSet(_ text: String, _ name: String) throws(UsageError) -> Bool {
        switch text {
        case "1", "true", "yes", "on": return true
        case "0", "false", "no", "off": return false
        default: throw UsageError("environment \(name): \"\(text)\" is neither true nor false")
        }
    }
}
