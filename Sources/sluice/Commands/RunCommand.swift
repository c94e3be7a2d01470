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
        let prepared = try await context.agent.prepare(try request(words))
        let progress = progress(of: prepared)
        let evidence = try RunEvidence.open(options.text(.evidence), outputIsTerminal: Terminal.output.isTerminal)
        let interruption = Interruption()
        interruptOnSignal(interruption, progress)
        return try report(await run(prepared, evidence.sink, progress, interruption), evidence)
    }

    private func request(_ words: [String]) throws(AgentError) -> RunRequest {
        do {
            return try RunOptions.request(.run, words: words, options: options, argv: context.argv)
        } catch {
            throw error.agentError
        }
    }

    // MARK: Steps of which other commands make use too

    /// What shows a run, once it has said what there is to warn of.
    func progress(of prepared: PreparedRun) -> ProgressPrinter {
        let progress = ProgressPrinter(
            ProgressPrinter.view(options, console: console, variable: context.environment.host.variable),
            console: console)
        for warning in prepared.warnings { progress.observe(.warning(warning)) }
        return progress
    }

    /// Lets the first signal end runs early; `onSignal` hears of it before, and says whether nothing is left to end.
    func interruptOnSignal(
        _ interruption: Interruption, _ progress: ProgressPrinter,
        onSignal: @escaping @Sendable () -> Bool = { false }
    ) {
        SignalWatch.start { code in
            guard !onSignal() else { return }
            // First what must happen: a terminal that is stopped would hold up the message.
            interruption.interrupt(code)
            progress.say(
                "\(code == .terminated ? "terminated" : "interrupted"): finishing the evidence; once more ends at once")
        }
    }

    func run(
        _ prepared: PreparedRun, _ sink: any EvidenceSink, _ progress: ProgressPrinter, _ interruption: Interruption
    ) async -> RunResult {
        let result = await withTaskGroup(of: Void.self) { group in
            group.addTask { await progress.keepTime() }
            let result = await context.agent.run(
                prepared, evidence: sink, observer: progress, interruption: interruption)
            group.cancelAll()
            return result
        }
        progress.end()
        return result
    }

    /// Says how a run ended.
    func report(_ result: RunResult, _ evidence: RunEvidence) throws(AgentError) -> ExitCode {
        if let failure = evidence.creationFailure { throw RunEvidence.cannotCreate(failure) }
        if let problem = result.evidenceProblem { throw AgentError(.evidenceLost, problem) }
        guard let summary = SummaryLine(result, evidence: console.clean(evidence.name)) else {
            // A verdict without the end of its evidence is none.
            guard [.pass, .fail, .inconclusive].contains(result.exitCode) else { return result.exitCode }
            throw AgentError(.evidenceLost, "the evidence has no end")
        }
        if evidence.isStandardOutput {
            if !options.flag(.quiet) { console.tell(summary.text + "\n") }
        } else {
            try console.print(harmless: summary.text)
        }
        return result.exitCode
    }
}
