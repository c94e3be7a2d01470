import Agent

/// A prompt that is fed by a pipe or a file: entry after entry, up to the first error.
struct ReplScript {
    let console: Console
    let patience: Duration

    /// A line that is longer is none.
    private static let longest = 256 << 10

    func run(_ prompt: Prompt) async -> ExitCode {
        var rest: [UInt8] = []
        var entry = ReplEntry()
        for await piece in InputThread.start() {
            switch piece {
            case .bytes(let bytes): rest += bytes
            case .failed(let error):
                console.say(error.message)
                return error.exitCode
            }
            while let end = rest.firstIndex(of: 0x0A) {
                let line = Array(rest[..<end])
                rest.removeSubrange(...end)
                if let code = await take(line, &entry, prompt) { return code }
            }
            guard rest.count <= Self.longest else { return failed("a line is longer than \(Self.longest) bytes") }
        }
        if let code = await take(rest, &entry, prompt) { return code }
        return entry.isEmpty ? .pass : failed("the input ends within an entry")
    }

    private func failed(_ message: String) -> ExitCode {
        console.say(message)
        return .fail
    }

    /// Nil: go on.
    private func take(_ line: [UInt8], _ entry: inout ReplEntry, _ prompt: Prompt) async -> ExitCode? {
        guard let line = String(validating: line, as: UTF8.self) else { return failed("a line is not UTF-8") }
        if entry.isEmpty, line.hasPrefix(":") {
            switch ReplOutput.command(line) {
            case nil: return .pass
            case .success(let lines)?: return ReplOutput.show(lines, console)
            case .failure(let error)?: return failed(error.message)
            }
        }
        if entry.isEmpty, line.allSatisfy(\.isWhitespace) { return nil }
        switch entry.add(line) {
        case .unfinished: return nil
        case .wrong(let message): return failed(message)
        case .whole(let source):
            entry.clear()
            prompt.begin(patience: patience)
            return ReplOutput.show(await prompt.enter(source), console)
        }
    }
}
