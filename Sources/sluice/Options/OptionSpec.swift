/// One line of the table of options: everything the parser, the help and the check of the environment know of it.
struct OptionSpec: Sendable {
    enum Kind: Sendable {
        case flag
        case once(ValueForm)
        case repeatable(ValueForm)

        var form: ValueForm? {
            switch self {
            case .flag: nil
            case .once(let form), .repeatable(let form): form
            }
        }
    }

    /// A heading of the help.
    enum Group: String, CaseIterable, Sendable {
        case clusters = "Clusters"
        case gates = "Gates"
        case demo = "Demo"
        case tests = "Tests"
        case rounds = "Rounds"
        case limits = "Limits"
        case evidence = "Evidence"
        case conditions = "Conditions"
        case output = "Output"
    }

    let name: OptionName
    /// A second way to write it: `-q`.
    var short: Character?
    let kind: Kind
    /// What stands for the value in the help; empty for a flag.
    var placeholder = ""
    let commands: Set<Command>
    let group: Group
    let doc: String
    /// For the help.
    var standard: String?

    /// As the help shows it: `-q, --quiet`, `--every D`.
    var usage: String {
        (short.map { "-\($0), " } ?? "") + name.spelled + (placeholder.isEmpty ? "" : " " + placeholder)
    }

    var isRepeatable: Bool {
        if case .repeatable = kind { return true }
        return false
    }
}
