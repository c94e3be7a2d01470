import Foundation
import Testing

/// What the documentation lets a reader type does what it shows.
@Suite(.enabled(if: RealKafka.isAvailable, "KAFKA_HOME is not set"))
struct DocsCommandsTests {
    @Test("The commands of a page run, and say what it shows", arguments: DocsTests.pages)
    func commands(path: String) async throws {
        let page = try DocsPage(path)
        let brokers = try await DocsWorld.brokers
        let shell = try DocsShell(source: brokers.source, target: brokers.target)
        if path.hasPrefix("examples/") { try shell.copyFiles(beside: path) }
        for block in page.blocks {
            try shell.write(block)
            guard ["sh", "console"].contains(block.language) else { continue }
            let outcomes = try await shell.run(block)
            #expect(outcomes.count == block.commands.count, "\(path):\(block.line)")
            for (command, outcome) in zip(block.commands, outcomes) {
                let said = outcome.output.joined(separator: "\n")
                if block.language == "sh" {
                    #expect(outcome.exitCode == 0, "\(path):\(block.line): \(command.text)\n\(said)")
                } else {
                    #expect(
                        DocsOutput.matches(outcome.output, shown: command.output),
                        "\(path):\(block.line): \(command.text)\n\(said)")
                }
            }
        }
        try Self.compareEvidence(of: page, in: shell.folder)
    }

    /// Each line of evidence that a page shows is one that its commands wrote.
    private static func compareEvidence(of page: DocsPage, in folder: TemporaryFolder) throws {
        let shown = page.blocks.filter { $0.language == "json" && $0.file == nil }
        guard !shown.isEmpty else { return }
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
        let written = try files.filter { $0.hasSuffix(".jsonl") }.flatMap { try folder.lines(of: $0) }
        for block in shown {
            let line = try EvidenceLines([block.lines.joined()]).lines[0]
            let likely = try written.filter { text in
                let candidate = try EvidenceLines([text]).lines[0]
                return candidate["type"] == line["type"] && candidate["gate"] == line["gate"]
            }
            let isThere = try EvidenceLines(likely).lines.contains { $0.isSameEvidence(as: line) }
            #expect(isThere, "\(page):\(block.line), but there are:\n\(likely.joined(separator: "\n"))")
        }
    }
}

extension JSON {
    /// The same, whatever differs from run to run.
    fileprivate func isSameEvidence(as other: JSON) -> Bool {
        guard case .object(let mine) = self, case .object(let others) = other else { return false }
        // `at` is the line of a gate, which moves with each change of it.
        let volatile: Set = ["at", "at_us", "prev", "run", "sampled", "seq", "t"]
        return Set(mine.keys) == Set(others.keys)
            && mine.allSatisfy { key, value in volatile.contains(key) || others[key] == value }
    }
}
