/// The declared type of an argument: a scalar or a list of them.
package struct ArgumentType: Hashable, Sendable {
    package enum Scalar: String, CaseIterable, Hashable, Sendable {
        case string, integer, number, boolean, duration
    }

    package let scalar: Scalar
    package let isList: Bool

    package init(_ scalar: Scalar, isList: Bool = false) {
        self.scalar = scalar
        self.isList = isList
    }

    /// Nil where the text, such as `string[]`, names no type.
    package init?(_ text: String) {
        let isList = text.hasSuffix("[]")
        guard let scalar = Scalar(rawValue: String(isList ? text.dropLast(2) : text[...])) else { return nil }
        self.init(scalar, isList: isList)
    }

    static var known: [String] { Scalar.allCases.flatMap { [$0.rawValue, $0.rawValue + "[]"] } }
}

extension ArgumentType: CustomStringConvertible {
    package var description: String { scalar.rawValue + (isList ? "[]" : "") }
}
