package import Evidence
import Gate
import HostSystem
import Value

/// Joins the evidence of the shards of one run into that of the run: `sluice merge`.
///
/// Files are read twice, in bounded memory: first for what they come to, then for the lines of their gates. A file that
/// is another one the second time keeps the run from a pass.
package struct ShardMerge: Sendable {
    /// Who asks for it, for the evidence.
    package struct Request: Sendable {
        package var files: [String]
        package var argv: [String]
        package var change: String?
        package var operatorName: String?

        package init(files: [String], argv: [String], change: String? = nil, operatorName: String? = nil) {
            self.files = files
            self.argv = argv
            self.change = change
            self.operatorName = operatorName
        }
    }

    private let request: Request
    private let environment: AgentEnvironment
    private let given: ShardSet

    /// What is wrong with the files, for people: any of it keeps the run from a pass.
    package var problems: [String] { given.problems }

    /// Reads the files; nothing is written yet.
    init(_ request: Request, _ environment: AgentEnvironment) throws(AgentError) {
        self.request = request
        self.environment = environment
        var evidence: [ShardEvidence] = []
        for path in request.files {
            do throws(EvidenceError) {
                evidence.append(try ShardEvidence.read(path: path))
            } catch {
                throw AgentError(reading: error)
            }
        }
        guard let given = ShardSet(evidence) else {
            let first = evidence.first.flatMap { ShardSet.problem(of: $0) }.map { ": \(evidence[0].path) \($0)" } ?? ""
            throw AgentError(.badInput, "none of the files is the evidence of a shard\(first)")
        }
        self.given = given
    }

    /// Writes the evidence of the run, and says how it ended.
    ///
    /// `changes`: Files that were not the same when they were read again, for people.
    package func write(to sink: any EvidenceSink) -> (result: RunResult, changes: [String]) {
        var random = SystemRandomNumberGenerator()
        let start = environment.clock.now()
        let id = RunID(unixMs: start.wallUs / 1000, using: &random)
        let writer = EvidenceWriter(sink: sink, run: id, clock: environment.clock, secrets: environment.secrets)
        var verdict = RunVerdict([], ofTheRun: .inconclusive)
        var code = ExitCode.evidenceLost
        var changes: [String] = []
        do throws(EvidenceError) {
            let shards = given.shards
            try begin(writer, shards)
            changes = try copy(shards, to: writer)
            let problems = given.problems + changes
            var gates: [JoinedGate] = []
            for gate in shards[0].gates { gates.append(try JoinedGate(gate.id, in: shards, problems: problems)) }
            for gate in gates { try writer.finishGate(gate.line) }
            verdict = Self.verdict(of: gates, in: shards, problems: problems)
            code = ExitCode(rawValue: verdict.exitCode) ?? .software
            let head = try writer.finish(
                RunFinished(
                    verdict: EvidenceVerdict(verdict.verdict), effective: EvidenceVerdict(verdict.effective),
                    exitCode: Int(code.rawValue), gates: .init(verdict.counts), reasons: Self.reasons(problems),
                    durationUs: environment.clock.now().monotonicUs - start.monotonicUs))
            let result = RunResult(exitCode: code, run: id.text, verdict: verdict, head: head, evidenceProblem: nil)
            return (result, changes)
        } catch {
            let result = RunResult(
                exitCode: .evidenceLost, run: id.text, verdict: verdict, head: nil, evidenceProblem: "\(error)")
            return (result, changes)
        }
    }

    // MARK: The verdict

    private static func verdict(
        of gates: [JoinedGate], in shards: [ShardEvidence], problems: [String]
    ) -> RunVerdict {
        let known = shards[0]
        let standings = gates.map { gate in
            let severity = known.gates.first { $0.id == gate.id }.flatMap { Severity(rawValue: $0.severity) }
            return GateStanding(
                id: gate.id, severity: severity ?? .blocker, isNamed: known.share?.decides.contains(gate.id) ?? true,
                result: gate.isSkipped ? .skipped : .verdict(gate.verdict))
        }
        // A shard that failed as a run may have failed before any gate: on a cluster that was not the pinned one.
        let hasFailed = shards.contains { $0.verification.verdict == EvidenceVerdict.fail.rawValue }
        return RunVerdict(standings, ofTheRun: hasFailed ? .fail : problems.isEmpty ? .pass : .inconclusive)
    }

    private static func reasons(_ problems: [String]) -> [GateFinished.Reason] {
        let most = 100
        let rest = problems.count > most ? ["and \(problems.count - most) more reasons"] : []
        return (problems.prefix(most) + rest).map { GateFinished.Reason(Reason(.shard, $0)) }
    }

    // MARK: Lines

    private func begin(_ writer: EvidenceWriter, _ shards: [ShardEvidence]) throws(EvidenceError) {
        try writer.start(started(shards[0]))
        for file in given.files { try writer.append(ShardLine(file.evidence, problem: file.problem)) }
        for role in ["source", "target"] {
            // One that reached the cluster tells more of it.
            let reached = shards.first { $0.clusterID(of: role) != nil }?.clusters[role]
            guard let fields = reached ?? shards.lazy.compactMap({ $0.clusters[role] }).first else { continue }
            try writer.append(CopiedLine("cluster", fields: fields))
        }
        for gate in shards[0].gates {
            guard let fields = shards.lazy.compactMap({ $0.starts[gate.id] }).first else { continue }
            try writer.append(CopiedLine("gate_started", gate: gate.id, fields: fields))
        }
    }

    private func started(_ shard: ShardEvidence) -> RunStarted {
        RunStarted(
            tool: RunStarted.Tool(
                name: "sluice", version: environment.version, commit: environment.commit, lua: Agent.luaVersion,
                os: Agent.operatingSystem, arch: Agent.architecture),
            mode: shard.verification.mode.flatMap { EvidenceMode(rawValue: $0) } ?? .embedded, argv: request.argv,
            host: environment.host.hostName(),
            operatorName: request.operatorName ?? environment.host.variable("USER"),
            change: request.change ?? shard.change, plan: shard.plan, gates: shard.gates, freeze: shard.freeze,
            prior: shard.prior,
            merged: RunStarted.Merged(shards: shard.count ?? 0, work: shard.share?.work ?? ""))
    }

    /// Copies what the gates of each shard observed, and returns what is wrong with files that have changed since.
    private func copy(_ shards: [ShardEvidence], to writer: EvidenceWriter) throws(EvidenceError) -> [String] {
        var problems: [String] = []
        var copied: Set<String> = []
        for shard in shards {
            // The same run given twice.
            guard copied.insert(shard.verification.head ?? "").inserted else { continue }
            let index = shard.index ?? 0
            var lines: EvidenceLines
            do throws(EvidenceError) {
                lines = try EvidenceLines(path: shard.path)
            } catch {
                problems.append("\(error)")
                continue
            }
            var failure: EvidenceError?
            let found = try? EvidenceVerifier.verify(&lines, head: shard.verification.head) {
                record throws(EvidenceError) in
                guard failure == nil, let line = CopiedLine(record, shard: index) else { return }
                do throws(EvidenceError) { try writer.append(line) } catch { failure = error }
            }
            if let failure { throw failure }
            if found?.isOK != true {
                problems.append("\(shard.path): is not the same when it is read again; give files, no pipes")
            }
        }
        return problems
    }
}

extension Agent {
    /// Reads what is to be merged.
    package func merge(_ request: ShardMerge.Request) throws(AgentError) -> ShardMerge {
        try ShardMerge(request, environment)
    }
}

extension JoinedGate {
    fileprivate var line: GateFinished {
        GateFinished(
            gate: id, verdict: EvidenceVerdict(verdict), reasons: reasons, checks: checks, subjects: subjects,
            isTruncated: isTruncated, attempts: attempts, durationUs: durationUs, usage: usage)
    }
}
