import Agent
import Evidence
import Value

/// `sluice require`: judges the evidence of a run by conditions, one line each, so that a runbook can stop here.
struct RequireCommand {
    let context: CommandContext
    let options: ParsedOptions

    func perform(_ path: String) throws(AgentError) -> ExitCode {
        let requirements = try requirements()
        let run = try EarlierEvidence.read(path, host: context.environment.host)
        let verified = Requirement.Finding(
            condition: "evidence", required: "OK",
            found: "\(run.verification.outcome)"
                + (run.verification.detail.isEmpty ? "" : " (\(run.verification.detail))"),
            isMet: run.verification.isOK)
        var findings = [verified]
        let now = context.environment.clock.now().wallUs
        // Said only where it is not met: a share is what nobody who asks for a run has in mind.
        if run.shard != nil { findings.append(Requirement.whole.judge(run, nowUs: now)) }
        findings += requirements.map { $0.judge(run, nowUs: now) }
        if !verified.isMet {
            // Nothing in evidence that does not verify can be believed.
            findings = [verified] + findings.dropFirst().map { $0.unbelieved }
        }
        let unmet = findings.count { !$0.isMet }
        let summary = """
            sluice \(unmet == 0 ? "MET" : "UNMET") run=\(ValueText.of(ByteString(run.verification.run ?? ""))) \
            met=\(findings.count - unmet) unmet=\(unmet) evidence=\(ValueText.of(ByteString(path)))
            """
        try context.console.print(findings.map(Self.line) + [summary])
        return unmet == 0 ? .pass : .fail
    }

    /// Stable: `met max-age required=10m found=3m`.
    private static func line(_ finding: Requirement.Finding) -> String {
        """
        \(finding.isMet ? "met  " : "unmet") \(finding.condition) required=\(ValueText.of(ByteString(finding.required))) \
        found=\(ValueText.of(ByteString(finding.found)))
        """
    }

    private func requirements() throws(AgentError) -> [Requirement] {
        var all: [Requirement] = [
            .mode(options.text(.mode) ?? "live"), .verdict(options.text(.verdict) ?? "pass"), .waived(atMost: 0),
        ]
        for text in options.texts(.gate) { all.append(try gate(text)) }
        if let age = options.duration(.maxAge) { all.append(.age(atMost: age)) }
        if let digest = options.text(.planDigest).flatMap({ ValueForm.digest($0) }) { all.append(.plan(digest)) }
        if let id = options.text(.sourceID) { all.append(.clusterID(role: "source", id)) }
        if let id = options.text(.targetID) { all.append(.clusterID(role: "target", id)) }
        if let freeze = options.text(.freeze) { all.append(.freeze(try freezeID(freeze))) }
        return all
    }

    /// `NAME=VERDICT`.
    private func gate(_ text: String) throws(AgentError) -> Requirement {
        let parts = text.utf8.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
        let verdict = parts.count == 2 ? String(decoding: parts[1], as: UTF8.self) : ""
        guard OptionTable.verdicts.contains(verdict) else {
            let words = OptionTable.verdicts.joined(separator: ", ")
            throw UsageError("--gate \"\(text)\": the verdict is not one of \(words)", of: .require).agentError
        }
        return .gate(String(decoding: parts[0], as: UTF8.self), verdict: verdict)
    }

    /// The id itself, or that of the vector in a file.
    private func freezeID(_ text: String) throws(AgentError) -> String {
        if let id = ValueForm.digest(text) { return id }
        return try EarlierEvidence(prior: [], freeze: text, host: context.environment.host).freeze?.id ?? ""
    }
}
