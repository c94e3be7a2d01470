package import Evidence
package import HostSystem

/// What a run was given of earlier ones.
package struct EarlierEvidence: Sendable {
    /// Larger files are refused.
    static let fileBytes = 256 << 20

    /// `--prior`, in the order given.
    package let prior: [EarlierRun]
    /// `--freeze`.
    package let freeze: FreezeVector?

    package static let none = EarlierEvidence(prior: [], freeze: nil)

    private init(prior: [EarlierRun], freeze: FreezeVector?) {
        self.prior = prior
        self.freeze = freeze
    }

    /// Reads the files, each of which has to verify.
    package init(prior paths: [String], freeze: String?, host: HostSystem) throws(AgentError) {
        var prior: [EarlierRun] = []
        for path in paths {
            let run = try Self.verified(path, host: host)
            if let gate = run.gates.first(where: \.isTruncated) {
                throw AgentError(.badInput, "\(path): not whole: lines of its gate \(gate.id) were left out")
            }
            guard run.hasAllNotes else {
                throw AgentError(.badInput, "\(path): its notes are larger than \(EarlierRun.noteBytes >> 20) MiB")
            }
            prior.append(run)
        }
        self.prior = prior
        if let freeze {
            self.freeze = try FreezeVector(Self.verified(freeze, host: host), hostName: host.hostName())
        } else {
            self.freeze = nil
        }
    }

    /// The sides of which the earlier runs know.
    var sides: Set<String> {
        Set(prior.flatMap { run in ["source", "target"].filter { run.clusterID(of: $0) != nil } })
    }

    private static func verified(_ path: String, host: HostSystem) throws(AgentError) -> EarlierRun {
        let run = try read(path, host: host)
        let found = run.verification
        if found.isOK {
            guard let shard = run.shard else { return run }
            throw AgentError(
                .badInput, "\(path): is shard \(shard) of a run; give what sluice merge makes of all its shards")
        }
        let detail = found.detail.isEmpty ? "" : ": \(found.detail)"
        throw AgentError(.badInput, "\(path): the evidence does not verify: \(found.outcome)\(detail)")
    }

    /// What the file says, whether it verifies or not.
    package static func read(_ path: String, host: HostSystem) throws(AgentError) -> EarlierRun {
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try host.read(path, fileBytes)
        } catch {
            throw AgentError(error.exitCode, "\(error)")
        }
        do throws(EvidenceError) {
            var lines = EvidenceLines(bytes)
            return try EarlierRun.read(path: path, &lines)
        } catch {
            throw AgentError(.software, "\(error)")
        }
    }
}
