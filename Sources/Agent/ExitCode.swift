/// How the process ends; the whole of the contract with shell runbooks.
package enum ExitCode: Int32, Sendable {
    case pass = 0
    case fail = 1
    case inconclusive = 2
    /// The command line is wrong; also a selector that does not parse and a bad environment value.
    case usage = 64
    /// A plan, a gate or an argument is wrong, or nothing is selected.
    case badInput = 65
    /// A file named on the command line or in the plan is missing.
    case missingFile = 66
    /// Our own mistake.
    case software = 70
    /// The evidence file exists or cannot be created.
    case cannotCreate = 73
    /// Evidence could not be written.
    case evidenceLost = 74
    /// Not permitted, or an effect of a gate that is not allowed.
    case noPermission = 77
    /// A configuration is wrong.
    case badConfiguration = 78
    case interrupted = 130
    case terminated = 143
}
