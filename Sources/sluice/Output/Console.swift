import Agent
import Evidence
import Secrets
import Value

/// Standard output and standard error of a command; what others wrote goes through here without registered secrets.
struct Console: Sendable {
    let secrets: SecretRegistry
    private let out: any EvidenceSink
    private let errors: any EvidenceSink

    init(secrets: SecretRegistry, out: any EvidenceSink, errors: any EvidenceSink) {
        self.secrets = secrets
        self.out = out
        self.errors = errors
    }

    /// Text of others, fit to be shown: one line, without secrets.
    func clean(_ text: String) -> String { TerminalText.escaped(secrets.redact(text)) }

    // MARK: Standard output

    /// Writes lines, each made harmless.
    func print(_ lines: [String]) throws(AgentError) {
        try write(lines.map { clean($0) + "\n" }.joined())
    }

    /// Writes a line that is harmless already.
    func print(harmless line: String) throws(AgentError) { try write(line + "\n") }

    /// Writes a text of our own as it is.
    func print(text: String) throws(AgentError) {
        try write(secrets.redact(text.utf8.last == 0x0A ? text : text + "\n"))
    }

    /// Writes values, one a line.
    func print(json values: [Value]) throws(AgentError) {
        var lines: [UInt8] = []
        for value in values {
            do {
                lines += secrets.redactJSON(try JSONWriter.write(value)) + [0x0A]
            } catch {
                throw AgentError(.badInput, "this cannot be written as JSON: \(error)")
            }
        }
        try write(lines)
    }

    private func write(_ text: String) throws(AgentError) { try write(Array(text.utf8)) }

    private func write(_ bytes: [UInt8]) throws(AgentError) {
        do {
            try out.write(bytes)
        } catch {
            throw AgentError(.evidenceLost, error.ofOtherOutput)
        }
    }

    // MARK: Standard error

    func say(_ message: String) { tell("sluice: " + clean(message) + "\n") }

    /// Writes what is harmless already.
    func tell(_ text: String) {
        do {
            try errors.write(Array(text.utf8))
        } catch {
            // Nobody listens; the exit code still speaks.
        }
    }
}
