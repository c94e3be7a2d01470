/// The options in force, each with where its value came from.
///
/// Those that show up elsewhere with their own origin (properties, arguments) are left out, secrets with them.
struct OptionOrigins {
    struct Entry {
        let name: String
        let value: String
        let origin: String
    }

    private static let shownElsewhere: Set<OptionName> = [.property, .set, .setFile, .json]

    let entries: [Entry]

    init(_ options: ParsedOptions, of command: Command) {
        entries = OptionTable.options(of: command).compactMap { spec in
            guard !Self.shownElsewhere.contains(spec.name) else { return nil }
            guard let given = options[spec.name] else {
                return spec.standard.map { Entry(name: spec.name.spelled, value: $0, origin: "default") }
            }
            let value = given.values.isEmpty ? "true" : given.values.joined(separator: " ")
            let origin =
                switch given.origin {
                case .commandLine: "command line"
                case .environment(let variable): "environment \(variable)"
                }
            return Entry(name: spec.name.spelled, value: value, origin: origin)
        }
    }
}
