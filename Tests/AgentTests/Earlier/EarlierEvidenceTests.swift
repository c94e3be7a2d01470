import Evidence
import Gate
import HostSystem
import Secrets
import Testing
import Value

@testable import Agent

@Suite("EarlierEvidence and FreezeVector") struct EarlierEvidenceTests {
    private func read(
        _ files: [String: String], prior: [String] = [], freeze: String? = nil, locked: Set<String> = []
    ) throws -> EarlierEvidence {
        var host = FakeHost(files)
        host.locked = locked
        return try EarlierEvidence(prior: prior, freeze: freeze, host: host.system)
    }

    private func refusal(_ file: EarlierFile) throws -> AgentError? {
        let text = try file.text()
        do throws(AgentError) {
            _ = try EarlierEvidence(prior: [], freeze: "f.jsonl", host: FakeHost(["f.jsonl": text]).system)
            return nil
        } catch {
            return error
        }
    }

    @Test("a vector is what was captured, offsets near 2^63 included")
    func reads() throws {
        let file = EarlierFile()
        let text = try file.text()
        // Beyond 2^53 numbers are strings of digits.
        #expect(text.contains("\"\(Int64.max)\""))
        let vector = try #require(try read(["f.jsonl": text], freeze: "f.jsonl").freeze)
        #expect(vector.id == (try EarlierFile.chained(EarlierFile.whole)))
        #expect(vector.clusterID == "S1" && vector.capturedMs == 1_800_000_000_000 && vector.path == "f.jsonl")
        #expect(vector.partitions.map(\.partition) == [0, 1] && vector.partitions.map(\.topicID) == ["abc", "abc"])
        #expect(vector.partitions.map(\.leaderEpoch) == [3, nil] && vector.partitions.map(\.start) == [0, 5])
        #expect(vector.partitions.map(\.end) == [10, .max] && vector.partitions.map(\.stable) == [10, .max - 1])
        #expect(vector.commits.map(\.offset) == [4, .max] && vector.commits.map(\.group) == ["billing", "billing"])
    }

    @Test("a vector is of this machine where the names are the same, and not every machine has it")
    func machine() throws {
        for (captured, here, isSame) in [("h", "h", true), ("h", "other", false), ("localhost", "localhost", false)] {
            var file = EarlierFile()
            file.host = captured
            var host = FakeHost(["f.jsonl": try file.text()]).system
            host.hostName = { here }
            let vector = try #require(try EarlierEvidence(prior: [], freeze: "f.jsonl", host: host).freeze)
            #expect(vector.isOfThisHost == isSame, "\(captured), \(here)")
        }
    }

    @Test("a note of a share group is no part of the vector, wherever it stands")
    func shareGroups() throws {
        for index in 0...EarlierFile.whole.count {
            var file = EarlierFile(id: try EarlierFile.chained(EarlierFile.whole))
            file.notes.insert(("share_group", ["group": "workers"]), at: index)
            let vector = try #require(try read(["f.jsonl": file.text()], freeze: "f.jsonl").freeze)
            #expect(vector.partitions.count == 2 && vector.commits.count == 2)
        }
    }

    @Test("a gate gets the vector, and which of its names an argument selects")
    func scripts() async throws {
        let body = """
            local f = ctx.freeze
            local s = ctx:subject { n = 1 }
            s:equal("last", f.partitions[2].end_offset, math.maxinteger)
            s:equal("commit", f.commits[1].offset, 4)
            s:equal("all", #f.topics(), 1)
            s:equal("globs", f.topics { "ord*", "!x" }[1], "orders")
            s:equal("others", #f.topics { "refunds", "!orders" }, 0)
            s:equal("none", #f.topics {}, 0)
            s:equal("groups", f.groups { "bill*" }[1], "billing")
            s:is_true("refused", not pcall(f.topics, "orders"))
            """
        let trial = try await Trial.run(["g": body], files: ["f.jsonl": EarlierFile().text()]) {
            $0.freezeFile = "f.jsonl"
        }
        // What was called wrongly is remembered, even where the script goes on.
        #expect(try trial.verdict("g") == "inconclusive")
        #expect(try trial.lines("check", gate: "g").allSatisfy { $0["ok"] == .bool(true) })
        #expect(try trial.message("g").contains("freeze.topics takes a list"))
        let without = try await Trial.run(["g": "ctx:subject { n = 1 }:equal('none', ctx.freeze, false)"])
        #expect(try without.verdict("g") == "pass")
    }

    @Test("an altered note, a wrong id and a vector that is not closed are refused")
    func altered() throws {
        let wrong = try refusal(EarlierFile(id: String(repeating: "0", count: 64)))
        #expect(wrong?.exitCode == .badInput && wrong?.message.contains("id is not that of its lines") == true)
        let right = try EarlierFile.chained(EarlierFile.whole)
        var notes = EarlierFile.whole
        notes[1].facts["offsets"] = [5, 5]
        #expect(try refusal(EarlierFile(notes: notes, id: right))?.exitCode == .badInput)
        notes = EarlierFile.whole.reversed()
        #expect(try refusal(EarlierFile(notes: notes, id: right))?.exitCode == .badInput)
        #expect(try refusal(EarlierFile(isClosed: false))?.message.contains("no closing note") == true)
    }

    @Test("lists of unequal length, what is no number, and notes that nobody knows are refused")
    func malformed() throws {
        func changed(_ note: Int, _ name: ByteString, _ value: Value?) -> EarlierFile {
            var notes = EarlierFile.whole
            notes[note].facts[name] = value
            return EarlierFile(notes: notes)
        }
        for name: ByteString in ["partitions", "leader_epochs", "start_offsets", "end_offsets", "stable_offsets"] {
            #expect(try refusal(changed(0, name, [1]))?.message.contains("cannot be read") == true, "\(name)")
            #expect(try refusal(changed(0, name, nil))?.exitCode == .badInput, "\(name)")
        }
        #expect(try refusal(changed(0, "end_offsets", [10, "ten"]))?.exitCode == .badInput)
        #expect(try refusal(changed(0, "end_offsets", [10, .number(1.5)]))?.exitCode == .badInput)
        #expect(try refusal(changed(0, "topic", nil))?.exitCode == .badInput)
        #expect(try refusal(changed(1, "offsets", [4]))?.exitCode == .badInput)
        #expect(try refusal(changed(1, "group", 7))?.exitCode == .badInput)
        var notes = EarlierFile.whole
        notes.append(("stranger", [:]))
        #expect(try refusal(EarlierFile(notes: notes))?.message.contains("stranger") == true)
        #expect(try refusal(EarlierFile(notes: []))?.message.contains("no partition") == true)
    }

    @Test("only one whole capture that passed is a freeze")
    func captures() throws {
        #expect(try refusal(EarlierFile(gate: "lag_budget"))?.message.contains("no gate freeze_capture ran") == true)
        #expect(try refusal(EarlierFile(captures: 2))?.message.contains("holds 2 freezes") == true)
        #expect(try refusal(EarlierFile(verdict: .fail))?.message.contains("came to fail") == true)
        #expect(try refusal(EarlierFile(verdict: .inconclusive))?.exitCode == .badInput)
        #expect(try refusal(EarlierFile(gateBytes: 900))?.message.contains("not whole") == true)
    }

    @Test("66: a file that is missing; 65: one that does not verify or is too large; 77: one that may not be read")
    func files() throws {
        let text = try EarlierFile().text()
        func code(_ files: [String: String], locked: Set<String> = []) -> [ExitCode?] {
            [(["e"], nil), ([], "e")].map { (prior: [String], freeze: String?) in
                do {
                    _ = try read(files, prior: prior, freeze: freeze, locked: locked)
                    return nil
                } catch {
                    return (error as? AgentError)?.exitCode
                }
            }
        }
        #expect(code(["e": text]) == [nil, nil])
        #expect(code([:]) == [.missingFile, .missingFile])
        #expect(code(["e": String(text.dropLast())]) == [.badInput, .badInput])
        #expect(code(["e": text.replacing("orders", with: "ordets")]) == [.badInput, .badInput])
        #expect(code(["e": ""]) == [.badInput, .badInput])
        #expect(code(["e": "not JSON\n"]) == [.badInput, .badInput])
        #expect(code(["e": text], locked: ["e"]) == [.noPermission, .noPermission])
        var host = FakeHost(["e": text]).system
        host.read = { path, limit throws(FileError) in throw FileError(path: path, .tooLarge(limit: limit)) }
        let large = #expect(throws: AgentError.self) { try EarlierEvidence(prior: ["e"], freeze: nil, host: host) }
        #expect(large?.exitCode == .badInput)
    }

    @Test("earlier evidence from which lines were left out is refused")
    func truncated() throws {
        let text = try EarlierFile(gate: "topic_digest", gateBytes: 900).text()
        let error = #expect(throws: AgentError.self) { try read(["e": text], prior: ["e"]) }
        #expect(error?.exitCode == .badInput && error?.message.contains("not whole") == true)
    }

    @Test("a side that only earlier evidence knows is not contacted; one with an address is")
    func sides() async throws {
        let gate = Trial.gate("g", passing, keys: "clusters = { 'source', 'target' },")
        let prior = try EarlierFile(gate: "topic_digest", clusters: ["target": "T1"]).text()
        func prepared(_ change: (inout RunRequest) -> Void) async throws -> PreparedRun {
            let host = FakeHost(["./gates/g.lua": gate, "t.jsonl": prior])
            var request = RunRequest()
            request.words = ["g"]
            change(&request)
            return try await Agent(
                AgentEnvironment(host: host.system, secrets: SecretRegistry(), clock: .system, version: "9")
            ).prepare(request)
        }
        let error = await #expect(throws: AgentError.self) {
            try await prepared { $0.source.bootstrap = "127.0.0.1:1" }
        }
        #expect(error?.exitCode == .usage)
        let half = try await prepared {
            $0.source.bootstrap = "127.0.0.1:1"
            $0.priorFiles = ["t.jsonl"]
        }
        #expect(half.steps[0].sides == [.source] && Array(half.clusters.keys) == [.source])
        let both = try await prepared {
            $0.source.bootstrap = "127.0.0.1:1"
            $0.target.bootstrap = "127.0.0.1:2"
            $0.priorFiles = ["t.jsonl"]
        }
        #expect(both.steps[0].sides == [.source, .target] && both.clusters.count == 2)
    }
}
