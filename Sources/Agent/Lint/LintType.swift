import Gate

/// What is known of a value without running the gate.
enum LintType: Hashable {
    /// Nothing has come here yet.
    case never
    /// `nil` alone.
    case none
    case context
    /// `ctx.args`.
    case arguments
    /// `ctx.json` and the like, by name.
    case namespace(String)
    case cluster
    /// A primitive that is called with a dot, such as `ctx.compare.records`, by its place in the registry.
    case question(Int)
    /// The answer of a primitive, by its place in the registry.
    case rows(Int)
    case row(Int)
    case subject
    /// Counted by the script.
    case integer
    /// An integer of a cluster: an offset, a time, a number of bytes.
    case offset
    case float
    /// A function of the file, by its number.
    case function(Int)
    /// What a test has, by its kind.
    case tested(String)
    /// A library of the sandbox.
    case library(String)
    case any

    /// What is known where either may come.
    func joined(_ other: LintType) -> LintType {
        switch (self, other) {
        case (.never, _), (.none, _): other == .never ? self : other
        case (_, .never), (_, .none): self
        case (.integer, .offset), (.offset, .integer): .offset
        default: self == other ? self : .any
        }
    }

    var isWhole: Bool { self == .integer || self == .offset }
}
