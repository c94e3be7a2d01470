import EmbeddedClusters
import EmbeddedKafka
import KafkaClient
import KafkaWire
import Parity
import ScriptedBroker
import Testing

@Suite("The search for a group's position on the target")
struct PositionSearchTests {
    static let pair = LogPair(source: TopicPartition("log", 0), target: TopicPartition("copy", 0))

    /// Compares commits in the topic `log` of a source and in `copy` of a target.
    static func compare(
        _ source: LogBuilder, _ target: LogBuilder, _ commit: Int64, _ found: Int64, mostCounted: Int64 = 1_000_000,
        _ change: @Sendable (inout ClusterState, inout ClusterState) throws -> Void = { _, _ in }
    ) async throws -> PositionComparison {
        var (first, second) = (ClusterState.empty(.kafka3, "source"), ClusterState.empty(.kafka4, "target"))
        try first.createTopic("log", logs: [source])
        try second.createTopic("copy", logs: [target])
        try change(&first, &second)
        return try await ServedCluster.with([first, second]) { served in
            try await served[0].withClient { source in
                try await served[1].withClient { target in
                    let search = PositionSearch(
                        source: source, target: target, mostCounted: mostCounted, EmbeddedScene.context)
                    return await search.compare(Self.pair, source: commit, target: found)
                }
            }
        }
    }

    @Test("between two positions all records are counted, or none are told to be exact")
    func counted() async throws {
        let log = try LogBuilder.log(1000, perBatch: 50)
        let again = try await Self.compare(log, log, 500, 0)
        #expect(again.relation == .redeliver)
        #expect(again.records == 500)
        #expect(!again.isAtLeast)
        // Far from each other: what lies between is counted apart, and so many are too many.
        let uncounted = try await Self.compare(log, log, 500, 0, mostCounted: 100)
        #expect(uncounted.relation == nil)
        #expect(uncounted.obstacle == .notCounted)
        #expect(uncounted.records == 150)
        #expect(uncounted.isAtLeast)
    }

    @Test("a log whose end sends nothing hides what a commit there skips", arguments: [Int64(100), 101, 120])
    func silentEnd(found: Int64) async throws {
        let log = try LogBuilder.log(100, perBatch: 50)
        var model = ClusterModel()
        var copy = try ClusterModel.Partition(batches: log.batches)
        copy.end = 120
        model.topics["copy"] = .init([copy])
        try await ScriptedCluster.with(brokers: 1, model) { cluster in
            cluster.on(FetchRequest.self) { request, _ in
                guard let asked = request.topics.first?.partitions.first, asked.fetchOffset >= 100 else {
                    return .standard
                }
                return .records([], of: "copy", end: 120)
            }
            // A time is asked for: the log's first record is not older.
            cluster.amend(ListOffsetsRequest.self) { response, _ in
                if response.topics[0].partitions[0].offset < 0 { response.topics[0].partitions[0].offset = 0 }
            }
            try await EmbeddedScene.with {
                try $0.createTopic("log", logs: [log])
            } _: { scene in
                try await cluster.withClient { target in
                    let search = PositionSearch(source: scene.client, target: target, EmbeddedScene.context)
                    let comparison = await search.compare(Self.pair, source: 100, target: found)
                    #expect(comparison.error == nil)
                    #expect(comparison.place == 100)
                    #expect(comparison.relation == (found == 100 ? .exact : nil))
                    #expect(comparison.obstacle == (found == 100 ? nil : .notCounted))
                    #expect(comparison.isAtLeast == (found != 100))
                }
            }
        }
    }

    @Test("a commit of the source beyond its log is no position, one at its end is")
    func beyondSource() async throws {
        let log = try LogBuilder.log(100, perBatch: 50)
        let beyond = try await Self.compare(log, log, 101, 100)
        #expect(beyond.relation == nil)
        #expect(beyond.obstacle == .sourceOutOfRange)
        #expect(try await Self.compare(log, log, 100, 100).relation == .exact)
        // That the target's lies outside is certain, whatever the source's is.
        #expect(try await Self.compare(log, log, 101, 101).relation == .outOfRange)
    }

    @Test("a commit behind the target's last stable offset is in its log, and one record too many is seen there")
    func behindStable() async throws {
        let log = try LogBuilder.log(100, perBatch: 50)
        let copied = try LogBuilder.log(60, perBatch: 30)
        for (found, relation) in [(Int64(80), PositionComparison.Relation.exact), (79, .redeliver), (81, .skip)] {
            let comparison = try await Self.compare(log, copied, 80, found) { _, target in
                try target.transaction("copier", .open, [("copy", 0, LogBuilder.records(60..<100))])
            }
            #expect(comparison.relation == relation)
            #expect(comparison.records == abs(found - 80))
        }
        let beyond = try await Self.compare(log, copied, 80, 101) { _, target in
            try target.transaction("copier", .open, [("copy", 0, LogBuilder.records(60..<100))])
        }
        #expect(beyond.relation == .outOfRange)
    }

    @Test("where only the target holds what was not read, no position before it is right")
    func lostOnSource() async throws {
        let log = try LogBuilder.log(100, perBatch: 10)
        for found: Int64 in [0, 10, 49, 50] {
            let comparison = try await Self.compare(log, log, 10, found) { source, _ in
                source.deleteRecords(of: "log", before: 50)
            }
            #expect(comparison.obstacle == .sourceLost)
            #expect(comparison.records == nil)
        }
        let skipped = try await Self.compare(log, log, 10, 53) { source, _ in
            source.deleteRecords(of: "log", before: 50)
        }
        #expect(skipped.relation == .skip)
        #expect(skipped.records == 3)
        #expect(skipped.isAtLeast)
        let lostOnBoth = try await Self.compare(log, log, 10, 50) { source, target in
            source.deleteRecords(of: "log", before: 50)
            target.deleteRecords(of: "copy", before: 50)
        }
        #expect(lostOnBoth.relation == .exact)
        #expect(lostOnBoth.isApproximate)
    }

    @Test("records between are far behind what the search reads, and are seen")
    func lostFarBehind() async throws {
        // By its timestamps the search begins right before the place.
        let log = try LogBuilder.log(30_000, perBatch: 1000)
        let comparison = try await Self.compare(log, log, 10, 29_000) { source, _ in
            source.deleteRecords(of: "log", before: 29_000)
        }
        #expect(comparison.place == 29_000)
        #expect(comparison.obstacle == .sourceLost)
    }
}
