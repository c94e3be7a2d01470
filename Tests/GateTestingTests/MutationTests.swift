import Agent
import EmbeddedKafka
import Foundation
import Gate
import Testing
import Value

@testable import GateTesting

@Suite(.serialized) struct MutationTests {
    private static let test = """
        return { ["passes with two partitions"] = function(world)
          world.source:topic("orders", 2)
          world.source:append("orders", 1, 1)
          world:run():passes()
        end }
        """

    @Test("a fact that a gate does not see survives, and is named with its test and its partition")
    func blind() async throws {
        let folder = GateFolder(
            run:
                "ctx:subject { n = 1 }:equal('partitions', #ctx.source:topics { names = { 'orders' } }[1].partitions, 2)",
            test: Self.test)
        let report = try await folder.report(mutating: true)
        let mutated = try #require(report.cases.last)
        #expect(mutated.name == "passes with two partitions (mutation)")
        let failure = try #require(mutated.failure)
        #expect(
            failure.contains(
                "gates/g_test.lua:4: still passes where, on the source, topic orders partition 1 ends at 2 instead of 1 "
                    + "[end_offset]"))
        #expect(!failure.contains("[partitions]"), "\(failure)")
        #expect(!failure.contains("on the target"), "the gate does not read it")
        #expect((report.mutation?.survived ?? 0) > 0)
        #expect((report.mutation?.killed ?? 0) > 0)
    }

    @Test("certificates are changed one by one, and each that nobody looked at is named")
    func certificates() async throws {
        let folder = GateFolder(
            run: """
                local row = ctx.source:probe { brokers = "all" }[1]
                ctx:subject { broker = row.broker }:is_true("login", row.login)
                """, keys: "probes = true,",
            test: """
                return { ["passes over TLS"] = function(world)
                  world.source:tls { days = 30 }
                  world:run({}, { config = { ["security.protocol"] = "SSL" } }):passes()
                end }
                """)
        let failure = try #require(try await folder.report(mutating: true).cases.last?.failure)
        for broker in 1...2 {
            #expect(failure.contains("the certificate of broker \(broker) is valid for a day less [expiry]"))
        }
        #expect(failure.contains("the certificate of broker 2 has expired [certificate]"), "\(failure)")
        #expect(!failure.contains("of broker 1 has expired") && !failure.contains("of broker 1 is for another host"))
        #expect(!failure.contains("ask clients"))
    }

    @Test("what the manifest declares is no survivor, and what it declares without need is told")
    func declared() async throws {
        let folder = GateFolder(
            run:
                "ctx:subject { n = 1 }:equal('partitions', #ctx.source:topics { names = { 'orders' } }[1].partitions, 2)",
            keys: """
                blind_to = { config = "c", end_offset = "e", start_offset = "s", record = "r", checksum = "x", leader = "l",
                  stale_leader = "m", broker = "b", cluster_id = "i", topic = "never survives" },
                """, test: Self.test)
        let report = try await folder.report(mutating: true)
        #expect(report.failures == 0, "\(report.cases.compactMap(\.failure))")
        #expect((report.mutation?.declared ?? 0) > 0)
        #expect(report.unneeded.map(\.fact) == ["topic"])
    }

    @Test("a gate that takes stock sees what it captures")
    func capture() async throws {
        let folder = GateFolder(
            run: """
                local rows = ctx.source:quotas {}
                for _, quota in ipairs(rows) do ctx:note("quota", { entity = quota.entity, value = quota.value }) end
                ctx:subject { n = 1 }:is_true("captured", true)
                """, keys: "blind_to = { broker = 'b', cluster_id = 'i' },",
            test: """
                return { captures = function(world)
                  world.source:quota({ user = "billing" }, { consumer_byte_rate = 10 })
                  world:run():passes()
                end }
                """)
        #expect(try await folder.failures(mutating: true).isEmpty)
    }

    @Test("what stands beside the question is left alone")
    func beside() {
        var side = World.Side(.source)
        side.state.createTopic("orders")
        side.state.createTopic("audit")
        side.beside = ["audit"]
        var world = World()
        world[.source] = side
        let words = Mutation.all(of: world, sides: [.source], RunSetup()).map(\.words)
        #expect(words.contains { $0.hasPrefix("topic orders") })
        #expect(!words.contains { $0.hasPrefix("topic audit") })
    }

    @Test("of many facts of a kind some are tried, the first and the last among them")
    func many() {
        var world = World()
        world[.source].state.createTopic("orders", partitions: 100)
        let leaders = Mutation.all(of: world, sides: [.source], RunSetup()).filter { $0.fact == .leader }
        #expect(leaders.count == Mutation.most)
        #expect(leaders.first?.words == "topic orders partition 0 has no leader")
        #expect(leaders.last?.words == "topic orders partition 99 has no leader")
    }

    @Test("the guide names every kind of fact")
    func guide() throws {
        let page = try String(contentsOfFile: GateFolder.root + "/CONTRIBUTING.md", encoding: .utf8)
        for fact in Mutation.Fact.allCases { #expect(page.contains("`\(fact.rawValue)`"), "\(fact.rawValue)") }
    }

    /// The kinds of facts that the contract says checks of the first gates measure.
    private static let measured: [String: Set<Mutation.Fact>] = [
        "lag_budget": [
            .topic, .partitions, .endOffset, .startOffset, .leader, .staleLeader, .commit, .commitBehind, .broker,
        ],
        "partition_parity": [.topic, .partitions],
        "decode_test": [.topic, .record, .checksum, .schemaID, .leader, .staleLeader],
        "auth_probe": [.principal, .acl, .broker],
        "offset_translation": [.topic, .leader, .staleLeader, .commit, .checksum],
        "record_parity": [.topic, .endOffset, .record, .checksum, .leader, .staleLeader],
        "topic_digest": [.topic, .partitions, .endOffset, .startOffset, .record, .checksum, .leader, .staleLeader],
        "freeze_capture": [
            .topic, .partitions, .endOffset, .startOffset, .leader, .staleLeader, .commit, .commitBehind,
        ],
        // An empty partition more is no record more; that one with a record fails has a test of its own.
        "writes_frozen": [.topic, .endOffset, .leader, .staleLeader],
        // Of all records it is the last that is measured: that it is missing, or another, has tests of its own.
        "replication_drained": [.topic, .leader, .staleLeader],
        "rollback_window": [.topic, .config, .startOffset, .leader, .staleLeader],
    ]

    /// Without the cluster that it may be of.
    private static func name(_ fact: String) -> String { String(fact.split(separator: ".").last ?? "") }

    @Test("no shipped gate is blind to what the contract says its checks measure, nor to what there is not")
    func contract() async throws {
        let known = Set(Mutation.Fact.allCases.map(\.rawValue))
        let files = try await Shipped.files()
        for (gate, facts) in Self.measured {
            let file = try #require(files.first { $0.manifest.name == gate })
            let blind = Set(file.manifest.blindTo.map { Self.name($0.fact) })
            #expect(blind.isDisjoint(with: facts.map(\.rawValue)), "\(gate)")
        }
        for file in files {
            for fact in file.manifest.blindTo.map({ Self.name($0.fact) }) {
                #expect(known.contains(fact), "\(file.gatePath) is blind to '\(fact)', which is no fact")
            }
        }
    }
}
