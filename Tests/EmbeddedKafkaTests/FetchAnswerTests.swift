import EmbeddedKafka
import KafkaRecords
import KafkaWire
import Testing

@Suite struct FetchAnswerTests {
    /// The offsets of data records that a reader finds in an answer.
    private func offsets(_ partition: FetchResponse.Partition?, from: Int64, committed: Bool = true) throws -> [Int64] {
        let partition = try #require(partition)
        let fetched = FetchedRecords(
            partition.records ?? [], from: from, isolationLevel: committed ? .readCommitted : .readUncommitted,
            abortedTransactions: (partition.abortedTransactions ?? []).map {
                AbortedTransaction(producerId: $0.producerID, firstOffset: $0.firstOffset)
            })
        return try RecordReader().read(fetched).records.map(\.offset)
    }

    @Test(
        "Records of every codec come back under the offsets the broker gave them", arguments: CompressionCodec.allCases)
    func codecs(codec: CompressionCodec) async throws {
        try await withCluster { cluster async throws in
            try cluster.change { state in
                state.createTopic("orders")
                try state.append(records(3), to: "orders", codec: codec)
                try state.append(records(2), to: "orders", codec: codec)
            }
            for version in FetchRequest.spoken {
                let answer = try await cluster.ask(FetchRequest.one("orders", from: 1), version)
                #expect(answer?.first?.highWatermark == 5)
                #expect(try offsets(answer?.first, from: 1) == [1, 2, 3, 4])
            }
        }
    }

    @Test("A reader of committed records stops at the open transaction, and is told of the aborted one")
    func isolation() async throws {
        try await withCluster { cluster async throws in
            try cluster.change { state in
                state.createTopic("payments")
                try state.transaction("a", .commit, [("payments", 0, records(2))])
                try state.transaction("b", .abort, [("payments", 0, records(3))])
                try state.append(records(1), to: "payments")
                try state.transaction("c", .open, [("payments", 0, records(2))])
                try state.append(records(1), to: "payments")
            }
            let committed = try #require(try await cluster.ask(FetchRequest.one("payments", from: 0))?.first)
            #expect(committed.highWatermark == 11)
            #expect(committed.lastStableOffset == 8)
            #expect(committed.abortedTransactions?.map(\.firstOffset) == [3])
            #expect(try offsets(committed, from: 0) == [0, 1, 7])
            let all = try #require(
                try await cluster.ask(FetchRequest.one("payments", from: 0, committed: false))?.first)
            #expect(all.abortedTransactions == nil)
            #expect(try offsets(all, from: 0, committed: false) == [0, 1, 3, 4, 5, 7, 8, 9, 10])

            try cluster.change { try $0.endTransaction("c", committed: true) }
            let later = try #require(try await cluster.ask(FetchRequest.one("payments", from: 8))?.first)
            #expect(later.lastStableOffset == 12)
            #expect(try offsets(later, from: 8) == [8, 9, 10])
        }
    }

    @Test("The first batch is whole whatever the limit, later ones are cut where it ends")
    func sizes() async throws {
        try await withCluster { cluster async throws in
            try cluster.change { state in
                state.createTopic("orders")
                for _ in 0..<3 { try state.append(records(1, size: 1000), to: "orders") }
            }
            let size = try await cluster.ask(FetchRequest.one("orders", from: 0))?.first?.records?.count ?? 0
            let batch = size / 3
            let least = try await cluster.ask(FetchRequest.one("orders", from: 0, partitionMaxBytes: 1))
            #expect(least?.first?.records?.count == batch)
            let cut = try await cluster.ask(
                FetchRequest.one("orders", from: 0, partitionMaxBytes: Int32(batch + 50)))
            #expect(cut?.first?.records?.count == batch + 50)
            let answer = try await cluster.ask(FetchRequest.one("orders", from: 0, maxBytes: Int32(batch + 10)))
            #expect(answer?.first?.records?.count == batch + 10)
        }
    }

    @Test("Offsets outside the log, old and new epochs, and the wrong broker each have their error")
    func errors() async throws {
        try await withCluster(brokers: 2) { cluster async throws in
            try cluster.change { state in
                state.createTopic("orders", replication: 2)
                try state.append(records(5), to: "orders")
                state.deleteRecords(of: "orders", before: 2)
                state.moveLeader(of: "orders", 0, to: 2)
            }
            func error(_ offset: Int64, epoch: Int32 = -1, on broker: Int32 = 2) async throws -> KafkaErrorCode? {
                try await cluster.ask(FetchRequest.one("orders", from: offset, epoch: epoch), on: broker)?.first?.error
            }
            #expect(try await error(1) == .offsetOutOfRange)
            #expect(try await error(6) == .offsetOutOfRange)
            #expect(try await error(2) == KafkaErrorCode.none)
            #expect(try await error(5) == KafkaErrorCode.none)
            #expect(try await error(2, epoch: 0) == .fencedLeaderEpoch)
            #expect(try await error(2, epoch: 2) == .unknownLeaderEpoch)
            #expect(try await error(2, on: 1) == .notLeaderOrFollower)
            let unknown = try await cluster.ask(FetchRequest.one("nowhere", from: 0))
            #expect(unknown?.first?.error == .unknownTopicOrPartition)
        }
    }

    @Test("A fetch at the end waits for the next record")
    func waiting() async throws {
        try await withCluster { cluster async throws in
            cluster.change { $0.createTopic("orders") }
            var request = FetchRequest.one("orders", from: 0)
            request.maxWaitMs = 60_000
            request.minBytes = 1
            let asked = request
            let answer = try await withThrowingTaskGroup(of: FetchResponse?.self) { group in
                group.addTask { try await cluster.ask(asked) }
                try cluster.change { _ = try $0.append(records(1), to: "orders") }
                return try await group.next() ?? nil
            }
            #expect(try offsets(answer?.first, from: 0) == [0])
        }
    }
}
