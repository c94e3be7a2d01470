import EmbeddedKafka
import Evidence
import Gate
import KafkaWire
import Testing
import Value

@testable import Agent

extension AgentRuns {
    @Suite("Runs of ranges of a partition")
    struct RangeRunTests {
        private static let digest = """
            for _, p in ipairs(ctx.source:digest { topic = 'big', range = 2000 }) do
              local s = ctx:subject { partition = p.partition, range = p.range }
              if p.error then
                s:unknown('captured', p)
              else
                s:equal('records', p.records, p.records, 'records', { from = p.start_offset, to = p.end_offset })
                local list = {}
                for _, w in ipairs(p.windows) do list[#list + 1] = w.offset .. ' ' .. w.records .. ' ' .. w.digest end
                ctx:note('windows', { range = p.range, windows = list })
              end
            end
            """
        private static let keys = "clusters = { 'source' }, shardable = true,"
        private static let count = 20_000

        /// Of one run: all that windows are, in the order of their ranges.
        private static func windows(_ lines: [Value]) -> [String] {
            let notes = lines.filter { $0["type"] == "note" && $0["name"] == "windows" }.map { $0["facts"] ?? .null }
            return notes.sorted { ($0["range"]?.integer ?? 0) < ($1["range"]?.integer ?? 0) }.flatMap { note in
                guard case .list(let windows)? = note["windows"] else { return [String]() }
                return windows.compactMap(\.text)
            }
        }

        /// Runs the shards of a gate, and merges them.
        private static func shards(
            _ count: Int, _ clusters: TwoClusters, freeze: Range<Int64>, _ body: String = digest
        ) async throws -> (shards: [Trial], merged: MergeTrial) {
            let files = [
                "./gates/g.lua": Trial.gate("g", body, keys: keys), "f.jsonl": try RangeLog.freeze(freeze),
            ]
            var trials: [Trial] = []
            for index in 0..<count {
                trials.append(
                    try await clusters.run(files: files, words: ["g"]) {
                        $0.freezeFile = "f.jsonl"
                        $0.shard = Shard("\(index)/\(count)")
                    })
            }
            return (trials, try MergeTrial.merge(bytes: trials.map { Array($0.sink.text.utf8) }))
        }

        @Test("shards of one partition scan it once between them, and have its windows", arguments: [1, 2, 4])
        func together(count: Int) async throws {
            let log = RangeLog.build(Array(0..<Self.count), from: 300, name: "log")
            try await TwoClusters.with(source: log) { clusters in
                let whole = try await clusters.run(Self.digest, keys: Self.keys)
                let log: Range<Int64> = 300..<300 + Int64(Self.count)
                let (shards, merged) = try await Self.shards(count, clusters, freeze: log)
                #expect(merged.result.exitCode == .pass, "\(merged.problems)")
                for shard in shards {
                    #expect(try shard.codes("g") == ["shard"])
                    #expect(try shard.lines("range").count == (count == 1 ? 0 : 1))
                }
                let lines = try merged.sink.lines()
                #expect(Self.windows(lines) == Self.windows(try whole.sink.lines()))
                #expect(Self.windows(lines).count > 3)
                let records = lines.filter { $0["type"] == "check" }.compactMap { $0["actual"]?.integer }
                #expect(records.reduce(0, +) == Int64(Self.count))
            }
        }

        @Test("a partition of less than twice the size, and one without a freeze, stays whole")
        func whole() async throws {
            let log = RangeLog.build(Array(0..<3999), name: "log")
            try await TwoClusters.with(source: log) { clusters in
                let (shards, merged) = try await Self.shards(3, clusters, freeze: 0..<3999)
                #expect(try shards.flatMap { try $0.lines("range") }.isEmpty)
                #expect(try shards.flatMap { try $0.lines("units") }.count == 1)
                #expect(merged.result.exitCode == .pass)
            }
        }

        @Test("what is not the log that was frozen is no pass, with the reason")
        func changed() async throws {
            let log: Range<Int64> = 0..<8000
            let changes: [(String, count: Int, @Sendable (inout ClusterState) -> Void)] = [
                (
                    "the topic is not the one that was frozen", 8000,
                    { $0.topics["big"]?.id = KafkaUUID(high: 7, low: 10) }
                ),
                ("begins before the log does, at 4001", 8000, { $0.deleteRecords(of: "big", before: 4001) }),
                ("the log was frozen up to 8000, and ends at 7999", 7999, { _ in }),
            ]
            for (words, count, change) in changes {
                let build = RangeLog.build(Array(0..<count), name: "log")
                let changed: TwoClusters.Build = { state in
                    try build(&state)
                    change(&state)
                }
                try await TwoClusters.with(source: changed) { clusters in
                    let (shards, merged) = try await Self.shards(2, clusters, freeze: log)
                    #expect(merged.result.exitCode == .inconclusive)
                    #expect(shards.contains { $0.sink.text.contains(words) }, "\(words)")
                }
            }
        }
    }
}
