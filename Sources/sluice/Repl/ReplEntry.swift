import Agent

/// The lines of an entry that is being given to a prompt.
struct ReplEntry {
    /// What is longer is no entry: all of it is parsed with each line, as any may be its last.
    private static let mostLines = 1_000
    private static let mostBytes = 64 << 10
    private static let mostBytesOfOneLine = 256 << 10

    private(set) var text = ""
    private var lines = 0

    var isEmpty: Bool { lines == 0 }

    /// Takes one more line; what there is now.
    mutating func add(_ line: String) -> PromptEntry {
        text += line + "\n"
        lines += 1
        guard lines <= Self.mostLines else { return .wrong("an entry is longer than \(Self.mostLines) lines") }
        let most = lines == 1 ? Self.mostBytesOfOneLine : Self.mostBytes
        guard text.utf8.count <= most else {
            return .wrong("an entry of \(lines == 1 ? "one line" : "several lines") is longer than \(most) bytes")
        }
        return PromptEntry(text)
    }

    mutating func clear() { self = ReplEntry() }
}
