import Foundation

/// The evidence of a run, line by line.
struct EvidenceLines: Sendable {
    let lines: [JSON]

    init(_ lines: some Sequence<String>) throws {
        let decoder = JSONDecoder()
        self.lines = try lines.map { try decoder.decode(JSON.self, from: Data($0.utf8)) }
    }

    /// The lines of one type, and, where named, of one gate.
    func of(_ type: String, gate: String? = nil) -> [JSON] {
        lines.filter { $0["type"].string == type && (gate == nil || $0["gate"].string == gate) }
    }

    /// A gate's verdict, the last where it was evaluated again.
    func verdict(of gate: String) -> String? {
        of("gate_finished", gate: gate).last?["verdict"].string
    }

    /// The codes of the reasons for a gate's verdict.
    func reasons(of gate: String) -> [String] {
        of("gate_finished", gate: gate).last?["reasons"].items.compactMap { $0["code"].string } ?? []
    }

    /// What a gate's checks of one name measured, by topic and partition where lines that differ only there share one.
    func measured(_ check: String, gate: String) -> [Measured] {
        of("check", gate: gate).filter { $0["check"].string == check }.flatMap { line -> [Measured] in
            guard let ranges = line["partitions"].string else {
                return [Measured(subject: line["subject"], actual: line["actual"], ok: line["ok"] == true)]
            }
            return Self.partitions(ranges).enumerated().map { index, partition in
                var subject: [String: JSON] = if case .object(let members) = line["subject"] { members } else { [:] }
                subject["partition"] = .integer(partition)
                return Measured(subject: .object(subject), actual: line["actual"][index], ok: line["ok"] == true)
            }
        }
    }

    /// One subject's measured value.
    struct Measured: Equatable, Sendable {
        var subject: JSON
        var actual: JSON
        var ok: Bool
    }

    /// `"0-2,9"` as 0, 1, 2, 9.
    private static func partitions(_ ranges: String) -> [Int64] {
        ranges.split(separator: ",").flatMap { range -> [Int64] in
            let ends = range.split(separator: "-").compactMap { Int64($0) }
            guard let first = ends.first, let last = ends.last, first <= last else { return [] }
            return Array(first...last)
        }
    }
}
