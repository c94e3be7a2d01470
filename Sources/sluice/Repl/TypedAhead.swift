/// Keys that were typed while an entry ran, and what ^C among them is to end.
struct TypedAhead {
    enum Wish: Hashable {
        /// To end the entry.
        case interrupt
        /// To end the program, should the entry not end.
        case leave
    }

    private static let interrupt: UInt8 = 0x03

    private(set) var keys: [UInt8] = []
    /// Whether ^C has been typed since the entry began.
    private var isInterrupted = false

    var isEmpty: Bool { keys.isEmpty }

    mutating func add(_ more: [UInt8]) { keys += more }

    mutating func next() -> UInt8 { keys.removeFirst() }

    /// An entry begins, for which nothing has been wished yet.
    mutating func begin() { isInterrupted = false }

    /// What is wished while an entry runs, asked each time keys have come; nil: nothing.
    ///
    /// The first ^C ends the entry. Typed twice it ends the program; after other keys it is meant for what these begin,
    /// as an entry may take a moment to end.
    mutating func wish() -> Wish? {
        if isInterrupted {
            let isTwice = zip(keys, keys.dropFirst()).contains { $0 == Self.interrupt && $1 == Self.interrupt }
            return isTwice || keys.first == Self.interrupt ? .leave : nil
        }
        guard let first = keys.firstIndex(of: Self.interrupt) else { return nil }
        // What was typed before it was meant for the entry that it ends.
        keys.removeSubrange(...first)
        isInterrupted = true
        return .interrupt
    }
}
