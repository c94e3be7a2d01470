import Agent
import Evidence
import Gate
import Guarding
import HostSystem
import KafkaClient
import Secrets
import Value

/// Keeps what a run tells.
final class Recorder: RunObserver {
    private let kept = Guarded<[RunEvent]>([])
    private let onEvent: @Sendable (RunEvent) -> Void

    init(onEvent: @escaping @Sendable (RunEvent) -> Void = { _ in }) { self.onEvent = onEvent }

    func observe(_ event: RunEvent) {
        kept.withLock { $0.append(event) }
        onEvent(event)
    }

    var events: [RunEvent] { kept.withLock { $0 } }
}

/// A run of a test, carried through.
struct Trial {
    let result: RunResult
    let sink: MemorySink
    let events: [RunEvent]

    /// Runs gates, given by name and the body of `run`, or by whole files.
    static func run(
        _ gates: [String: String] = [:], files: [String: String] = [:], words: [String]? = nil,
        sink: MemorySink = MemorySink(), interruption: Interruption = Interruption(),
        variables: [String: String] = [:], secrets: SecretRegistry = SecretRegistry(),
        recorder: Recorder = Recorder(), on clusters: TwoClusters? = nil,
        _ change: (inout RunRequest) -> Void = { _ in }
    ) async throws -> Trial {
        var host = FakeHost(files)
        host.variables = variables
        for (name, body) in gates { host.files["./gates/\(name).lua"] = Array(gate(name, body).utf8) }
        var request = RunRequest()
        request.words = words ?? gates.keys.sorted()
        request.gateTimeout = .seconds(60)
        change(&request)
        var environment = AgentEnvironment(host: host.system, secrets: secrets, clock: .system, version: "9.9.9-test")
        clusters?.take(&environment)
        let agent = Agent(environment)
        let prepared = try await agent.prepare(request)
        let result = await agent.run(prepared, evidence: sink, observer: recorder, interruption: interruption)
        return Trial(result: result, sink: sink, events: recorder.events)
    }

    /// The file of a gate; `keys` are further keys of its manifest.
    static func gate(_ name: String, _ body: String, keys: String = "") -> String {
        """
        return { name = "\(name)", summary = "A gate of a test", phase = "preflight", \(keys)
        run = function(ctx) \(body)
        end }
        """
    }

    func lines(_ type: String, gate: String? = nil) throws -> [Value] {
        try sink.lines().filter { line in
            line["type"] == .text(type) && (gate == nil || line["gate"] == gate.map { .text($0) })
        }
    }

    /// The last line of a gate.
    func end(_ gate: String) throws -> Value { try lines("gate_finished", gate: gate).last ?? .null }

    func verdict(_ gate: String) throws -> String { try end(gate)["verdict"]?.text ?? "" }

    /// The codes of the reasons why a gate did not pass.
    func codes(_ gate: String) throws -> [String] {
        guard case .list(let reasons)? = try end(gate)["reasons"] else { return [] }
        return reasons.compactMap { $0["code"]?.text }
    }

    func message(_ gate: String) throws -> String {
        guard case .list(let reasons)? = try end(gate)["reasons"] else { return "" }
        return reasons.first?["message"]?.text ?? ""
    }
}

extension Value {
    var text: String? {
        if case .string(let bytes) = self { bytes.text } else { nil }
    }

    var integer: Int64? {
        if case .integer(let integer) = self { integer } else { nil }
    }
}

/// A subject with one check that passes.
let passing = "ctx:subject { n = 1 }:equal('one', 1, 1)"
let failing = "ctx:subject { n = 1 }:equal('one', 1, 2)"
let undecided = "ctx:subject { n = 1 }:unknown('one', 'nobody knows')"
