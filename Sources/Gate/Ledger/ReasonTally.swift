/// The reasons of a gate by kind: counted without limit, kept up to a number.
struct ReasonTally: Sendable {
    /// In the order in which they are told.
    enum Kind: Int, CaseIterable {
        case failures, endings, doubts, unknowns, reads, unobserved, vacuous
    }

    static let maxReasons = 100

    private var kept = [[Reason]](repeating: [], count: Kind.allCases.count)
    private var count = 0

    var isEmpty: Bool { count == 0 }

    /// `reason`: Made only if it is kept.
    mutating func add(_ reason: @autoclosure () -> Reason, to kind: Kind) {
        count += 1
        guard kept[kind.rawValue].count < Self.maxReasons else { return }
        kept[kind.rawValue].append(reason())
    }

    /// At most 100, and one more that counts the rest under the code of the last that is shown.
    func reasons() -> [Reason] {
        let shown = kept.joined().prefix(Self.maxReasons)
        guard count > shown.count, let last = shown.last else { return Array(shown) }
        return shown + [Reason(last.code, "and \(count - shown.count) more reasons")]
    }
}
