/// What came of the tests that were asked for.
package struct TestReport: Sendable {
    /// One test, or the mutation of one.
    package struct Case: Sendable {
        package let file: String
        package let name: String
        /// Nil: as expected; the first line says where.
        package let failure: String?
        package let elapsed: Duration

        /// The file and the line where it failed, where the failure begins with one.
        package var place: String? {
            guard let failure, failure.hasPrefix(file + ":") else { return nil }
            let digits = failure.dropFirst(file.count + 1).prefix { $0.isASCII && $0.isNumber }
            return digits.isEmpty ? nil : "\(file):\(digits)"
        }
    }

    /// What was changed in the worlds of passing tests, and how many of the changes nobody saw.
    package struct Mutation: Sendable {
        package var killed = 0
        package var declared = 0
        package var survived = 0
    }

    /// What a manifest declares without need: each change of it was seen.
    package struct Unneeded: Hashable, Sendable {
        package let gate: String
        package let fact: String
    }

    package internal(set) var cases: [Case] = []
    /// Nil: mutation was not asked for.
    package internal(set) var mutation: Mutation?
    package internal(set) var unneeded: [Unneeded] = []
    package internal(set) var elapsed = Duration.zero

    package mutating func forgetUnneeded() { unneeded = [] }

    package var failures: Int { cases.count { $0.failure != nil } }
}
