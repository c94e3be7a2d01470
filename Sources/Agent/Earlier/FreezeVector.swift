package import Evidence
import Gate
import Value

/// Where each partition ended and what each group had committed when a source was frozen, as `freeze_capture` wrote it.
///
/// The gate keeps the vector in notes of at most a hundred partitions each: `partitions` {topic, topic_id, partitions,
/// leader_epochs, start_offsets, end_offsets, stable_offsets} and `commits` {group, topic, partitions, offsets}, lists of
/// equal length. Its last note, `vector` {id, captured_ms, cluster_id}, closes it. The id is a chain: beginning with the
/// empty text, each of these notes makes of the id before it the digest of [id, name of the note, its facts]. A note
/// `share_group` {group} says that a group has no commits: it is no part of the vector.
package struct FreezeVector: Sendable {
    package struct Partition: Sendable {
        package let topic: String
        /// Nil where the cluster has none (before Kafka 2.8).
        package let topicID: String?
        package let partition: Int64
        /// Nil where the cluster did not say.
        package let leaderEpoch: Int64?
        package let start: Int64
        /// The high watermark: the offset after the last record that consumers could see.
        package let end: Int64
        /// The last stable offset.
        package let stable: Int64
    }

    package struct Commit: Sendable {
        package let group: String
        package let topic: String
        package let partition: Int64
        package let offset: Int64
    }

    package let id: String
    package let run: String
    package let path: String
    package let head: String
    package let clusterID: String?
    /// When it was captured, in milliseconds since 1970, by the clock of the machine that captured it.
    package let capturedMs: Int64
    /// Whether this machine captured it, as far as its name tells: its clock is the one that gave ``capturedMs``.
    package let isOfThisHost: Bool
    package private(set) var partitions: [Partition] = []
    package private(set) var commits: [Commit] = []

    private static let gateName = "freeze_capture"
    private static let namesOfAny = ["", "localhost", "localhost.localdomain"]

    /// The vector of a verified run; a capture that did not pass is none.
    ///
    /// `hostName` is that of this machine; one that any machine may have tells nothing.
    package init(_ run: EarlierRun, hostName: String) throws(AgentError) {
        func refused(_ fact: String) -> AgentError { AgentError(.badInput, "\(run.path): \(fact)") }
        let captures = run.gates.filter { $0.name == Self.gateName }
        guard let gate = captures.first else {
            throw refused("holds no freeze: no gate \(Self.gateName) ran; run it and give --freeze its evidence")
        }
        guard captures.count == 1 else {
            throw refused("holds \(captures.count) freezes; --freeze takes the evidence of one \(Self.gateName)")
        }
        guard gate.verdict == "pass" else {
            throw refused("its gate \(gate.id) came to \(gate.verdict): only a capture that passed is a freeze")
        }
        guard !gate.isTruncated, run.hasAllNotes else { throw refused("the freeze is not whole: lines were left out") }
        let notes = run.notes.filter { $0.gate == gate.id }
        guard let last = notes.last, last.name == "vector", case .string(let written)? = last.facts["id"],
            let captured = Self.integer(last.facts["captured_ms"])
        else { throw refused("the freeze has no closing note") }
        id = written.description
        self.run = run.verification.run ?? ""
        path = run.path
        head = run.verification.head ?? ""
        clusterID = run.clusterID(of: "source")
        capturedMs = captured
        isOfThisHost = run.host == hostName && !Self.namesOfAny.contains(hostName)
        var chain = ByteString("")
        for note in notes.dropLast() where note.name != "share_group" {
            guard Self.isWhole(note) else { throw refused("the note \(note.name) of the freeze cannot be read") }
            do {
                let entry = Value.list([.string(chain), .text(note.name), note.facts])
                chain = ByteString(try SHA256.hex(JSONWriter.write(entry)))
            } catch {
                throw AgentError(.software, "\(run.path): \(error)")
            }
            guard note.name == "partitions" ? add(partitions: note.facts) : add(commits: note.facts) else {
                throw refused("the note \(note.name) of the freeze cannot be read")
            }
        }
        guard chain == written else { throw refused("the freeze's id is not that of its lines") }
        guard !partitions.isEmpty else { throw refused("the freeze has no partition") }
    }

    /// Its topics by name.
    var topics: [GlobList.Candidate] {
        Set(partitions.map(\.topic)).sorted().map { GlobList.Candidate.topic(ByteString($0)) }
    }

    /// The groups that had commits in it, by name.
    var groups: [GlobList.Candidate] {
        Set(commits.map(\.group)).sorted().map { GlobList.Candidate(ByteString($0)) }
    }

    private static func isWhole(_ note: EarlierRun.Note) -> Bool { note.name == "partitions" || note.name == "commits" }

    private mutating func add(partitions facts: Value) -> Bool {
        guard case .string(let topic)? = facts["topic"], let numbers = Self.integers(facts["partitions"]),
            case .list(let epochs)? = facts["leader_epochs"], let starts = Self.integers(facts["start_offsets"]),
            let ends = Self.integers(facts["end_offsets"]), let stables = Self.integers(facts["stable_offsets"]),
            Set([numbers.count, epochs.count, starts.count, ends.count, stables.count]).count == 1
        else { return false }
        var topicID: String?
        if case .string(let text)? = facts["topic_id"] { topicID = text.description }
        for index in numbers.indices {
            partitions.append(
                Partition(
                    topic: topic.description, topicID: topicID, partition: numbers[index],
                    leaderEpoch: Self.integer(epochs[index]), start: starts[index], end: ends[index],
                    stable: stables[index]))
        }
        return true
    }

    private mutating func add(commits facts: Value) -> Bool {
        guard case .string(let group)? = facts["group"], case .string(let topic)? = facts["topic"],
            let numbers = Self.integers(facts["partitions"]), let offsets = Self.integers(facts["offsets"]),
            numbers.count == offsets.count
        else { return false }
        for (number, offset) in zip(numbers, offsets) {
            commits.append(
                Commit(group: group.description, topic: topic.description, partition: number, offset: offset))
        }
        return true
    }

    private static func integers(_ value: Value?) -> [Int64]? {
        guard case .list(let items)? = value else { return nil }
        let numbers = items.compactMap { integer($0) }
        return numbers.count == items.count ? numbers : nil
    }

    /// An integer as evidence writes it: beyond 2^53 a string of digits.
    private static func integer(_ value: Value?) -> Int64? {
        switch value {
        case .integer(let number)?: number
        case .string(let text)?: Int64(text.description)
        default: nil
        }
    }
}
