import Agent
import Evidence
import Value

/// `sluice verify`: one line a file, and whether all are whole and unaltered.
struct VerifyCommand {
    let context: CommandContext

    func perform(_ paths: [String], head: String?) throws(AgentError) -> ExitCode {
        if head != nil, paths.count > 1 {
            throw UsageError("--head is that of one file, but \(paths.count) are given", of: .verify).agentError
        }
        var (isOK, unread): (Bool, AgentError?) = (true, nil)
        for path in paths {
            let found: Verification
            do throws(EvidenceError) {
                found = try EvidenceVerifier.verify(path: path, head: head.flatMap { ValueForm.digest($0) })
            } catch {
                let failure = AgentError(reading: error)
                context.console.say(failure.message)
                unread = unread ?? failure
                continue
            }
            try context.console.print([Self.line(found, of: path)])
            isOK = isOK && found.isOK
        }
        // That a file was altered says more than that another is missing.
        if !isOK { return .fail }
        return unread?.exitCode ?? .pass
    }

    /// Stable: `OK-UNSIGNED run.jsonl run=… lines=… verdict=… head=sha256:…`.
    static func line(_ found: Verification, of path: String) -> String {
        var parts = ["\(found.outcome)", ValueText.of(ByteString(path))]
        if let run = found.run { parts.append("run=\(ValueText.of(ByteString(run)))") }
        parts.append("lines=\(found.lines)")
        // A pass that was only waived is told apart.
        if let verdict = found.verdict { parts.append("verdict=\(ValueText.of(ByteString(verdict)))") }
        if let effective = found.effective, effective != found.verdict {
            parts.append("effective=\(ValueText.of(ByteString(effective)))")
        }
        if let head = found.head { parts.append("head=sha256:\(head)") }
        if !found.detail.isEmpty { parts.append("detail=\(ValueText.of(ByteString(found.detail)))") }
        return parts.joined(separator: " ")
    }
}
