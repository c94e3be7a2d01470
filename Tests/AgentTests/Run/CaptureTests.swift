import Gate
import Testing
import Value

@testable import Agent

extension AgentRuns {
    @Suite struct CaptureTests {
        private static let flood = """
            local big = ("x"):rep(15000)
            for i = 1, 1200 do ctx:note("part", { i = i, text = big }) end
            ctx:subject { n = 1 }:is_true("captured", true)
            """

        @Test("a capture whose lines were left out is inconclusive; of another gate the verdict stands")
        func truncated() async throws {
            let gates = [
                "./gates/takes.lua": Trial.gate("takes", Self.flood, keys: "tags = { 'capture' },"),
                "./gates/judges.lua": Trial.gate("judges", Self.flood),
            ]
            let trial = try await Trial.run(files: gates, words: ["takes", "judges"])
            // Read alone: the notes are many MiB.
            let ends = try trial.sink.text.split(separator: "\n").filter { $0.contains("\"type\":\"gate_finished\"") }
                .map { try JSONReader.read(Array($0.utf8)) }
            #expect(ends.count == 2)
            for end in ends {
                let isCapture = end["gate"] == "takes"
                #expect(end["truncated"] == .bool(true))
                #expect(end["verdict"] == .text(isCapture ? "inconclusive" : "pass"))
                if isCapture, case .list(let reasons)? = end["reasons"] {
                    #expect(reasons.map { $0["code"] } == ["limit"])
                }
            }
            #expect(trial.result.exitCode == .inconclusive)
        }

        @Test("a capture of several rounds too")
        func rounds() async throws {
            let gate = Trial.gate("takes", Self.flood, keys: "tags = { 'capture' },")
            let trial = try await Trial.run(files: ["./gates/takes.lua": gate], words: ["takes"]) {
                $0.wait = .seconds(60)
            }
            #expect(trial.result.exitCode == .inconclusive)
            #expect(trial.result.verdict.verdict == .inconclusive)
        }
    }
}
