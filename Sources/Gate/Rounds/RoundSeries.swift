package import Value

/// What the checks of a gate said over the rounds of a sustained run.
///
/// Evidence then has a line where a check changes, not one a round, and the line sums up the rounds so far.
package struct RoundSeries: Sendable {
    /// `rounds` of a check: how often it was made and was true, and between which values it moved.
    package struct Rounds: Hashable, Sendable {
        package var n = 0
        package var ok = 0
        /// Nil where no value was a finite number.
        package var min: Value?
        package var max: Value?
        /// Nil where the last round knew no value.
        package var last: Value?

        package init(n: Int = 0, ok: Int = 0, min: Value? = nil, max: Value? = nil, last: Value? = nil) {
            self.n = n
            self.ok = ok
            self.min = min
            self.max = max
            self.last = last
        }
    }

    package struct Observation: Hashable, Sendable {
        package let rounds: Rounds
        /// Whether the result differs from that of the round before: always for the first.
        package let isChange: Bool
    }

    private struct Key: Hashable {
        let check: ByteString
        let subject: Value
    }

    private enum State: Hashable {
        case passed, failed
        case unknown(ReasonCode)
    }

    private struct Entry {
        var rounds = Rounds()
        var round = 0
        var state: State?
        var wasOKThisRound = false
    }

    private var entries: [Key: Entry] = [:]
    private var round = 0

    package init() {}

    /// Starts a round.
    ///
    /// A check made twice for a subject in one round counts once, and as true only if both are.
    package mutating func beginRound() { round += 1 }

    package mutating func observe(_ record: CheckRecord) -> Observation {
        observe(
            Key(check: record.check, subject: record.subject), record.ok ? .passed : .failed, actual: record.actual)
    }

    package mutating func observe(_ record: UnknownRecord) -> Observation {
        observe(Key(check: record.check, subject: record.subject), .unknown(record.reason), actual: nil)
    }

    /// The rounds of a check so far; nil where it was never made.
    package func rounds(of check: ByteString, _ subject: Value) -> Rounds? {
        entries[Key(check: check, subject: subject)]?.rounds
    }

    private mutating func observe(_ key: Key, _ state: State, actual: Value?) -> Observation {
        var entry = entries[key] ?? Entry()
        let isOK = state == .passed
        if entry.rounds.n == 0 || entry.round != round {
            entry.rounds.n += 1
            entry.rounds.ok += isOK ? 1 : 0
            entry.wasOKThisRound = isOK
        } else if entry.wasOKThisRound, !isOK {
            entry.rounds.ok -= 1
            entry.wasOKThisRound = false
        }
        entry.round = round
        entry.rounds.last = actual
        if let actual { entry.rounds.widen(by: actual) }
        let isChange = entry.state != state
        entry.state = state
        entries[key] = entry
        return Observation(rounds: entry.rounds, isChange: isChange)
    }
}

extension RoundSeries.Rounds {
    fileprivate mutating func widen(by value: Value) {
        guard case .ordered? = ExactNumber.order(value, value) else { return }
        if case .ordered(let order)? = min.flatMap({ ExactNumber.order(value, $0) }), order != .below {
        } else {
            min = value
        }
        if case .ordered(let order)? = max.flatMap({ ExactNumber.order(value, $0) }), order != .above {
        } else {
            max = value
        }
    }
}
