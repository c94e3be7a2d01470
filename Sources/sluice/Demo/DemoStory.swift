import Agent
import Evidence

/// What the demo tells: the source is frozen, which one run captures, the replicator copies the rest, and a second run
/// asks every other gate, of the state that the first has captured.
///
/// The second is the demo's run as far as exit code, summary and `--evidence` go; the first is an argument of it.
struct DemoStory {
    private static let capture = "freeze_capture"

    let context: CommandContext
    let options: ParsedOptions
    let fault: DemoFault?
    let stop: StopSignal

    /// How it ended, and the evidence of the freeze, if the source could be frozen.
    func perform(_ clusters: inout DemoClusters) async throws(AgentError) -> (ExitCode, freeze: String?) {
        // In no folder: what these runs read they have in memory.
        var files = DemoFiles(clusters, in: "sluice-demo")
        let first = run(files)
        let capture = try await first.context.agent.prepare(request([Self.capture], files))
        // So that nothing is left to be refused or warned of after the freeze.
        let rehearsal = try await first.context.agent.prepare(request(["not \(Self.capture)"], files))
        let progress = first.progress(of: rehearsal)
        let (evidence, freeze) = try open()
        let interruption = Interruption()
        first.interruptOnSignal(interruption, progress) { [stop] in stop.send() }
        introduce(clusters)

        try change(&clusters) { try $0.stopClients() }
        tell("The freeze: producers and consumers have stopped. Where each partition ends, and each group stands:\n")
        let captured = await first.run(capture, freeze, progress, interruption)
        if let problem = captured.evidenceProblem { throw AgentError(.evidenceLost, problem) }
        // Without a vector the gates are asked all the same, and some of them can only say that they do not know.
        if captured.exitCode == .pass { files.add(freeze: freeze.text, at: freeze.path) }

        let before = clusters.copiedRecords
        try change(&clusters) { try $0.drain() }
        tell(
            """

            The replicator has copied the last \(clusters.copiedRecords - before) records. May the clients go to the \
            target? All other gates but tls_valid, given the freeze:

            """)
        let second = run(files)
        let judged = try await second.context.agent.prepare(request(["not \(Self.capture)"], files))
        let result = await second.run(judged, evidence.sink, progress, interruption)
        return (try second.report(result, evidence), files.freeze.map { _ in freeze.text })
    }

    private func run(_ files: DemoFiles) -> RunCommand {
        var environment = context.environment
        environment.host = files.added(to: environment.host)
        return RunCommand(
            context: CommandContext(environment: environment, console: context.console, argv: context.argv),
            options: options)
    }

    private func request(_ words: [String], _ files: DemoFiles) -> RunRequest {
        var request = RunRequest()
        request.argv = context.argv
        request.words = words
        request.planFile = files.plan
        request.freezeFile = files.freeze
        request.isEmbedded = true
        request.detail = options.flag(.detail)
        // It never leaves this machine.
        request.allowsPlaintextPassword = true
        return request
    }

    /// Both files, or none of them.
    private func open() throws(AgentError) -> (RunEvidence, FreezeEvidence) {
        let evidence = try RunEvidence.open(options.text(.evidence), outputIsTerminal: Terminal.output.isTerminal)
        let path = options.text(.evidence).flatMap { $0 == "-" ? nil : $0 }
        do {
            return (evidence, try FreezeEvidence(beside: path))
        } catch {
            if let path { NewFile.remove(path) }
            throw RunEvidence.cannotCreate(error)
        }
    }

    private func change(
        _ clusters: inout DemoClusters, _ body: (inout DemoClusters) throws -> Void
    ) throws(AgentError) {
        do {
            try body(&clusters)
        } catch {
            throw AgentError(.software, "the clusters of the demo cannot go on: \(error)")
        }
    }

    // MARK: Words

    private func introduce(_ clusters: DemoClusters) {
        tell(
            """
            In this process: a source as Kafka 3.9, a target as 4.3, and a replicator as MirrorMaker 2 that has copied
            \(clusters.copiedRecords) records of \(DemoTopics.names.joined(separator: ", ")).

            """)
        if let fault { tell("Broken on purpose: \(fault.story). \(fault.gate) has to find it.\n") }
        tell("\n")
    }

    private func tell(_ text: String) {
        if !options.flag(.quiet) { context.console.tell(text) }
    }
}
