import EmbeddedKafka
import KafkaWire
import Testing

@Suite struct ListOffsetsAnswerTests {
    @Test("Each special timestamp finds its place, from the version on that knows it")
    func specials() async throws {
        try await withCluster { cluster async throws in
            try cluster.change { state in
                state.createTopic("orders")
                let start = state.nowMs
                for (index, late) in [0, 50, 20, 10].enumerated() {
                    try state.append(
                        [NewRecord(value: [UInt8(index)], timestamp: start + Int64(late))], to: "orders")
                }
                try state.transaction("open", .open, [("orders", 0, records(2))])
                state.deleteRecords(of: "orders", before: 1)
            }
            let start = cluster.read { $0.nowMs }
            func found(
                _ timestamp: Int64, committed: Bool = false, _ version: Int16 = 11
            ) async throws -> ListOffsetsResponse.Partition {
                try #require(
                    try await cluster.ask(
                        ListOffsetsRequest.one("orders", at: timestamp, committed: committed), version)?
                        .first)
            }
            #expect(try await found(-1).offset == 6)
            #expect(try await found(-1, committed: true).offset == 4)
            #expect(try await found(-2).offset == 1)
            let top = try await found(-3)
            #expect(top.offset == 1)
            #expect(top.timestamp == start + 50)
            #expect(try await found(-4).offset == 1)
            #expect(try await found(-5).offset == -1)
            #expect(try await found(start + 15).offset == 1)
            #expect(try await found(start + 51).offset == -1)
            #expect(try await found(-3, 6).error == .unsupportedVersion)
            #expect(try await found(-4, 7).error == .unsupportedVersion)
            #expect(try await found(-5, 8).error == .unsupportedVersion)
            #expect(try await found(-6, 9).error == .unsupportedVersion)
        }
    }

    @Test("A leader that is behind its own epoch knows no end, until the high watermark has come there")
    func behind() async throws {
        try await withCluster(brokers: 2) { cluster async throws in
            let time = cluster.read { $0.nowMs }
            try cluster.change { state in
                state.createTopic("orders", replication: 2)
                for late in 0..<3 {
                    try state.append([NewRecord(value: [1], timestamp: time + Int64(late))], to: "orders")
                }
                state.replicate("orders", 0, to: 2)
            }
            func found(
                _ timestamp: Int64, committed: Bool = false, _ version: Int16 = 11
            ) async throws -> ListOffsetsResponse.Partition {
                let request = ListOffsetsRequest.one("orders", at: timestamp, committed: committed)
                return try #require(try await cluster.ask(request, version, on: 2)?.first)
            }
            cluster.change { $0.moveLeader(of: "orders", 0, to: 2) }
            for timestamp in [-1, -3, time + 2, time + 9] {
                for isCommitted in [false, true] {
                    let answer = try await found(timestamp, committed: isCommitted)
                    #expect(answer.error == .offsetNotAvailable && answer.offset == -1, "\(timestamp)")
                }
            }
            #expect(try await found(-1, 4).error == .leaderNotAvailable)
            #expect(try await found(-1, 5).error == .offsetNotAvailable)
            #expect(try await found(-2).offset == 0)
            #expect(try await found(time + 1).offset == 1)
            #expect(try await found(-5).error == KafkaErrorCode.none)
            cluster.change { $0.replicate("orders", 0, to: 3) }
            #expect(try await found(-1).offset == 3)
            try cluster.change { _ = try $0.append(records(1), to: "orders") }
            // What is not replicated yet is of this epoch, and leaves nothing in doubt.
            #expect(try await found(-1).offset == 3)
        }
    }

    @Test("After leaders have changed, each epoch ends where the next began")
    func epochs() async throws {
        try await withCluster(brokers: 2) { cluster async throws in
            try cluster.change { state in
                state.createTopic("orders", replication: 2)
                try state.append(records(3), to: "orders")
                state.moveLeader(of: "orders", 0, to: 2)
                state.moveLeader(of: "orders", 0, to: 1)
                try state.append(records(4), to: "orders")
            }
            func end(_ epoch: Int32) async throws -> OffsetForLeaderEpochResponse.Partition? {
                let request = OffsetForLeaderEpochRequest.with {
                    $0.topics = [
                        .with {
                            $0.name = "orders"
                            $0.partitions = [.with { $0.leaderEpoch = epoch }]
                        }
                    ]
                }
                return try await cluster.ask(request)?.topics.first?.partitions.first
            }
            #expect(try await end(0)?.endOffset == 3)
            let second = try await end(1)
            #expect(second?.leaderEpoch == 0)
            #expect(second?.endOffset == 3)
            #expect(try await end(2)?.endOffset == 7)
            #expect(try await end(3)?.endOffset == -1)
            let latest = try await cluster.ask(ListOffsetsRequest.one("orders", at: -1))?.first
            #expect(latest?.leaderEpoch == 2)
            let earliest = try await cluster.ask(ListOffsetsRequest.one("orders", at: -2))?.first
            #expect(earliest?.leaderEpoch == 0)
        }
    }
}
