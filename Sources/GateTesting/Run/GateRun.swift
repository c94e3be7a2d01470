import Agent
import EmbeddedKafka
import Evidence
import Gate
import Guarding
import HostSystem
import KafkaClient
import Secrets
import Transport
import Value

/// One run of one gate in a world: the agent, the client and the protocol are the real ones, only the bytes go through
/// memory and time passes as the world's clock says.
struct GateRun: Sendable {
    /// A run that takes longer by the machine's clock is ended: something hangs that no wait on purpose explains.
    static let patience = Duration.seconds(60)

    let gate: String
    let source: [UInt8]
    let world: World
    let setup: RunSetup
    let version: String

    /// What came of it, and the world afterwards.
    struct Outcome: Sendable {
        let report: RunReport
        let world: World
        /// The lines as they were written.
        let evidence: [UInt8]
    }

    func outcome() async throws(WorldError) -> Outcome {
        let reactor: Reactor
        do {
            reactor = try Reactor()
        } catch {
            throw WorldError("the system gives no thread or pipe (errno \(error.number))")
        }
        defer { reactor.stop() }
        let clusters: [ClusterSide: EmbeddedCluster] = [
            .source: EmbeddedCluster(world[.source].state, reactor: reactor, authorities: world.authorities),
            .target: EmbeddedCluster(world[.target].state, reactor: reactor, authorities: world.authorities),
        ]
        let blocked = WorldNetwork.Blocked([
            .source: world[.source].unreachable, .target: world[.target].unreachable,
        ])
        let clock = clock(clusters, blocked)
        let met = clusters.mapValues { _ in Met() }
        for (side, cluster) in clusters { Self.add(world[side].faults, to: cluster, clock, met[side]) }
        let sink = EvidenceInMemory()
        let result = await withTaskGroup(of: Result<Void, WorldError>?.self) { group in
            for cluster in clusters.values {
                group.addTask {
                    await cluster.serve()
                    return nil
                }
            }
            group.addTask { await self.carry(clusters, blocked, clock, sink) }
            var result: Result<Void, WorldError>?
            while result == nil, let ended = await group.next() { result = ended ?? result }
            for cluster in clusters.values {
                cluster.close()
                // What is left of them moves the clock, which moves the clusters: neither would ever be freed.
                cluster.faults.removeAll()
            }
            return result
        }
        try result?.get()
        if let failure = clock.failure { throw failure }
        return Outcome(report: try report(sink), world: after(clusters, blocked, clock, met), evidence: sink.bytes)
    }

    private func report(_ sink: EvidenceInMemory) throws(WorldError) -> RunReport {
        do throws(JSONError) {
            return try RunReport(evidence: sink.bytes)
        } catch {
            throw WorldError("the evidence of the run cannot be read: \(error)")
        }
    }

    private func after(
        _ clusters: [ClusterSide: EmbeddedCluster], _ blocked: WorldNetwork.Blocked, _ clock: WorldClock,
        _ met: [ClusterSide: Met]
    ) -> World {
        var world = world
        for (side, cluster) in clusters {
            world[side].state = cluster.read { $0 }
            world[side].unreachable = blocked[side]
            for (index, times) in met[side]?.times ?? [:] {
                world[side].faults[index].times? -= times
            }
            world[side].faults.removeAll { $0.times.map { $0 <= 0 } ?? false }
        }
        world.events = clock.comingEvents
        world.nowMs = clock.nowMs
        return world
    }

    // MARK: The world while it runs

    private func clock(
        _ clusters: [ClusterSide: EmbeddedCluster], _ blocked: WorldNetwork.Blocked
    ) -> WorldClock {
        WorldClock(
            world,
            onMove: { time in for cluster in clusters.values { cluster.change { $0.advance(toMs: time) } } },
            onEvent: { clock, event throws(WorldError) in
                guard let cluster = clusters[event.side] else { return }
                var faults: [WorldFault] = []
                let failure = cluster.change { state -> WorldError? in
                    var side = world[event.side]
                    (side.state, side.faults, side.unreachable) = (state, [], blocked[event.side])
                    do throws(WorldError) { try event.change(&side) } catch { return error }
                    state = side.state
                    faults = side.faults
                    blocked.set(event.side, side.unreachable)
                    return nil
                }
                if let failure { throw failure }
                Self.add(faults, to: cluster, clock, nil)
            })
    }

    /// How often each fault of a cluster was met, by its place.
    private final class Met: Sendable {
        private let counts = Guarded<[Int: Int]>([:])

        func count(_ index: Int) { counts.withLock { $0[index, default: 0] += 1 } }
        var times: [Int: Int] { counts.withLock { $0 } }
    }

    private static func add(
        _ faults: [WorldFault], to cluster: EmbeddedCluster, _ clock: WorldClock, _ met: Met?
    ) {
        for (index, fault) in faults.enumerated() {
            var made = Fault(effect(fault.effect), api: fault.api, broker: fault.broker, times: fault.times)
            made.onMeet = {
                met?.count(index)
                if case .delay(let ms) = fault.effect { clock.advance(ms: ms) }
            }
            cluster.faults.add(made)
        }
    }

    private static func effect(_ effect: WorldFault.Effect) -> Fault.Effect {
        switch effect {
        case .error(let code): .error(code)
        case .throttle(let ms): .throttle(ms: ms)
        case .delay(let ms): .delayByClock(ms: ms)
        case .disconnect: .disconnect
        case .garbage: .malform(with: 0xFF)
        }
    }

    // MARK: The run

    private func carry(
        _ clusters: [ClusterSide: EmbeddedCluster], _ blocked: WorldNetwork.Blocked, _ clock: WorldClock,
        _ sink: EvidenceInMemory
    ) async -> Result<Void, WorldError> {
        let network = WorldNetwork(clusters, unreachable: blocked)
        var files: [String: [UInt8]] = [gate: source]
        let request: RunRequest
        do throws(WorldError) {
            request = try self.request(&files)
        } catch {
            return .failure(error)
        }
        let held = files
        let host = HostSystem(
            variable: { _ in nil },
            read: { path, limit throws(FileError) in
                guard let bytes = held[path] else { throw FileError(path: path, .missing) }
                guard bytes.count <= limit else { throw FileError(path: path, .tooLarge(limit: limit)) }
                return bytes
            },
            entries: { folder throws(FileError) in throw FileError(path: folder, .missing) },
            executablePath: { nil }, hostName: { [name = setup.host] in name })
        let agent = Agent(
            AgentEnvironment(
                host: host, secrets: SecretRegistry(), clock: clock.evidence, version: version, time: clock.passage,
                dialer: { _ in network }))
        let interruption = Interruption()
        let prepared: PreparedRun
        do throws(AgentError) {
            prepared = try await agent.prepare(request)
        } catch {
            return .failure(WorldError(error.message))
        }
        await withTaskCancellationHandler {
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    try? await Task.sleep(for: Self.patience)
                    if !Task.isCancelled { interruption.interrupt(.interrupted) }
                }
                _ = await agent.run(prepared, evidence: sink, observer: NobodyWatches(), interruption: interruption)
                group.cancelAll()
            }
        } onCancel: {
            // The time of the test is up, and a gate that spins sees no cancelled task.
            interruption.interrupt(.interrupted)
        }
        guard interruption.exitCode == nil else {
            return .failure(WorldError("the run did not come to an end within \(Self.patience)"))
        }
        return .success(())
    }

    /// The run as the command line would ask for it; what it reads from files is put among `files`.
    private func request(_ files: inout [String: [UInt8]]) throws(WorldError) -> RunRequest {
        var request = RunRequest()
        request.words = [gate]
        for side in ClusterSide.allCases {
            let properties = try world.secured(setup.properties[side] ?? [:])
            let bootstrap = world[side].bootstrap(properties)
            if side == .source { request.source.bootstrap = bootstrap } else { request.target.bootstrap = bootstrap }
            request.properties += properties.sorted { $0.key < $1.key }
                .map { RunRequest.Property(side: side, key: $0.key, value: $0.value) }
        }
        for principal in setup.principals {
            var names: [ClusterSide: String] = [:]
            let properties = try world.secured(principal.properties)
            for side in ClusterSide.allCases {
                let name = "\(side.rawValue)/\(principal.name).properties"
                let own = ["bootstrap.servers": world[side].bootstrap(properties)]
                let text = properties.merging(own) { given, _ in given }.sorted { $0.key < $1.key }
                    .map { "\($0.key)=\($0.value.split(separator: "\n").joined(separator: "\\n"))\n" }.joined()
                files[name] = Array(text.utf8)
                names[side] = name
            }
            request.principals.append(
                RunRequest.Principal(name: principal.name, sourceFile: names[.source], targetFile: names[.target]))
        }
        if !setup.arguments.isEmpty {
            files["arguments.json"] = try Self.json(.map(setup.arguments))
            request.assignmentFiles = ["arguments.json"]
        }
        if let plan = setup.plan {
            files["plan.json"] = try Self.json(plan)
            request.planFile = "plan.json"
        }
        if let freeze = setup.freeze {
            files["freeze.jsonl"] = freeze
            request.freezeFile = "freeze.jsonl"
        }
        for (index, prior) in setup.priors.enumerated() {
            files["prior-\(index + 1).jsonl"] = prior
            request.priorFiles.append("prior-\(index + 1).jsonl")
        }
        (request.mapTopics, request.mapGroups) = (setup.mapTopics, setup.mapGroups)
        (request.wait, request.hold, request.watch) = (setup.wait, setup.hold, setup.watch)
        (request.every, request.gateTimeout) = (setup.every, setup.gateTimeout)
        request.effects = setup.effects
        request.allowsPlaintextPassword = true
        request.detail = true
        request.isEmbedded = true
        return request
    }

    private static func json(_ value: Value) throws(WorldError) -> [UInt8] {
        do throws(JSONError) {
            return try JSONWriter.write(value)
        } catch {
            throw WorldError("\(error)")
        }
    }
}

/// Evidence that is read again at once.
private final class EvidenceInMemory: EvidenceSink {
    private let written = Guarded<[UInt8]>([])

    func write(_ bytes: [UInt8]) throws(EvidenceError) { written.withLock { $0 += bytes } }
    func sync() throws(EvidenceError) {}

    var bytes: [UInt8] { written.withLock { $0 } }
}

private struct NobodyWatches: RunObserver {
    func observe(_ event: RunEvent) {}
}
