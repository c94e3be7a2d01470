import Evidence
import Gate
import Testing
import Value

@testable import Agent

extension AgentRuns {
    @Suite("Comparisons of ranges of a partition")
    struct RangeParityTests {
        private static let kinds = ["missing", "extra", "reordered", "altered", "aborted_copied", "duplicated"]
        private static let body = """
            for _, p in ipairs(ctx.compare.records { topic = 'big', range = 400 }) do
              local s = ctx:subject { partition = p.partition, range = p.range }
              if p.error and not p.known then
                s:unknown('missing', p)
              else
                for _, kind in ipairs { '\(kinds.joined(separator: "', '"))' } do
                  s:equal(kind, p[kind], 0, 'records', { compared = p.compared, method = p.method })
                end
                if p.error then s:unknown('readable', p) end
              end
            end
            """
        private static let keys = "clusters = { 'source', 'target' }, shardable = true,"
        private static let count = 2400
        /// Where three shards cut the source.
        private static let bounds = [800, 1600]

        /// How one run, or that of all shards, ended, and what it found of each kind.
        private struct Finding: Equatable, CustomStringConvertible {
            var methods: Set<String> = []
            var exit: ExitCode
            var counts: [String: Int64] = [:]
            var compared: Int64 = 0

            init(_ exit: ExitCode, _ lines: [Value]) {
                self.exit = exit
                for line in lines where line["type"] == "check" {
                    // Partitions alike share a line; here there is one.
                    guard let kind = line["check"]?.text else { continue }
                    if let method = line["facts"]?["method"]?.text { methods.insert(method) }
                    counts[kind, default: 0] += line["actual"]?.integer ?? 0
                    if kind == "missing" { compared += line["facts"]?["compared"]?.integer ?? 0 }
                }
            }

            var description: String { "\(exit) \(counts.filter { $0.value > 0 }) of \(compared)" }
        }

        /// Compares a log with its copy in one run and in three shards.
        private static func compare(
            _ target: [Int], source: [Int] = Array(0..<count), constant: Bool = false, batches: Int? = nil
        ) async throws -> (whole: Finding, merged: Finding, words: String) {
            let one = RangeLog.build(source, perBatch: batches ?? 50, name: "log", constant: constant)
            // Offsets are others on the target, as behind markers, unless batches are copied as they are.
            let other =
                batches.map { RangeLog.build(target, perBatch: $0, name: "copy") }
                ?? RangeLog.build(target, perBatch: 37, from: 11, name: "copy", committed: true, constant: constant)
            return try await TwoClusters.with(source: one, target: other) { clusters in
                let whole = try await clusters.run(body, keys: keys)
                let files = [
                    "./gates/g.lua": Trial.gate("g", body, keys: keys),
                    "f.jsonl": try RangeLog.freeze(0..<Int64(source.count)),
                ]
                var shards: [Trial] = []
                for index in 0..<3 {
                    shards.append(
                        try await clusters.run(files: files, words: ["g"]) {
                            $0.freezeFile = "f.jsonl"
                            $0.shard = Shard("\(index)/3")
                        })
                }
                #expect(try shards.map { try $0.lines("range").count } == [1, 1, 1])
                let merged = try MergeTrial.merge(bytes: shards.map { Array($0.sink.text.utf8) })
                return (
                    Finding(whole.result.exitCode, try whole.sink.lines()),
                    Finding(merged.result.exitCode, try merged.sink.lines()),
                    try merged.reasons("g").joined(separator: "; ")
                )
            }
        }

        @Test("three shards find what one run finds where nothing differs")
        func same() async throws {
            let found = try await Self.compare(Array(0..<Self.count))
            #expect(found.merged.exit == .pass, "\(found.words)")
            #expect(found.merged == found.whole)
            #expect(found.merged.compared == Int64(Self.count))
        }

        private static let changes: [(name: String, change: @Sendable (inout [Int], Int) -> Void)] = [
            ("missing", { $0.remove(at: $1) }), ("extra", { $0.insert(900_000, at: $1) }),
            ("duplicated", { $0.insert($0[$1], at: $1) }), ("reordered", { $0.swapAt($1, $1 + 1) }),
            // Key and value are as before, the time is not.
            ("altered", { $0[$1] += RangeLog.later }),
        ]

        @Test(
            "a record that differs at a bound, before it or behind it is found as by one run", arguments: bounds,
            changes.indices)
        func atBounds(bound: Int, number: Int) async throws {
            for place in [bound - 2, bound - 1, bound, bound + 1] {
                var target = Array(0..<Self.count)
                Self.changes[number].change(&target, place)
                let found = try await Self.compare(target)
                let name = Self.changes[number].name
                #expect(found.whole.exit == .fail && found.whole.counts[name] == 1, "\(name) \(place) \(found.whole)")
                #expect(found.merged == found.whole, "\(name) at \(place): \(found.merged), not \(found.whole)")
            }
        }

        @Test("many records that differ around a bound are found as by one run", arguments: bounds)
        func aroundBounds(bound: Int) async throws {
            let changes: [@Sendable (inout [Int]) -> Void] = [
                { $0.removeSubrange(bound - 60..<bound + 60) },
                { $0.insert(contentsOf: 900_000..<900_100, at: bound) },
                // Copied again from some place on.
                { $0.insert(contentsOf: Array($0[bound - 30..<bound + 30]), at: bound + 30) },
                { $0.insert(contentsOf: Array($0[bound - 300..<bound + 300]), at: bound + 300) },
                { $0.insert($0.remove(at: bound - 3), at: bound + 20) },
                { $0.insert($0.remove(at: bound + 20), at: bound - 3) },
                { for place in stride(from: bound - 50, to: bound + 50, by: 10) { $0[place] += RangeLog.later } },
            ]
            for (number, change) in changes.enumerated() {
                var target = Array(0..<Self.count)
                change(&target)
                let found = try await Self.compare(target)
                #expect(found.merged == found.whole, "\(number): \(found.merged), not \(found.whole)")
            }
        }

        @Test("whole windows behind a cut that are missing, or there beside the rest, count", arguments: bounds)
        func windows(bound: Int) async throws {
            let source = Array(0..<24_000)
            for change: @Sendable (inout [Int]) -> Void in [
                { $0.removeSubrange(bound * 10 + 100..<bound * 10 + 7100) },
                { $0.removeSubrange(bound * 10 - 7100..<bound * 10 - 100) },
                { $0.insert(contentsOf: 900_000..<907_000, at: bound * 10 + 100) },
                { $0.insert(contentsOf: 900_000..<907_000, at: bound * 10 - 100) },
            ] {
                var target = source
                change(&target)
                let found = try await Self.compare(target, source: source)
                #expect(found.whole.exit == .fail)
                #expect(found.merged == found.whole, "\(found.merged), not \(found.whole)")
            }
        }

        @Test("copies of batches are compared as such, whether cuts fall on a batch or not", arguments: [37, 50, 900])
        func copies(batches: Int) async throws {
            let clean = try await Self.compare(Array(0..<Self.count), batches: batches)
            #expect(clean.merged == clean.whole && clean.merged.exit == .pass, "\(clean.merged) \(clean.words)")
            #expect(clean.merged.methods == ["batches"])
        }

        @Test("an altered record of a copy is found once, in a batch across a cut too", arguments: [37, 50, 1100])
        func alteredCopies(batches: Int) async throws {
            for place in [798, 799, 800, 801, 813, 814, 815, 1099, 1100, 1599, 1600, 2199, 2200] {
                var target = Array(0..<Self.count)
                target[place] += RangeLog.later
                let found = try await Self.compare(target, batches: batches)
                #expect(found.whole.exit == .fail && found.whole.counts["altered"] == 1)
                #expect(found.merged.exit == .fail, "\(place): \(found.merged) \(found.words)")
                #expect(found.merged.counts["altered"] == 1, "\(place): \(found.merged)")
            }
        }

        @Test("what changes places between ranges fails, whatever it is called there")
        func acrossBounds() async throws {
            for (from, to) in [(100, 1000), (1000, 100), (790, 2000), (2399, 0)] {
                var target = Array(0..<Self.count)
                target.insert(target.remove(at: from), at: to)
                let found = try await Self.compare(target)
                #expect(found.whole.exit == .fail && found.merged.exit == .fail)
            }
        }

        @Test("where the logs cannot be cut the run is inconclusive, and says what to do")
        func noCut() async throws {
            // The target ends before the second bound; then all records are alike; then too much is gone at a bound.
            for (source, target, constant) in [
                (Array(0..<Self.count), Array(0..<1500), false),
                (Array(0..<Self.count), Array(0..<Self.count), true),
                (Array(0..<Self.count), Array(0..<600) + Array(1100..<Self.count), false),
            ] {
                let found = try await Self.compare(target, source: source, constant: constant)
                #expect(found.merged.exit == .inconclusive, "\(found.merged)")
                #expect(found.words.contains("cannot be cut at offset"), "\(found.words)")
                #expect(found.words.contains("compare without ranges (range=0)"), "\(found.words)")
            }
        }

        @Test("blocks that the source itself holds twice lead no cut astray")
        func sourceRepeats() async throws {
            // A producer sent again what it had sent, on the first bound and far from it.
            let source = Array(0..<500) + Array(300..<500) + Array(200..<500) + Array(500..<1900)
            #expect(source.count == Self.count)
            let same = try await Self.compare(source, source: source)
            #expect(same.merged.exit != .fail, "\(same.merged) \(same.words)")
            #expect(same.whole.exit == .pass)
            var target = source
            target.remove(at: 850)
            let found = try await Self.compare(target, source: source)
            #expect(found.merged.exit != .pass && found.whole.exit == .fail)
        }

        @Test("changes at random make no pass of what fails, and no fail of what passes", arguments: 0..<12)
        func random(seed: UInt64) async throws {
            var random = Numbers(state: seed &* 7919 &+ 1)
            var target = Array(0..<Self.count)
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                let near = Self.bounds[Int.random(in: 0...1, using: &random)] + Int.random(in: -90...90, using: &random)
                Self.changes[Int.random(in: Self.changes.indices, using: &random)].change(&target, near)
            }
            let found = try await Self.compare(target)
            #expect(found.merged.exit == found.whole.exit, "\(found.merged), not \(found.whole): \(found.words)")
        }

        private struct Numbers: RandomNumberGenerator {
            var state: UInt64

            mutating func next() -> UInt64 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return state ^ state >> 31
            }
        }
    }
}
