import EmbeddedClusters
import EmbeddedKafka
import KafkaClient
import KafkaFacts
import KafkaRecords
import KafkaWire
import Testing
import Transport

@Suite struct DataRecordCountTests {
    @Test("plain records count, compressed ones too, those at the bounds by their own offsets")
    func straddles() async throws {
        try await Scene.with {
            try $0.append(records(10), to: "log", codec: .zstd)
            try $0.append(records(10), to: "log", codec: .lz4)
            try $0.append(records(10), to: "log")
        } _: { scene in
            for (start, end) in [(0, 30), (5, 25), (9, 10), (10, 20), (29, 30), (12, 12)] {
                let count = try await Self.count(scene, from: Int64(start), to: Int64(end))
                #expect(count.records == end - start && count.isComplete && count.nextOffset == end)
            }
        }
    }

    @Test("gaps of compaction are no records, and markers neither")
    func gapsAndMarkers() async throws {
        try await Scene.with {
            try $0.append(records(3), to: "log")
            try $0.append(records(4, key: "gone"), to: "log")
            try $0.transact("one", .commit, 2)
            try $0.append(records(5, key: "gone"), to: "log")
            try $0.append(records(6, key: "gone"), to: "log")
            try $0.compact("log")
        } _: { scene in
            // Of three keys the first is newest outside the transaction, two are newest in it; six are in the last batch.
            let count = try await Self.count(scene, from: 0, to: 21)
            #expect(count.records == 9 && count.controlRecords == 1 && count.isComplete && count.nextOffset == 21)
        }
    }

    @Test("where only markers are left there is nothing to read")
    func onlyMarkers() async throws {
        try await Scene.with {
            try $0.transact("one", .commit, 2)
        } _: { scene in
            let count = try await Self.count(scene, from: 2, to: 3)
            #expect(count.records == 0 && count.controlRecords == 1 && count.isComplete)
        }
    }

    @Test("aborted records do not count, unless they are asked for", arguments: [false, true])
    func aborted(countAborted: Bool) async throws {
        try await Scene.with {
            try $0.transact("one", .open, 2)
            try $0.transact("two", .open, 3)
            try $0.endTransaction("one", committed: false)
            try $0.endTransaction("two", committed: true)
            try $0.transact("one", .commit, 4)
        } _: { scene in
            let count = try await Self.count(scene, from: 0, to: 12, countAborted: countAborted)
            #expect(count.records == (countAborted ? 9 : 7) && count.isComplete)
            #expect(count.abortedRecords == 2 && count.openRecords == 0)
        }
    }

    @Test("an abort marker at the start ends its transaction, and not the producer's next one")
    func startsAtTheMarker() async throws {
        try await Scene.with {
            try $0.transact("one", .abort, 2)
            try $0.transact("one", .commit, 4)
        } _: { scene in
            let count = try await Self.count(scene, from: 2, to: 8)
            #expect(count.records == 4 && count.abortedRecords == 0 && count.isComplete)
        }
    }

    @Test("a transaction that began before the range is judged by its marker within or behind it")
    func beganBefore() async throws {
        try await Scene.with {
            try $0.transact("one", .open, 5)
            try $0.append(records(2), to: "log")
            try $0.transact("one", .abort, 3)
        } _: { scene in
            let count = try await Self.count(scene, from: 3, to: 11)
            #expect(count.records == 2 && count.abortedRecords == 5)
        }
    }

    @Test("a marker behind the end of the range still decides", arguments: [true, false])
    func markerBehindEnd(committed: Bool) async throws {
        // The second transaction holds the stable offset at 4, so the marker of the first lies behind it.
        try await Scene.with {
            try $0.transact("one", .open, 4)
            try $0.transact("two", .open, 1)
            try $0.transact("one", .open, 2)
            try $0.append(records(1), to: "log")
            try $0.endTransaction("one", committed: committed)
        } _: { scene in
            let stable = try await Self.count(scene, from: 0, to: 4)
            #expect(stable.records == (committed ? 4 : 0) && stable.openRecords == 0 && stable.isComplete)
            let more = try await Self.count(scene, from: 0, to: 7)
            #expect(more.records == (committed ? 7 : 1) && more.openRecords == 1 && more.isComplete)
            #expect(more.abortedRecords == (committed ? 0 : 6))
        }
    }

    @Test("records of a transaction still open count, and are told apart")
    func open() async throws {
        try await Scene.with {
            try $0.append(records(2), to: "log")
            try $0.transact("one", .open, 3)
            try $0.append(records(1), to: "log")
        } _: { scene in
            let count = try await Self.count(scene, from: 0, to: 6)
            #expect(count.records == 6 && count.openRecords == 3 && count.isComplete)
        }
    }

    @Test("what many transactions wrote adds up, those among them that have ended and those that are open")
    func manyTransactions() async throws {
        let transactions: Int64 = 1000
        try await Scene.with { state in
            for id in 0..<transactions { try state.transact("t\(id)", .open, 1) }
            for id in 1...3 { try state.endTransaction("t\(id)", committed: id == 3) }
        } _: { scene in
            let count = try await Self.count(scene, from: 0, to: transactions, countAborted: true)
            #expect(count.records == transactions && count.isComplete)
            #expect(count.openRecords == transactions - 3 && count.abortedRecords == 2)
        }
    }

    @Test("counting stops once more than the limit are certain; open and aborted ones are not")
    func limit() async throws {
        try await Scene.with { state in
            for _ in 0..<12 { try state.append(records(10, size: 50_000), to: "log") }
        } _: { scene in
            let count = try await Self.count(scene, from: 0, to: 120, limit: 25)
            #expect(count.records > 25 && count.records < 120 && !count.isComplete)
            let exact = try await Self.count(scene, from: 0, to: 120, limit: 120)
            #expect(exact.records == 120 && exact.isComplete)
        }
    }

    @Test("a range that ends beyond the log is not complete, and costs no endless asking")
    func beyondTheEnd() async throws {
        try await Scene.with {
            try $0.append(records(5), to: "log")
        } _: { scene in
            let count = try await Self.count(scene, from: 0, to: 50)
            #expect(count.records == 5 && !count.isComplete && count.nextOffset == 5)
            #expect(scene.requestCount(of: .fetch) < 5)
        }
    }

    @Test("an end of the log that compaction has emptied is not complete, and costs a few questions only")
    func emptyTail() async throws {
        try await Scene.with {
            $0.topics["log"]?.settings = ["cleanup.policy": "compact", "delete.retention.ms": "1000"]
            try $0.append(records(5), to: "log")
            try $0.append((0..<4).map { NewRecord("gone\($0)", nil) }, to: "log")
            // The first time they are marked as due, the second time they go.
            try $0.compact("log")
            $0.nowMs += 2000
            try $0.compact("log")
        } _: { scene in
            let count = try await Self.count(scene, from: 0, to: 9)
            #expect(count.records == 5 && !count.isComplete && count.nextOffset == 5)
            #expect(scene.requestCount(of: .fetch) < 20)
        }
    }

    private static func count(
        _ scene: EmbeddedScene, from start: Int64, to end: Int64, limit: Int64 = .max, countAborted: Bool = false
    ) async throws -> DataRecordCount {
        try await scene.client.dataRecords(
            in: Scene.log, from: start, to: end, limit: limit, countAborted: countAborted, Scene.context)
    }
}
