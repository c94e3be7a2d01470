/// What `sluice check` looks for; the raw value is the code, which never changes its meaning.
package enum LintRule: String, CaseIterable, Sendable {
    case unreadable = "SL001"
    case syntax = "SL002"
    case manifest = "SL003"
    case plan = "SL004"
    case tooDeep = "SL005"
    case testFile = "SL006"
    case undeclaredGlobal = "SL101"
    case unknownPrimitive = "SL102"
    case wrongParameter = "SL103"
    case unknownField = "SL104"
    case unknownMember = "SL105"
    case undeclaredArgument = "SL106"
    case undeclaredCluster = "SL107"
    case unusedArgument = "SL201"
    case unusedCluster = "SL202"
    case unusedEffect = "SL203"
    case noCheck = "SL204"
    case subjectWithoutCheck = "SL205"
    case ignoredResult = "SL206"
    case unusedLocal = "SL207"
    case unreachable = "SL208"
    case floatAgainstOffset = "SL301"
    case division = "SL302"
    case floatNumeral = "SL303"
    case noGate = "SL401"
    case missingArgument = "SL402"
    case unusedSetting = "SL403"
    case misspeltFact = "SL404"
    case badSuppression = "SL901"
    case unusedSuppression = "SL902"

    package var code: String { rawValue }

    /// An error would stop the gate, or leave the file unchecked; all else is a warning.
    package var level: CheckFinding.Level { rawValue < "SL2" ? .error : .warning }

    /// For the table of `sluice check --codes`.
    package var meaning: String {
        switch self {
        case .unreadable: "the file cannot be read"
        case .syntax: "the file is no Lua, or no JSON"
        case .manifest: "the manifest of a gate is wrong"
        case .plan: "a plan is wrong, or asks of a gate what it does not take"
        case .tooDeep: "expressions are nested too deeply to be checked"
        case .testFile: "a test returns something else than a table of functions"
        case .undeclaredGlobal: "a name that is neither local nor part of the sandbox"
        case .unknownPrimitive: "clusters have no such primitive"
        case .wrongParameter: "a primitive has no such parameter, needs another one, or takes another type"
        case .unknownField: "the rows of a primitive have no such field"
        case .unknownMember: "ctx, one of its namespaces, a subject or a test's world has no such member"
        case .undeclaredArgument: "an argument that the manifest does not declare"
        case .undeclaredCluster: "a cluster that the manifest does not declare"
        case .unusedArgument: "a declared argument that nothing reads"
        case .unusedCluster: "a declared cluster that nothing asks"
        case .unusedEffect: "a declared effect that nothing needs"
        case .noCheck: "no check can be reached: the gate can never pass"
        case .subjectWithoutCheck: "a subject that nothing is checked of"
        case .ignoredResult: "the rows of a primitive that nobody looks at"
        case .unusedLocal: "a local variable or function that nothing reads"
        case .unreachable: "code that is never reached"
        case .floatAgainstOffset: "a float compared with an integer of a cluster, such as an offset"
        case .division: "a division by /, which always yields a float"
        case .floatNumeral: "a whole number written as a float"
        case .noGate: "a plan that names no gate"
        case .missingArgument: "a required argument that the plan does not give; --set may"
        case .unusedSetting: "a setting of a plan that nothing uses yet"
        case .misspeltFact: "a fact of a contract that is nearly called as a known one"
        case .badSuppression: "a sluice:allow without a known code or without a reason"
        case .unusedSuppression: "a sluice:allow that nothing needs"
        }
    }

    /// Whether a comment can allow it: not what leaves the file unchecked, nothing in a plan, and not a wrong comment.
    var isSuppressible: Bool { rawValue >= "SL1" && rawValue < "SL4" }
}
