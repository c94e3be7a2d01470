import Agent
import EmbeddedClusters
import Gate
import Testing
import Value

extension AgentRuns {
    @Suite("100,000 partitions")
    struct ScaleTests {
        private static func wide(_ count: Int) -> TwoClusters.Build {
            { try $0.createTopic("wide", ends: Array(repeating: 7, count: count)) }
        }

        @Test(
            "one answer of topics and one of offsets are walked and checked within the memory of a gate",
            .timeLimit(.minutes(5)))
        func walked() async throws {
            let count = 100_000
            try await TwoClusters.with(source: Self.wide(count)) { clusters in
                let trial = try await clusters.run(
                    """
                    local led = 0
                    for _, topic in ipairs(ctx.source:topics { names = { 'wide' } }) do
                      for _, p in ipairs(topic.partitions) do
                        if p.leader then led = led + #p.replicas end
                      end
                    end
                    ctx:note('led', { partitions = led })
                    for _, p in ipairs(ctx.source:offsets { topics = { 'wide' } }) do
                      ctx:subject { topic = p.topic, partition = p.partition }:at_least('end', p.offset, 7)
                    end
                    """, keys: "clusters = { 'source' },"
                ) { $0.gateTimeout = .seconds(240) }
                #expect(try trial.verdict("g") == "pass")
                let end = try trial.end("g")
                #expect(end["checks"]?["passed"] == .integer(Int64(count)))
                #expect(end["subjects"] == .integer(Int64(count)))
                let peak = end["usage"]?["lua_peak_bytes"]?.integer ?? .max
                #expect(peak < 64 << 20)
                #expect(try trial.lines("note").first?["facts"]?["partitions"] == .integer(Int64(count)))
                #expect(trial.sink.text.split(separator: "\n").allSatisfy { $0.utf8.count < 65_536 })
            }
        }

        @Test("lists that a script keeps are charged to its memory")
        func kept() async throws {
            try await TwoClusters.with(source: Self.wide(20_000)) { clusters in
                let trial = try await clusters.run(
                    "local t = {} while true do t[#t + 1] = ctx.source:offsets { topics = { 'wide' } } end",
                    keys: "clusters = { 'source' },"
                ) { $0.gateTimeout = .seconds(240) }
                #expect(try trial.codes("g").contains("memory"))
            }
        }
    }
}
