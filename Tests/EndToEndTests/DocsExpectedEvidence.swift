import Foundation
import Testing

/// Evidence that an example is expected to write: each line has to be found in the file, with these fields at least.
struct DocsExpectedEvidence {
    private let lines: [JSON]

    /// Reads it from a path in the repository.
    init(_ path: String) throws {
        let text = try String(contentsOf: SluiceCommand.repository.appendingPathComponent(path), encoding: .utf8)
        lines = try EvidenceLines(text.split(separator: "\n").map(String.init)).lines
    }

    func compare(with path: String) throws {
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let written = try EvidenceLines(text.split(separator: "\n").map(String.init)).lines
        #expect(!lines.isEmpty)
        for line in lines {
            #expect(written.contains { line.isPart(of: $0) }, "\(line) is not in:\n\(text)")
        }
    }
}

extension JSON {
    /// Members may be missing in objects; all else is equal.
    fileprivate func isPart(of other: JSON) -> Bool {
        guard case .object(let mine) = self, case .object(let others) = other else { return self == other }
        return mine.allSatisfy { key, value in others[key].map(value.isPart) ?? false }
    }
}
