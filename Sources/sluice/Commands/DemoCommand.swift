import Agent
import EmbeddedKafka
import Evidence
import Guarding
import HostSystem

/// `sluice demo`: a migration inside this process, judged by the gates as any other.
struct DemoCommand {
    let context: CommandContext
    let options: ParsedOptions

    func perform() async throws(AgentError) -> ExitCode {
        let fault = options.text(.breaking).flatMap { DemoFault(rawValue: $0) }
        return try await DemoClusters.served(fault, clock: context.environment.clock) { clusters in
            await judged(clusters, fault)
        }.get()
    }

    /// Runs the gates, and keeps the clusters up if that was asked for.
    private func judged(_ clusters: DemoClusters, _ fault: DemoFault?) async -> Result<ExitCode, AgentError> {
        let stop = StopSignal()
        let story = DemoStory(context: context, options: options, fault: fault, stop: stop)
        var clusters = clusters
        do throws(AgentError) {
            let (code, freeze) = try await story.perform(&clusters)
            stop.runIsOver()
            guard options.flag(.keep), [.pass, .fail, .inconclusive].contains(code) else { return .success(code) }
            let kept = clusters
            let result: Result<Void, AgentError> = await withTaskGroup(of: Void.self) { group in
                group.addTask { await replicate(kept) }
                defer { group.cancelAll() }
                do throws(AgentError) {
                    try await keep(kept, freeze, until: stop)
                    return .success(())
                } catch {
                    return .failure(error)
                }
            }
            return result.map { code }
        } catch {
            return .failure(error)
        }
    }

    // MARK: --keep

    private func keep(_ clusters: DemoClusters, _ freeze: String?, until stop: StopSignal) async throws(AgentError) {
        let parent = context.environment.host.variable("TMPDIR").flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
        let folder = try ScratchFolder(prefix: "sluice-demo-", in: parent)
        var files = DemoFiles(clusters, in: folder.path)
        if let freeze { files.add(freeze: freeze) }
        defer { folder.remove(files.texts.keys) }
        for (path, text) in files.texts {
            do throws(EvidenceError) {
                try EvidenceFile.create(at: path).write(Array(text.utf8))
            } catch {
                throw AgentError(.cannotCreate, "\(error)")
            }
        }
        let (source, target) = (clusters.source.bootstrap(), clusters.target.bootstrap())
        context.console.tell(
            """
            The clusters stay up until Ctrl-C, and what is written to the source is copied to the target.
              source \(source)
              target \(target)
            For instance, from another terminal:
              kcat -b \(source.prefix { $0 != "," }) -C -t orders -e
              sluice run --plan \(files.plan) \(files.freeze.map { "--freeze \($0) " } ?? "")--allow plaintext_password

            """)
        await stop.wait()
    }

    /// The replicator goes on for as long as the clusters are up, or until it comes upon what it cannot copy.
    private func replicate(_ clusters: DemoClusters) async {
        var clusters = clusters
        do {
            while true {
                try await Task.sleep(for: .seconds(1))
                try clusters.replicate()
            }
        } catch {
            if !(error is CancellationError) { context.console.say("the replicator has stopped: \(error)") }
        }
    }
}

/// The end of ``--keep``: the first signal that comes once the run is over.
final class StopSignal: Sendable {
    private let stream = AsyncStream.makeStream(of: Void.self)
    private let isOver = Guarded(false)

    func runIsOver() { isOver.withLock { $0 = true } }

    /// Whether the run was over, so that there is nothing else to end.
    func send() -> Bool {
        stream.continuation.finish()
        return isOver.withLock { $0 }
    }

    func wait() async {
        for await _ in stream.stream {}
    }
}
