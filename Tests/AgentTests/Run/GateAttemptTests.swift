import Evidence
import Gate
import KafkaClient
import Secrets
import Testing
import Transport
import Value

@testable import Agent

extension AgentRuns {
    @Suite("One attempt of a gate")
    struct GateAttemptTests {
        private struct Witness: Sendable {
            weak var session: GateSession?
        }

        /// Every kind of thing that a script can hold of the host: functions, a class, subjects.
        private static let script = """
            local log, sleep, subject = ctx.log, ctx.sleep, ctx.subject
            kept = ctx
            subject(ctx, { n = 1 }):equal('one', 1, 1)
            ctx:note('kept', { json = ctx.json.encode({ 1 }), name = ctx.map.topic('orders') })
            """

        @Test(
            "leaves nothing of itself behind, however it ends",
            arguments: [script.replacing("kept = ctx\n", with: ""), script, "error('no')", "while true do end"])
        func freed(_ body: String) async throws {
            var host = FakeHost([:])
            host.files["./gates/g.lua"] = Array(Trial.gate("g", body).utf8)
            let environment = AgentEnvironment(
                host: host.system, secrets: SecretRegistry(), clock: .system, version: "9.9.9-test")
            var request = RunRequest()
            request.words = ["g"]
            let run = try await Agent(environment).prepare(request)
            let step = try #require(run.steps.first)
            let reactor = try Reactor()
            defer { reactor.stop() }
            var random = SystemRandomNumberGenerator()
            let writer = EvidenceWriter(
                sink: MemorySink(), run: RunID(unixMs: 0, using: &random), clock: .system, secrets: environment.secrets)

            let (result, witness) = await TaskNursery.with { nursery in
                let session = GateSession(
                    step: step,
                    connections: ClusterConnections(
                        run, reactor: reactor, nursery: nursery, ledger: .init(), environment: environment),
                    mapping: run.mapping, declared: Plan.nothingDeclared, earlier: .none,
                    deadline: .after(.milliseconds(300)),
                    log: EvidenceLog(writer) {}, clock: RunClock(.system), time: .real, secrets: environment.secrets)
                let result = await GateAttempt.run(session, interruption: Interruption())
                return (result, Witness(session: session))
            }
            #expect(result.hasRun)
            // The script's threads let go of it in their own time.
            let patience = Deadline.after(.seconds(10))
            while witness.session != nil, !patience.hasPassed { try await Task.sleep(for: .milliseconds(5)) }
            #expect(witness.session == nil, "the session is still held by what it gave to the script")
        }
    }
}
