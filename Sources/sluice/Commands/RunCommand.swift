import Agent
import Evidence
import HostSystem
import Secrets

/// `sluice run`: prepares without contact, opens the evidence, then lets the agent run and says how it ended.
struct RunCommand {
    let context: CommandContext
    let options: ParsedOptions

    private var console: Console { context.console }

    func perform(_ words: [String]) async throws(AgentError) -> ExitCode {
        try await perform(try request(words))
    }

    /// Runs what was asked for in whichever way.
    ///
    /// `onStart` is called once nothing can be refused any more. `onSignal` hears of the first signal and says whether
    /// the run is over, so that there is nothing left to interrupt.
    func perform(
        _ request: RunRequest, onStart: () -> Void = {}, onSignal: @escaping @Sendable () -> Bool = { false }
    ) async throws(AgentError) -> ExitCode {
        let prepared = try await context.agent.prepare(request)
        let progress = ProgressPrinter(
            ProgressPrinter.view(options, console: console, variable: context.environment.host.variable),
            console: console)
        for warning in prepared.warnings { progress.observe(.warning(warning)) }
        let evidence = try RunEvidence.open(
            options.text(.evidence), outputIsTerminal: Terminal.output.isTerminal)
        onStart()
        let interruption = Interruption()
        SignalWatch.start { code in
            guard !onSignal() else { return }
            // First what must happen: a terminal that is stopped would hold up the message.
            interruption.interrupt(code)
            progress.say(
                "\(code == .terminated ? "terminated" : "interrupted"): finishing the evidence; once more ends at once")
        }
        let result = await run(prepared, evidence, progress, interruption)
        progress.end()
        return try report(result, evidence)
    }

    private func request(_ words: [String]) throws(AgentError) -> RunRequest {
        do {
            return try RunOptions.request(.run, words: words, options: options, argv: context.argv)
        } catch {
            throw error.agentError
        }
    }

    private func run(
        _ prepared: PreparedRun, _ evidence: RunEvidence, _ progress: ProgressPrinter, _ interruption: Interruption
    ) async -> RunResult {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await progress.keepTime() }
            let result = await context.agent.run(
                prepared, evidence: evidence.sink, observer: progress, interruption: interruption)
            group.cancelAll()
            return result
        }
    }

    private func report(_ result: RunResult, _ evidence: RunEvidence) throws(AgentError) -> ExitCode {
        if let failure = evidence.creationFailure { throw RunEvidence.cannotCreate(failure) }
        if let problem = result.evidenceProblem { throw AgentError(.evidenceLost, problem) }
        guard let summary = SummaryLine(result, evidence: evidence.name) else {
            // A verdict without the end of its evidence is none.
            guard [.pass, .fail, .inconclusive].contains(result.exitCode) else { return result.exitCode }
            throw AgentError(.evidenceLost, "the evidence has no end")
        }
        if evidence.isStandardOutput {
            if !options.flag(.quiet) { console.tell(console.secrets.redact(summary.text) + "\n") }
        } else {
            try console.print([summary.text])
        }
        return result.exitCode
    }
}
