import Agent
import Evidence
import Gate
import Testing
import Value

extension AgentRuns {
    @Suite("Interruption")
    struct InterruptionTests {
        @Test(
            "ends what runs, lets nothing start, and finishes the evidence",
            arguments: [ExitCode.interrupted, .terminated])
        func ends(code: ExitCode) async throws {
            let interruption = Interruption()
            let trial = try await Trial.run(
                ["a": passing + " ctx:sleep(600000)", "b": passing + " while true do end", "c": passing],
                interruption: interruption,
                recorder: Recorder { if case .gateStarted(id: "b", _, _) = $0 { interruption.interrupt(code) } }
            ) {
                $0.parallel = 2
                $0.gateTimeout = .seconds(600)
            }
            #expect(trial.result.exitCode == code)
            for gate in ["a", "b", "c"] { #expect(try trial.codes(gate).contains("interrupted"), "\(gate)") }
            #expect(try trial.lines("gate_started", gate: "c").isEmpty)
            #expect(try trial.lines("run_finished").first?["exit_code"] == .integer(Int64(code.rawValue)))
            #expect(try trial.lines("run_finished").first?["verdict"] == "inconclusive")
            #expect(try trial.sink.verification().isOK)
        }

        @Test("a gate that failed before has failed, and the exit code is the signal's")
        func afterFailure() async throws {
            let interruption = Interruption()
            let trial = try await Trial.run(
                ["a": failing, "b": "ctx:sleep(600000)"], interruption: interruption,
                recorder: Recorder {
                    if case .gateStarted(id: "b", _, _) = $0 { interruption.interrupt(.interrupted) }
                }
            ) {
                $0.parallel = 1
                $0.gateTimeout = .seconds(600)
            }
            #expect(trial.result.exitCode == .interrupted)
            #expect(try trial.lines("run_finished").first?["verdict"] == "fail")
        }

        @Test("before the start it lets no gate begin")
        func early() async throws {
            let interruption = Interruption()
            interruption.interrupt(.interrupted)
            let trial = try await Trial.run(["a": passing], interruption: interruption)
            #expect(trial.result.exitCode == .interrupted)
            #expect(try trial.codes("a") == ["interrupted"])
        }

        @Test("evidence that is lost counts for more")
        func evidenceFirst() async throws {
            let interruption = Interruption()
            interruption.interrupt(.interrupted)
            let trial = try await Trial.run(["a": passing], sink: MemorySink(room: 1), interruption: interruption)
            #expect(trial.result.exitCode == .evidenceLost)
        }

        @Test("a long pause between rounds is no obstacle")
        func pause() async throws {
            let interruption = Interruption()
            let trial = try await Trial.run(
                ["a": undecided], interruption: interruption,
                recorder: Recorder { if case .roundFinished = $0 { interruption.interrupt(.terminated) } }
            ) {
                $0.wait = .seconds(3_600)
                $0.every = .seconds(3_000)
            }
            #expect(trial.result.exitCode == .terminated)
        }
    }
}
