import Foundation

/// A page of the documentation as its tests see it: blocks of code, spans of code, tables.
struct DocsPage: Sendable, CustomStringConvertible {
    /// A fenced block: ```` ```lua plan.lua ```` has the language `lua` and the file `plan.lua`.
    struct Block: Sendable {
        let language: String
        let file: String?
        let line: Int
        let lines: [String]

        var text: String { lines.map { $0 + "\n" }.joined() }
    }

    let path: String
    let blocks: [Block]
    /// The text between backticks outside of blocks.
    let spans: [String]
    /// The targets of links within the repository.
    let links: [String]
    /// Each table as its rows, the header first.
    let tables: [[[String]]]

    var description: String { path }

    /// Reads a page by its path in the repository.
    init(_ path: String) throws {
        self.path = path
        let text = try String(contentsOf: SluiceCommand.repository.appendingPathComponent(path), encoding: .utf8)
        var blocks: [Block] = []
        var prose: [String] = []
        var open: (info: [Substring], line: Int, lines: [String])?
        for (index, line) in text.components(separatedBy: "\n").enumerated() {
            if line.hasPrefix("```") {
                if let block = open {
                    let file = block.info.count > 1 ? String(block.info[1]) : nil
                    let language = block.info.first.map { String($0) } ?? ""
                    blocks.append(Block(language: language, file: file, line: block.line, lines: block.lines))
                    open = nil
                    prose.append("")
                } else {
                    open = (line.dropFirst(3).split(separator: " "), index + 1, [])
                }
            } else if open != nil {
                open?.lines.append(line)
            } else {
                prose.append(line)
            }
        }
        self.blocks = blocks
        let whole = prose.joined(separator: "\n")
        spans = whole.matches(of: /`([^`]+)`/).map { $0.1.split(separator: "\n").joined(separator: " ") }
        links = whole.matches(of: /\]\(([^)#]+)\)/).map { String($0.1) }.filter { !$0.contains("://") }
        tables = Self.tables(prose)
    }

    private static func tables(_ lines: [String]) -> [[[String]]] {
        let isRow = { (line: String) in line.hasPrefix("|") }
        return lines.split { !isRow($0) }.filter { $0.count > 2 }.map { rows in
            let cells = rows.map { row in
                row.dropFirst().dropLast().split(separator: "|", omittingEmptySubsequences: false)
                    .map { $0.trimmingCharacters(in: .whitespaces) }
            }
            return [cells[cells.startIndex]] + cells.dropFirst(2)
        }
    }

    /// The rows of every table with that heading on the left, as cells by heading.
    func rows(under heading: String) -> [[String: String]] {
        tables.filter { $0.first?.first == heading }.flatMap { table in
            table.dropFirst().map { row in Dictionary(zip(table[0], row)) { first, _ in first } }
        }
    }

    /// All that is shown as something to type: spans, and the commands of shell blocks.
    var typed: [String] {
        spans + blocks.filter { ["sh", "console"].contains($0.language) }.flatMap(\.commands).map(\.text)
    }
}

extension DocsPage.Block {
    /// A command and what is shown of its output.
    struct Command: Sendable {
        var text: String
        var output: [String] = []
    }

    /// The lines of an `sh` block, those after a `$ ` of a `console` block with what follows as their output.
    var commands: [Command] {
        var commands: [Command] = []
        var continues = false
        for line in lines {
            if continues {
                commands[commands.count - 1].text += "\n" + line
            } else if language == "sh" {
                commands.append(Command(text: line))
            } else if line.hasPrefix("$ ") {
                commands.append(Command(text: String(line.dropFirst(2))))
            } else if !commands.isEmpty {
                commands[commands.count - 1].output.append(line)
                continue
            }
            continues = commands.last?.text.hasSuffix("\\") ?? false
        }
        return commands
    }
}
