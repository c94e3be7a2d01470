package import KafkaRecords

/// The records around a position, by which it is found again in another log.
package struct RecordRun: Hashable, Sendable {
    /// Before the position, in order: the last is the one right before it.
    package var before: [RecordDigest]
    /// From the position on.
    package var after: [RecordDigest]

    package init(before: [RecordDigest], after: [RecordDigest]) {
        self.before = before
        self.after = after
    }

    /// A place in a log where the run was found.
    package struct Place: Hashable, Sendable {
        /// How many records of the log come before it.
        package var index: Int
        /// How many records in a row agree, on both sides together.
        package var length: Int
        /// How many of them come before it.
        package var behind = 0

        /// The records of the log that agree, by their number.
        var span: Range<Int> { index - behind..<index - behind + length }
    }

    /// Whether some record of the log agrees at two of these places.
    ///
    /// What was copied twice lies one behind the other. Runs that overlap are made of records that are all alike, and
    /// say nothing of where among them the position is.
    package static func overlap(_ places: [Place]) -> Bool {
        let spans = places.map(\.span).sorted { $0.lowerBound < $1.lowerBound }
        return zip(spans, spans.dropFirst()).contains { $0.upperBound > $1.lowerBound }
    }

    /// The places where at least so many records agree, or all there are.
    ///
    /// The record at the position itself has to be among them or, where there is none, the one before it.
    package func places(in log: [RecordDigest], atLeast needed: Int) -> [Place] {
        let needed = max(1, min(needed, before.count + after.count))
        guard let mark = after.first ?? before.last else { return [] }
        let shift = after.isEmpty ? 1 : 0
        var places: [Place] = []
        for index in log.indices where log[index] == mark {
            let place = index + shift
            let (ahead, behind) = agreement(with: log, at: place)
            guard ahead + behind >= needed else { continue }
            places.append(Place(index: place, length: ahead + behind, behind: behind))
        }
        return places
    }

    private func agreement(with log: [RecordDigest], at place: Int) -> (ahead: Int, behind: Int) {
        var ahead = 0
        while ahead < after.count, place + ahead < log.count, log[place + ahead] == after[ahead] { ahead += 1 }
        var behind = 0
        while behind < before.count, place - behind > 0, log[place - behind - 1] == before[before.count - 1 - behind] {
            behind += 1
        }
        return (ahead, behind)
    }

    /// Whether a run of so many of these records comes up in them a second time: then it says nothing of a place.
    package func repeats(within needed: Int) -> Bool {
        places(in: before + after, atLeast: needed).count > 1
    }
}
