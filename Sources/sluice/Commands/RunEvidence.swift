import Agent
import Evidence

/// Where the evidence of a run goes.
struct RunEvidence: Sendable {
    private enum Place {
        case standardOutput
        case file(String)
        /// `sluice-RUN.jsonl` here.
        case newFile(NewEvidenceFile)
    }

    private let place: Place
    let sink: any EvidenceSink

    /// Opens what `--evidence` names, if it names anything; a file is created at once.
    static func open(_ option: String?, outputIsTerminal: Bool) throws(AgentError) -> RunEvidence {
        switch option {
        case "-": return RunEvidence(place: .standardOutput, sink: EvidenceFile.standardOutput())
        case nil where !outputIsTerminal:
            return RunEvidence(place: .standardOutput, sink: EvidenceFile.standardOutput())
        case nil:
            EvidenceFile.ignoreBrokenPipes()
            let file = NewEvidenceFile()
            return RunEvidence(place: .newFile(file), sink: file)
        case let path?:
            EvidenceFile.ignoreBrokenPipes()
            do {
                return RunEvidence(place: .file(path), sink: try EvidenceFile.create(at: path))
            } catch {
                throw cannotCreate(error)
            }
        }
    }

    static func cannotCreate(_ error: EvidenceError) -> AgentError {
        let hint = error.reason == .exists ? "; name another file with --evidence" : ""
        return AgentError(.cannotCreate, "\(error)\(hint)")
    }

    var isStandardOutput: Bool {
        if case .standardOutput = place { return true }
        return false
    }

    /// As the summary calls it.
    var name: String {
        switch place {
        case .standardOutput: "-"
        case .file(let path): path
        case .newFile(let file): file.path ?? "-"
        }
    }

    /// Why the file that was to be created with the first line could not be.
    var creationFailure: EvidenceError? {
        if case .newFile(let file) = place { return file.failure }
        return nil
    }
}
