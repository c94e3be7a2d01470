import KafkaClient
import KafkaFacts
import KafkaRecords
import KafkaWire
import ScriptedBroker
import Testing
import Transport

@Suite struct DataRecordCountTests {
    @Test("plain records count, compressed ones too, those at the bounds by their own offsets")
    func straddles() async throws {
        var log = LogBuilder()
        try log.records(10, codec: .zstd)
        try log.records(10, codec: .lz4)
        try log.records(10)
        try await Scene.with(log: log) { _, client in
            for (start, end) in [(0, 30), (5, 25), (9, 10), (10, 20), (29, 30), (12, 12)] {
                let count = try await Self.count(client, from: Int64(start), to: Int64(end))
                #expect(count.records == end - start && count.isComplete && count.nextOffset == end)
            }
        }
    }

    @Test("gaps of compaction are no records, and markers neither")
    func gapsAndMarkers() async throws {
        var log = LogBuilder()
        try log.records(3)
        log.gap(4)
        try log.records(2, producer: 1)
        try log.end(of: 1, committed: true)
        log.gap(5)
        try log.records(1)
        try await Scene.with(log: log) { [log] _, client in
            let count = try await Self.count(client, from: 0, to: log.next)
            #expect(count.records == 6 && count.controlRecords == 1 && count.isComplete)
        }
    }

    @Test("where only markers are left there is nothing to read")
    func onlyMarkers() async throws {
        var log = LogBuilder()
        try log.records(2, producer: 1)
        try log.end(of: 1, committed: true)
        try await Scene.with(log: log) { _, client in
            let count = try await Self.count(client, from: 2, to: 3)
            #expect(count.records == 0 && count.controlRecords == 1 && count.isComplete)
        }
    }

    @Test("aborted records do not count, unless they are asked for", arguments: [false, true])
    func aborted(countAborted: Bool) async throws {
        var log = LogBuilder()
        try log.records(2, producer: 1)
        try log.records(3, producer: 2)
        try log.end(of: 1, committed: false)
        try log.end(of: 2, committed: true)
        try log.records(4, producer: 1)
        try log.end(of: 1, committed: true)
        try await Scene.with(log: log) {
            $0.abortedTransactions = [AbortedTransaction(producerId: 1, firstOffset: 0)]
        } _: { [log] _, client in
            let count = try await Self.count(client, from: 0, to: log.next, countAborted: countAborted)
            #expect(count.records == (countAborted ? 9 : 7))
            #expect(count.abortedRecords == 2 && count.openRecords == 0)
        }
    }

    @Test("an abort marker at the start ends its transaction, and not the producer's next one")
    func startsAtTheMarker() async throws {
        var log = LogBuilder()
        try log.records(2, producer: 1)
        try log.end(of: 1, committed: false)
        try log.records(4, producer: 1)
        try log.end(of: 1, committed: true)
        try await Scene.with(log: log) {
            $0.abortedTransactions = [AbortedTransaction(producerId: 1, firstOffset: 0)]
        } _: { [log] _, client in
            let count = try await Self.count(client, from: 2, to: log.next)
            #expect(count.records == 4 && count.abortedRecords == 0 && count.isComplete)
        }
    }

    @Test("a transaction that began before the range is judged by its marker within or behind it")
    func beganBefore() async throws {
        var log = LogBuilder()
        try log.records(5, producer: 1)
        try log.records(2)
        try log.records(3, producer: 1)
        try log.end(of: 1, committed: false)
        try await Scene.with(log: log) {
            $0.abortedTransactions = [AbortedTransaction(producerId: 1, firstOffset: 0)]
        } _: { [log] _, client in
            let count = try await Self.count(client, from: 3, to: log.next)
            #expect(count.records == 2 && count.abortedRecords == 5)
        }
    }

    @Test("a marker behind the end of the range still decides", arguments: [true, false])
    func markerBehindEnd(committed: Bool) async throws {
        // Producer 2 holds the stable offset at 4, so the marker of producer 1 lies behind it.
        var log = LogBuilder()
        try log.records(4, producer: 1)
        try log.records(1, producer: 2)
        try log.records(2, producer: 1)
        try log.records(1)
        try log.end(of: 1, committed: committed)
        try await Scene.with(log: log, stable: 4) {
            if !committed { $0.abortedTransactions = [AbortedTransaction(producerId: 1, firstOffset: 0)] }
        } _: { _, client in
            let stable = try await Self.count(client, from: 0, to: 4)
            #expect(stable.records == (committed ? 4 : 0) && stable.openRecords == 0 && stable.isComplete)
            let more = try await Self.count(client, from: 0, to: 7)
            #expect(more.records == (committed ? 7 : 1) && more.openRecords == 1 && more.isComplete)
            #expect(more.abortedRecords == (committed ? 0 : 6))
        }
    }

    @Test("records of a transaction still open count, and are told apart")
    func open() async throws {
        var log = LogBuilder()
        try log.records(2)
        try log.records(3, producer: 9)
        try log.records(1)
        try await Scene.with(log: log, stable: 2) { [log] _, client in
            let count = try await Self.count(client, from: 0, to: log.next)
            #expect(count.records == 6 && count.openRecords == 3 && count.isComplete)
        }
    }

    @Test("counting stops once more than the limit are certain; open and aborted ones are not")
    func limit() async throws {
        var log = LogBuilder()
        for _ in 0..<12 { try log.records(10, size: 50_000) }
        try await Scene.with(log: log) { [log] _, client in
            let count = try await Self.count(client, from: 0, to: log.next, limit: 25)
            #expect(count.records > 25 && count.records < 120 && !count.isComplete)
            let exact = try await Self.count(client, from: 0, to: log.next, limit: 120)
            #expect(exact.records == 120 && exact.isComplete)
        }
    }

    @Test("a range that ends beyond the log is not complete, and costs no endless asking")
    func beyondTheEnd() async throws {
        var log = LogBuilder()
        try log.records(5)
        try await Scene.with(log: log) { cluster, client in
            let count = try await Self.count(client, from: 0, to: 50)
            #expect(count.records == 5 && !count.isComplete && count.nextOffset == 5)
            #expect(try cluster.requests(FetchRequest.self).count < 5)
        }
    }

    @Test("an end of the log that compaction has emptied is not complete, and costs a few questions only")
    func emptyTail() async throws {
        var log = LogBuilder()
        try log.records(5)
        try await Scene.with(log: log, end: 9) { cluster, client in
            let count = try await Self.count(client, from: 0, to: 9)
            #expect(count.records == 5 && !count.isComplete && count.nextOffset == 5)
            #expect(try cluster.requests(FetchRequest.self).count < 20)
        }
    }

    private static func count(
        _ client: KafkaCluster, from start: Int64, to end: Int64, limit: Int64 = .max, countAborted: Bool = false
    ) async throws -> DataRecordCount {
        try await client.dataRecords(
            in: Scene.log, from: start, to: end, limit: limit, countAborted: countAborted, Scene.context)
    }
}
