import Evidence
import Gate
import Guarding
import KafkaClient
import KafkaFacts
import LuaKit
import Transport
import Value

/// A prompt on clusters: entries of Lua, one after another, in one sandbox, with the primitives of gates.
///
/// It only reads, as a gate without effects does.
package final class Prompt: Sendable {
    private let session: GateSession
    private let worker: PromptWorker
    private let connections: ClusterConnections
    private let sides: [ClusterSide]

    private init(_ session: GateSession, _ connections: ClusterConnections, _ sides: [ClusterSide]) {
        self.session = session
        self.connections = connections
        self.sides = sides
        worker = PromptWorker(session: session)
    }

    /// Opens a prompt for the time of `body`.
    static func with<R: Sendable>(
        _ run: PreparedRun, _ environment: AgentEnvironment, _ body: @escaping @Sendable (Prompt) async -> R
    ) async -> Result<R, AgentError> {
        let reactor: Reactor
        let step: PreparedRun.Step
        do {
            reactor = try Reactor()
            step = try self.step(run)
        } catch {
            return .failure(AgentError(.software, "\(error)"))
        }
        defer { reactor.stop() }
        let value = await TaskNursery.with { nursery in
            let connections = ClusterConnections(
                run, reactor: reactor, nursery: nursery, ledger: RequestLedger(), environment: environment)
            defer { connections.closeAll() }
            let session = GateSession(
                step: step, connections: connections, mapping: run.mapping, declared: .map([:]),
                earlier: .none, deadline: .after(longest), log: .nowhere, clock: RunClock(environment.clock),
                time: environment.time, secrets: environment.secrets)
            let prompt = Prompt(session, connections, run.clusters.keys.sorted { $0.rawValue < $1.rawValue })
            return await withTaskGroup(of: Void.self) { group in
                group.addTask { await prompt.serveThread() }
                let value = await body(prompt)
                prompt.session.interrupt()
                prompt.worker.close()
                return value
            }
        }
        return .success(value)
    }

    /// Nobody sits at a prompt for longer.
    private static let longest = Duration.seconds(30 * 86_400)

    /// The step of a gate that asks every cluster that is given.
    private static func step(_ run: PreparedRun) throws(GateError) -> PreparedRun.Step {
        let value: Value = ["name": "prompt", "summary": "A prompt", "phase": "preflight"]
        let functions: [ByteString] = ["run"]
        let matching: PatternMatcher = { _, _ in nil }
        let manifest = try GateManifest(value, functions: functions, file: "prompt", matching: matching)
        let arguments = try EffectiveArguments.resolve(
            EffectiveArguments.Gate(id: "prompt", name: "prompt", specs: []), matching: matching)
        return PreparedRun.Step(
            id: "prompt", file: GateFile(path: "prompt", source: [], digest: "", manifest: manifest),
            arguments: arguments, needs: [], isNamed: true, sides: Set(run.clusters.keys))
    }

    private func serveThread() async {
        let worker = worker
        do throws(LuaFailure) {
            _ = try await LuaThread.run(until: .now + Self.longest) { worker.work() }
        } catch {
            // No thread: each entry waits for one that will not come, until the caller gives up. It cannot be told
            // otherwise, as the system has nothing left.
        }
    }

    /// Who each cluster is, or why it cannot be reached; a line each.
    package func greeting() async -> [String] {
        var lines: [String] = []
        for side in sides {
            guard let handle = connections.handle(side) else { continue }
            let bootstrap = handle.config.bootstrap.map { "\($0)" }.joined(separator: ",")
            do throws(KafkaError) {
                let found = try await handle.cluster.description(CallContext(deadline: .after(.seconds(10))))
                let brokers = found.brokers.count == 1 ? "1 broker" : "\(found.brokers.count) brokers"
                lines.append("\(side.rawValue) \(bootstrap): cluster \(found.clusterID ?? "without an id"), \(brokers)")
            } catch {
                lines.append("\(side.rawValue) \(bootstrap) cannot be reached: \(error)")
            }
        }
        return lines
    }

    /// Makes ready for an entry: from here on ``interrupt()`` means this one.
    package func begin(patience: Duration) { session.begin(until: .after(patience)) }

    /// Runs the entry that has begun; it ends by itself, when its patience does, or by ``interrupt()``.
    package func enter(_ source: String) async -> PromptReply {
        let (bridge, deadline, worker) = (session.bridge, session.deadline, worker)
        return await withTaskGroup(of: Void.self) { group in
            group.addTask { await bridge.serve() }
            let reply = await withCheckedContinuation { continuation in
                worker.add(
                    PromptWorker.Job(source: Array(source.utf8), deadline: deadline.instant) { reply in
                        continuation.resume(returning: reply)
                    })
            }
            bridge.close()
            return reply
        }
    }

    /// Ends the entry that is running.
    package func interrupt() { session.interrupt() }
}

extension Agent {
    /// Opens a prompt on the clusters of a request for the time of `body`.
    package func prompt<R: Sendable>(
        _ request: RunRequest, warn: @Sendable (String) -> Void, _ body: @escaping @Sendable (Prompt) async -> R
    ) async throws(AgentError) -> R {
        var preparation = Preparation(environment: environment, request: request)
        let run = try preparation.preparedPrompt()
        for warning in run.warnings { warn(warning) }
        return try await Prompt.with(run, environment, body).get()
    }
}
