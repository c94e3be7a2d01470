/// Where the value of a setting came from, for `sluice plan` and for messages.
package enum ConfigOrigin: Sendable, Hashable {
    /// A command line option: `-X`, `--source`.
    case option(String)
    /// An environment variable, by its name.
    case environment(String)
    /// A field of the plan, e.g. `plan.lua:4`.
    case plan(String)
    /// A properties file; no line where the file as a whole is meant.
    case file(String, line: Int?)
    /// Nobody said anything.
    case builtIn
}

extension ConfigOrigin: CustomStringConvertible {
    package var description: String {
        switch self {
        case .option(let name): name
        case .environment(let name): "environment \(name)"
        case .plan(let place): place
        case .file(let path, .some(let line)): "\(path):\(line)"
        case .file(let path, nil): path
        case .builtIn: "default"
        }
    }
}
