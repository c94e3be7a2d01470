import Testing
import Value

@testable import Evidence

@Suite("EarlierRun and Requirement") struct RequirementTests {
    /// What a run has written, with what a test makes of it.
    struct Story {
        var mode = EvidenceMode.live
        var verdict = EvidenceVerdict.pass
        var effective = EvidenceVerdict.pass
        var waived = 0
        var plan: String?
        var freeze: String?
        var vectors: [String] = []
        var sourceID: String? = "S1"
        var isCut = false
    }

    private func run(_ story: Story = Story()) throws -> EarlierRun {
        let sink = MemorySink()
        let writer = writer(sink, clock: StepClock(wallUs: 1_800_000_000_000_000, step: 0))
        var started = runStarted
        started.mode = story.mode
        started.plan = story.plan.map { .init(name: "p", path: "p.lua", sha256: $0) }
        started.freeze = story.freeze.map { .init(id: $0, path: "f.jsonl", run: "r", head: "h") }
        started.gates = [
            .init(id: "lag_orders", gate: "lag_budget", path: "a.lua", sha256: "ab", severity: "blocker"),
            .init(id: "lag_refunds", gate: "lag_budget", path: "a.lua", sha256: "ab", severity: "blocker"),
            .init(id: "freeze_capture", gate: "freeze_capture", path: "c.lua", sha256: "cd", severity: "blocker"),
        ]
        try writer.start(started)
        try writer.append(
            ClusterLine(
                role: "source", bootstrap: "s:9092", clusterID: story.sourceID,
                security: .init(securityProtocol: "PLAINTEXT")))
        for id in story.vectors {
            try writer.append(NoteLine(gate: "freeze_capture", name: "vector", facts: ["id": .text(id)]))
        }
        // The same note of another gate is no vector.
        try writer.append(NoteLine(gate: "lag_orders", name: "vector", facts: ["id": "stranger"]))
        for (gate, verdict) in [("lag_orders", EvidenceVerdict.pass), ("lag_refunds", story.verdict)] {
            try writer.finishGate(GateFinished(gate: gate, verdict: verdict, subjects: 1))
        }
        try writer.finishGate(GateFinished(gate: "freeze_capture", verdict: .pass, subjects: 1))
        _ = try writer.finish(
            RunFinished(
                verdict: story.verdict, effective: story.effective, exitCode: 0,
                gates: .init(pass: 3, waived: story.waived), durationUs: 5))
        var bytes = sink.bytes
        if story.isCut { bytes.removeLast(40) }
        var lines = EvidenceLines(bytes)
        return try EarlierRun.read(path: "e.jsonl", &lines)
    }

    private let now: Int64 = 1_800_000_000_000_000

    private func met(_ requirement: Requirement, _ story: Story = Story(), nowUs: Int64? = nil) throws -> Bool {
        requirement.judge(try run(story), nowUs: nowUs ?? now).isMet
    }

    @Test("a run tells its times, gates, clusters and notes")
    func reads() throws {
        let run = try run(Story(plan: "aa", vectors: ["v"]))
        #expect(run.verification.isOK && run.startedUs == now && run.finishedUs == now)
        #expect(run.gates.map(\.id) == ["lag_orders", "lag_refunds", "freeze_capture"])
        #expect(run.gates.map(\.name) == ["lag_budget", "lag_budget", "freeze_capture"])
        #expect(run.clusterID(of: "source") == "S1" && run.clusterID(of: "target") == nil)
        #expect(run.clusters.first?["prev"] == nil && run.clusters.first?["bootstrap"] == "s:9092")
        #expect(run.planDigest == "aa" && run.capturedFreezes == ["v"] && run.hasAllNotes && run.waived == 0)
    }

    @Test("evidence that is cut short does not verify, whatever else it says")
    func unverified() throws {
        let run = try run(Story(isCut: true))
        #expect(!run.verification.isOK && run.verification.verdict == nil)
        #expect(!Requirement.verdict("pass").judge(run, nowUs: now).isMet)
        #expect(!Requirement.age(atMost: .seconds(9)).judge(run, nowUs: now).isMet)
    }

    @Test("the verdict is that once waivers are applied")
    func verdict() throws {
        #expect(try met(.verdict("pass")))
        #expect(try !met(.verdict("pass"), Story(verdict: .fail, effective: .fail)))
        #expect(try met(.verdict("pass"), Story(verdict: .fail, effective: .pass, waived: 1)))
        #expect(try !met(.verdict("pass"), Story(verdict: .inconclusive, effective: .inconclusive)))
    }

    @Test("the mode, and how many gates were waived")
    func modeAndWaivers() throws {
        #expect(try met(.mode("live")))
        #expect(try !met(.mode("live"), Story(mode: .embedded)))
        #expect(try met(.waived(atMost: 0)))
        #expect(try !met(.waived(atMost: 0), Story(waived: 1)))
        #expect(try met(.waived(atMost: 1), Story(waived: 1)))
    }

    @Test("the age counts from the end of the run; what comes from the future has none")
    func age() throws {
        let limit = Requirement.age(atMost: .seconds(600))
        #expect(try met(limit))
        #expect(try met(limit, nowUs: now + 600_000_000))
        #expect(try !met(limit, nowUs: now + 600_000_001))
        let ahead = limit.judge(try run(), nowUs: now - 1)
        #expect(!ahead.isMet && ahead.found == "from the future")
        #expect(try !met(limit, nowUs: .min))
        #expect(try !met(limit, nowUs: .max))
    }

    @Test("every gate of the id or name counts, and none is not enough")
    func gates() throws {
        #expect(try met(.gate("lag_budget", verdict: "pass")))
        #expect(try !met(.gate("lag_budget", verdict: "pass"), Story(verdict: .fail)))
        #expect(try met(.gate("lag_orders", verdict: "pass"), Story(verdict: .fail)))
        #expect(try met(.gate("lag_refunds", verdict: "fail"), Story(verdict: .fail)))
        let missing = Requirement.gate("writes_frozen", verdict: "pass").judge(try run(), nowUs: now)
        #expect(!missing.isMet && missing.found == "no such gate")
        #expect(try !met(.gate("", verdict: "pass")))
    }

    @Test("the plan and the clusters, of which a missing one is no match")
    func plansAndClusters() throws {
        #expect(try met(.plan("aa"), Story(plan: "aa")))
        #expect(try !met(.plan("aa"), Story(plan: "ab")))
        #expect(try !met(.plan("aa")))
        #expect(try met(.clusterID(role: "source", "S1")))
        #expect(try !met(.clusterID(role: "source", "S2")))
        #expect(try !met(.clusterID(role: "source", "S1"), Story(sourceID: nil)))
        #expect(try !met(.clusterID(role: "target", "S1")))
    }

    @Test("the freeze is the one that was captured or judged against, and no other beside it")
    func freezes() throws {
        #expect(try met(.freeze("v"), Story(vectors: ["v"])))
        #expect(try met(.freeze("v"), Story(freeze: "v")))
        #expect(try met(.freeze("v"), Story(freeze: "v", vectors: ["v"])))
        #expect(try !met(.freeze("v"), Story(freeze: "v", vectors: ["w"])))
        #expect(try !met(.freeze("v"), Story(vectors: ["v", "w"])))
        #expect(try !met(.freeze("stranger")))
        #expect(try !met(.freeze("")))
    }
}
