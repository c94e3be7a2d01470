import Value

/// The options of one command line, each with where it came from.
struct ParsedOptions: Sendable {
    enum Origin: Hashable, Sendable {
        case commandLine
        /// The name of the variable.
        case environment(String)
    }

    struct Given: Sendable {
        /// One for each time it was given; empty for a flag that is set.
        var values: [String]
        let origin: Origin
    }

    private var given: [OptionName: Given] = [:]

    subscript(name: OptionName) -> Given? { given[name] }

    func flag(_ name: OptionName) -> Bool { given[name] != nil }
    func text(_ name: OptionName) -> String? { given[name]?.values.last }
    func texts(_ name: OptionName) -> [String] { given[name]?.values ?? [] }
    func duration(_ name: OptionName) -> Duration? { text(name).flatMap { DurationText.parse($0) } }
    func isFromEnvironment(_ name: OptionName) -> Bool { given[name].map { $0.origin != .commandLine } ?? false }

    /// As messages call it: `--every`, or the variable it came from.
    func called(_ name: OptionName) -> String {
        if case .environment(let variable)? = given[name]?.origin { return variable }
        return name.spelled
    }

    mutating func add(_ value: String?, to name: OptionName, from origin: Origin) {
        given[name, default: Given(values: [], origin: origin)].values += value.map { [$0] } ?? []
    }

    mutating func drop(_ name: OptionName) { given[name] = nil }
}
