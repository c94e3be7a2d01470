import Evidence
import Gate
import Testing
import Value

@testable import Agent

@Suite struct ShardMergeTests {
    private typealias Change = @Sendable (inout ShardFile) -> Void

    @Test("all shards of a run, in any order, are that run: a pass, in evidence that verifies")
    func whole() throws {
        for order in [[0, 1, 2], [2, 0, 1], [1, 2, 0]] {
            let trial = try MergeTrial.merge(ShardFile.three(), repeating: order)
            #expect(trial.result.exitCode == .pass, "\(trial.problems)")
            #expect(trial.problems.isEmpty)
            #expect(trial.result.verdict.counts == .init(pass: 2))
            let found = try trial.sink.verification()
            #expect(found.isOK && found.verdict == "pass" && found.mode == "live" && found.head == trial.result.head)
        }
    }

    @Test("what each shard observed is in it, with the number of the shard")
    func lines() throws {
        let lines = try MergeTrial.merge(ShardFile.three()).sink.lines()
        let checks = lines.filter { $0["type"] == "check" }
        #expect(checks.map { $0["subject"]?["partition"]?.integer } == [0, 3, 1, 4, 2])
        #expect(checks.map { $0["shard"]?.integer } == [0, 0, 1, 1, 2])
        #expect(lines.count { $0["type"] == "note" } == 5)
        #expect(lines.count { $0["type"] == "cluster" } == 1)
        #expect(lines.count { $0["type"] == "gate_started" } == 2)
        #expect(lines.filter { $0["type"] == "shard" }.map { $0["index"]?.integer } == [0, 1, 2])
        #expect(lines.first?["plan"]?["sha256"] == "p1" && lines.first?["shard"] == nil)
    }

    @Test("the only shard of a run is merged like several")
    func one() throws {
        let trial = try MergeTrial.merge([ShardFile(count: 1)])
        #expect(trial.result.exitCode == .pass)
    }

    @Test("a shard that found nothing to scan is needed all the same")
    func idle() throws {
        let files = (0..<3).map { ShardFile(index: $0, taken: $0 == 0 ? [0, 1, 2, 3, 4] : []) }
        #expect(try MergeTrial.merge(files).result.exitCode == .pass)
        #expect(try MergeTrial.merge(Array(files[..<2])).result.exitCode == .inconclusive)
    }

    @Test(
        "what one shard came to, the run comes to: fail before inconclusive before pass",
        arguments: [
            (EvidenceVerdict.fail, ["check_failed"], EvidenceVerdict.pass, ExitCode.fail),
            (.inconclusive, ["deadline"], .pass, .inconclusive),
            // The cut of a capture's lines, beside being a share.
            (.inconclusive, ["shard", "limit"], .pass, .inconclusive),
            (.inconclusive, ["vacuous"], .pass, .inconclusive),
            (.inconclusive, [], .pass, .inconclusive),
            // No shard may pass a gate of which it saw a part.
            (.pass, [], .pass, .inconclusive),
            (.inconclusive, ["shard"], .fail, .fail),
            (.inconclusive, ["shard"], .inconclusive, .inconclusive),
            (.inconclusive, ["deadline"], .fail, .fail),
        ])
    func mixes(_ verdict: EvidenceVerdict, _ codes: [String], _ whole: EvidenceVerdict, _ code: ExitCode) throws {
        for index in 0..<3 {
            let trial = try MergeTrial.merge(
                ShardFile.three(index) {
                    $0.end = (verdict, codes)
                    $0.wholeEnd = (whole, whole == .pass ? [] : ["x"])
                })
            #expect(trial.result.exitCode == code)
            let found = try trial.sink.verification()
            #expect(found.isOK && found.exitCode == Int(code.rawValue))
        }
    }

    @Test("a fail counts though another shard is missing, and nothing else does")
    func failWithoutAll() throws {
        let files = ShardFile.three(1) { $0.end = (.fail, ["check_failed"]) }
        #expect(try MergeTrial.merge(Array(files[1...])).result.exitCode == .fail)
        #expect(try MergeTrial.merge(Array(files[..<1])).result.exitCode == .inconclusive)
    }

    @Test("a check that failed or is unknown beside a good share is none", arguments: [(1, 0), (0, 1)])
    func counts(failed: Int, unknown: Int) throws {
        let files = ShardFile.three(2) { $0.checks = .init(passed: 1, failed: failed, unknown: unknown) }
        #expect(try MergeTrial.merge(files).result.exitCode == .inconclusive)
    }

    @Test("where nothing was checked, nothing was shown")
    func vacuous() throws {
        let files = (0..<3).map { ShardFile(index: $0, taken: [], all: [], checks: .init()) }
        let trial = try MergeTrial.merge(files)
        #expect(trial.result.exitCode == .inconclusive)
        #expect(try trial.reasons(ShardFile.split) == ["vacuous: nothing was checked by any shard"])
    }

    @Test("a missing shard is named, and every gate is inconclusive", arguments: [0, 1, 2])
    func missing(index: Int) throws {
        let trial = try MergeTrial.merge(ShardFile.three().filter { $0.index != index })
        #expect(trial.result.exitCode == .inconclusive)
        #expect(trial.problems == ["missing of 3 shards: \(index)"])
        for gate in [ShardFile.split, ShardFile.whole] {
            #expect(try trial.reasons(gate) == ["shard: missing of 3 shards: \(index)"])
        }
        let finished = try trial.sink.lines().last
        #expect(finished?["reasons"] == [["code": "shard", "message": .text("missing of 3 shards: \(index)")]])
    }

    @Test("a shard that is there twice is named, be it the same run or another")
    func twice() throws {
        let same = try MergeTrial.merge(ShardFile.three(), repeating: [0, 1, 2, 1])
        #expect(same.result.exitCode == .inconclusive)
        #expect(same.problems.count == 1)
        #expect(same.problems.first?.hasPrefix("shard 1 of 3 is there 2 times, as the same run:") == true)
        // Its lines are there once.
        #expect(try same.sink.lines().count { $0["type"] == "check" } == 5)
        let other = try MergeTrial.merge(ShardFile.three() + [ShardFile(index: 1)])
        #expect(other.result.exitCode == .inconclusive)
        #expect(other.problems.first?.hasPrefix("shard 1 of 3 is there 2 times:") == true)
    }

    static let foreigners: [(words: String, change: @Sendable (inout ShardFile) -> Void)] = [
        ("is one of 4 shards, others are of 3", { $0.count = 4 }),
        ("was a run of mode embedded, others of live", { $0.mode = .embedded }),
        ("was written by sluice 8, others by 9", { $0.version = "8" }),
        ("ran another plan than the others", { $0.plan = "p2" }),
        ("ran another plan than the others", { $0.plan = nil }),
        ("its gate scan is another file than that of the others", { $0.gateDigest = "cd" }),
        ("had another --freeze than the others", { $0.freeze = "f2" }),
        ("had other arguments or another mapping of names than the others", { $0.work = "w2" }),
        ("its source was the cluster S2, that of others S1", { $0.cluster = "S2" }),
        ("is no shard: that run had no --shard", { $0.count = nil }),
    ]

    @Test("a shard of another run is named, with what makes it one", arguments: foreigners.indices)
    func foreign(number: Int) throws {
        let foreigner = Self.foreigners[number]
        for index in 0..<3 {
            let trial = try MergeTrial.merge(ShardFile.three(index, foreigner.change))
            #expect(trial.result.exitCode == .inconclusive)
            #expect(trial.problems.count == 2, "\(trial.problems)")
            #expect(trial.problems.first?.hasSuffix(": \(foreigner.words)") == true, "\(trial.problems)")
            #expect(trial.problems.last == "missing of 3 shards: \(index)")
            let lines = try trial.sink.lines().filter { $0["type"] == "shard" }
            #expect(lines.map { $0["problem"]?.text } == (0..<3).map { $0 == index ? foreigner.words : nil })
        }
    }

    @Test("a cluster that one shard did not reach is not another cluster")
    func unreached() throws {
        let trial = try MergeTrial.merge(ShardFile.three(0) { $0.cluster = nil })
        #expect(trial.problems.isEmpty)
        #expect(try trial.sink.lines().first { $0["type"] == "cluster" }?["cluster_id"] == "S1")
    }

    @Test("a file that is torn, altered or unfinished is as good as missing, and named")
    func damaged() throws {
        let files = try ShardFile.three().map { try $0.bytes() }
        let lines = files[1].split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let unfinished = Array(lines.dropLast(2).joined(separator: [UInt8(ascii: "\n")])) + [UInt8(ascii: "\n")]
        var altered = files[1]
        let place = try #require(altered.firstRange(of: Array("\"passed\":1".utf8)))
        altered[place.upperBound - 1] = UInt8(ascii: "2")
        for (bytes, word) in [
            (Array(files[1].dropLast(7)), "TORN-TAIL"), (unfinished, "INCOMPLETE"), (altered, "TAMPERED"),
            ([], "INCOMPLETE"), (Array("{}\n".utf8), "TAMPERED"), (files[1] + files[1], "TAMPERED"),
        ] {
            let trial = try MergeTrial.merge(bytes: [files[0], bytes, files[2]])
            #expect(trial.result.exitCode == .inconclusive)
            #expect(trial.problems.count == 2)
            #expect(trial.problems.first?.contains("does not verify: \(word)") == true, "\(trial.problems)")
            #expect(trial.problems.last == "missing of 3 shards: 1")
        }
    }

    @Test("a partition that two shards scanned, or none, is no pass though every shard is there")
    func coverage() throws {
        func words(_ change: Change) throws -> String {
            let trial = try MergeTrial.merge(ShardFile.three(1, change))
            #expect(trial.result.exitCode == .inconclusive)
            #expect(trial.problems.isEmpty)
            return try trial.reasons(ShardFile.split).joined(separator: "; ")
        }
        #expect(try words { $0.taken = [1, 3, 4] } == "shard: t/3 was scanned by shards 0 and 1")
        #expect(try words { $0.taken = [1] } == "shard: 4 of 5 parts were scanned by a shard")
        // As many as there are, and another.
        #expect(try words { $0.taken = [1, 9] } == "shard: 5 of 5 parts were scanned by a shard")
        let changed = try words { $0.all = [0, 1, 2, 3, 4, 5] }
        #expect(changed.hasPrefix("changed_underfoot: shards had different partitions to share out"))
    }

    @Test("ranges of a partition that meet on both sides make up the run, and are in its evidence")
    func ranges() throws {
        let trial = try MergeTrial.merge(ShardFile.ranges())
        #expect(trial.result.exitCode == .pass, "\(trial.problems)")
        let lines = try trial.sink.lines().filter { $0["type"] == "range" }
        #expect(lines.map { $0["shard"]?.integer } == [0, 1, 2])
        #expect(lines.map { $0["target"]?["to"]?.integer } == [17, 27, 37])
    }

    @Test("ranges that do not meet, or are missing, there twice or another's, are no pass", arguments: 0..<3)
    func rangesApart(index: Int) throws {
        func words(_ change: Change) throws -> String {
            let trial = try MergeTrial.merge(ShardFile.ranges(index, change))
            #expect(trial.result.exitCode == .inconclusive)
            return try trial.reasons(ShardFile.split).joined(separator: "; ")
        }
        let moves: [Change] = [
            { $0.range?.source?.from += 1 }, { $0.range?.source?.to -= 1 }, { $0.range?.target?.from -= 1 },
            { $0.range?.target?.to += 1 },
        ]
        for (number, change) in moves.enumerated() {
            // Where the logs begin and end nothing has to be met.
            guard number % 2 == 0 ? index > 0 : index < 2 else { continue }
            #expect(try words(change).contains("; run the shards again with one and the same --freeze"))
        }
        #expect(try words { $0.range?.source = nil }.contains("does not say what it found its bounds to be"))
        #expect(try words { $0.range?.targetID = nil }.contains("does not say which topic of the target it read"))
        #expect(try words { $0.range?.targetID = "T2" }.contains("different topics of the target"))
        #expect(try words { $0.range = nil }.contains("7 of 8 parts were scanned by a shard"))
        #expect(try words { $0.range?.index = 7 }.contains("its ranges are not 0 to 2, each once"))
        let other = try words { $0.range?.offsets.to += 1 }
        #expect(other.contains("8 of 8 parts were scanned by a shard"))
        let next = ShardFile.ranges()[(index + 1) % 3].range
        #expect(try words { $0.range = next }.contains("was scanned by shards"))
        #expect(try words { $0.ranges = ScanRange.cut(0..<31, into: 3) }.contains("changed_underfoot"))
    }

    @Test("a shard that was interrupted, or claims a pass, keeps the run from one", arguments: [0, 130, 143])
    func exitCodes(code: Int) throws {
        let trial = try MergeTrial.merge(
            ShardFile.three(2) {
                $0.exitCode = code
                $0.verdict = code == 0 ? .pass : .inconclusive
            })
        #expect(trial.result.exitCode == .inconclusive)
        #expect(trial.problems.first?.hasSuffix("(exit code \(code))") == true)
    }

    @Test("a run that failed before its gates has failed")
    func failedRun() throws {
        let files = ShardFile.three(0) {
            $0.end = (.inconclusive, ["needs"])
            $0.wholeEnd = (.inconclusive, ["needs"])
            $0.verdict = .fail
        }
        #expect(try MergeTrial.merge(files).result.exitCode == .fail)
    }

    @Test("a file that is another one when its lines are copied keeps the run from a pass")
    func changed() throws {
        let trial = try MergeTrial.merge(bytes: ShardFile.three().map { try $0.bytes() }, emptying: 1)
        #expect(trial.result.exitCode == .inconclusive)
        #expect(trial.problems.count == 1)
        #expect(trial.problems.first?.contains("is not the same when it is read again") == true)
        let found = try trial.sink.verification()
        #expect(found.isOK && found.verdict == "inconclusive")
    }

    @Test("what was merged is not merged again, and many that are missing are told in short")
    func mergedAgain() throws {
        let merged = try MergeTrial.merge(ShardFile.three())
        let again = try MergeTrial.merge(
            bytes: [Array(merged.sink.text.utf8)] + ShardFile.three().map { try $0.bytes() })
        #expect(again.result.exitCode == .inconclusive)
        #expect(again.problems.first?.hasSuffix("is no shard, but what was made of shards") == true)
        let few = try MergeTrial.merge([ShardFile(index: 5, count: 1000), ShardFile(index: 7, count: 1000)])
        #expect(few.problems == ["missing of 1000 shards: 0-4, 6, 8-999"])
    }

    @Test("sums of what files say do not overflow")
    func sums() throws {
        let trial = try MergeTrial.merge(
            (0..<3).map { ShardFile(index: $0, checks: .init(passed: (1 << 53) - 1)) })
        #expect(trial.result.exitCode == .pass)
    }

    @Test("none of the files a shard: nothing is written")
    func nothing() throws {
        for bytes in [[], Array("text".utf8), try ShardFile(count: nil).bytes()] {
            do {
                _ = try MergeTrial.merge(bytes: [bytes])
                Issue.record("merged")
            } catch let error as AgentError {
                #expect(error.exitCode == .badInput)
                #expect(error.message.hasPrefix("none of the files is the evidence of a shard"))
            }
        }
    }

    @Test("the merged run is as old as the oldest of its shards, and its shards are no runs")
    func age() throws {
        let trial = try MergeTrial.merge(ShardFile.three())
        var lines = EvidenceLines(Array(trial.sink.text.utf8))
        let run = try EarlierRun.read(path: "m.jsonl", &lines)
        #expect(run.shard == nil)
        let ends = try trial.sink.lines().filter { $0["type"] == "shard" }.compactMap { $0["finished"]?.text }
        #expect(ends.count == 3)
        #expect(run.finishedUs == Timestamp.unixUs(ends.min() ?? ""))
        var own = EvidenceLines(try ShardFile(index: 1).bytes())
        let shard = try EarlierRun.read(path: "s.jsonl", &own)
        #expect(shard.shard == "1/3")
        #expect(!Requirement.whole.judge(shard, nowUs: 0).isMet)
        let host = FakeHost(["s.jsonl": String(decoding: try ShardFile(index: 1).bytes(), as: UTF8.self)])
        #expect(throws: AgentError.self) {
            try EarlierEvidence(prior: ["s.jsonl"], freeze: nil, host: host.system)
        }
    }
}
