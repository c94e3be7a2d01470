import KafkaRecords
import KafkaWire
import Testing

@testable import EmbeddedKafka

/// The same topics and groups were copied by MirrorMaker 2 of Kafka 4.3.1 from a broker of Kafka 3.9.2 to one of 4.3.1;
/// the bytes expected here are those that it wrote.
@Suite struct MirrorMakerTests {
    /// Clusters whose source holds what MirrorMaker was shown.
    private func clusters(
        _ body: @Sendable (_ source: EmbeddedCluster, _ target: EmbeddedCluster) async throws -> Void
    ) async throws {
        try await withCluster { source async throws in
            try source.change { state in
                state.createTopic(
                    "orders", partitions: 2,
                    settings: [
                        "retention.ms": "259200000", "min.insync.replicas": "1",
                        "message.timestamp.type": "CreateTime",
                    ])
                for topic in ["payments", "customers"] { state.createTopic(topic) }
                state.createTopic("events", partitions: 3)
                try state.append(records(250), to: "orders", 0)
                try state.append(records(5), to: "orders", 1)
                let header = KafkaRecord.Header(key: [0x68], value: [0x78])
                try state.append([NewRecord(key: [1], value: [2], headers: [header])], to: "customers")
                try state.append([NewRecord("gone", nil)], to: "customers")
                try state.append(records(2), to: "payments")
                try state.transaction("a", .abort, [("payments", 0, records(3))])
                try state.transaction("a", .commit, [("payments", 0, records(2))])
                for (group, commits) in Self.commits {
                    for (topic, partition, offset) in commits {
                        state.commit(offset, of: group, topic, partition, metadata: "meta-\(group)")
                    }
                }
            }
            try await withCluster { target async throws in try await body(source, target) }
        }
    }

    private static let commits: [(group: String, [(String, Int32, Int64)])] = [
        ("other", [("orders", 0, 99)]), ("shipping", [("orders", 0, 250), ("orders", 1, 5), ("payments", 0, 9)]),
        ("early", [("orders", 0, 0), ("events", 1, 0)]),
        ("billing", [("orders", 0, 120), ("orders", 1, 3), ("payments", 0, 8)]),
    ]

    private static let topics = ["orders", "payments", "customers", "events"]
    private static var groups: [String] { commits.map(\.group) }

    private func mirrorMaker(
        _ source: EmbeddedCluster, _ target: EmbeddedCluster, _ change: (inout MirrorMaker.Settings) -> Void = { _ in }
    ) -> MirrorMaker {
        var settings = MirrorMaker.Settings()
        settings.sourceAlias = "src"
        settings.targetAlias = "tgt"
        change(&settings)
        return MirrorMaker(from: source, to: target, settings)
    }

    @Test("Offset syncs are those of MirrorMaker, in its bytes")
    func offsetSyncs() async throws {
        try await clusters { source, target async throws in
            var mirror = mirrorMaker(source, target)
            try mirror.copy(Self.topics)
            try mirror.flushOffsetSyncs()
            let written = try await source.stored("mm2-offset-syncs.tgt.internal")
            #expect(
                written.byKey == [
                    "0009637573746f6d65727300000000": [
                        "00000000000000000000000000000000", "00000000000000010000000000000001",
                    ],
                    "00087061796d656e747300000000": [
                        "00000000000000000000000000000000", "00000000000000060000000000000005",
                        "00000000000000070000000000000006",
                    ],
                    "00066f726465727300000000": [
                        "00000000000000000000000000000000", "00000000000000650000000000000065",
                        "00000000000000ca00000000000000ca", "00000000000000f900000000000000f9",
                    ],
                    "00066f726465727300000001": [
                        "00000000000000000000000000000000", "00000000000000040000000000000004",
                    ],
                ])
        }
    }

    @Test("Checkpoints are those of MirrorMaker, in its bytes, and so are the commits")
    func checkpoints() async throws {
        try await clusters { source, target async throws in
            var mirror = mirrorMaker(source, target)
            for isFlushed in [false, true] {
                try mirror.copy(Self.topics)
                if isFlushed { try mirror.flushOffsetSyncs() }
                try mirror.emitCheckpoints(of: Self.groups)
                mirror.syncGroupOffsets()
            }
            let written = try await target.stored("src.checkpoints.internal")
            #expect(
                written.byKey == [
                    "00056f74686572000a7372632e6f726465727300000000": [
                        "000000000000000000630000000000000001000a6d6574612d6f74686572"
                    ],
                    "00087368697070696e67000a7372632e6f726465727300000001": [
                        "000000000000000000050000000000000001000d6d6574612d7368697070696e67",
                        "000000000000000000050000000000000005000d6d6574612d7368697070696e67",
                    ],
                    "00087368697070696e67000c7372632e7061796d656e747300000000": [
                        "000000000000000000090000000000000006000d6d6574612d7368697070696e67",
                        "000000000000000000090000000000000007000d6d6574612d7368697070696e67",
                    ],
                    "00087368697070696e67000a7372632e6f726465727300000000": [
                        "000000000000000000fa00000000000000cb000d6d6574612d7368697070696e67",
                        "000000000000000000fa00000000000000fa000d6d6574612d7368697070696e67",
                    ],
                    "00056561726c79000a7372632e6f726465727300000000": [
                        "000000000000000000000000000000000000000a6d6574612d6561726c79"
                    ],
                    "000762696c6c696e67000a7372632e6f726465727300000001": [
                        "000000000000000000030000000000000001000c6d6574612d62696c6c696e67"
                    ],
                    "000762696c6c696e67000c7372632e7061796d656e747300000000": [
                        "000000000000000000080000000000000006000c6d6574612d62696c6c696e67",
                        "000000000000000000080000000000000007000c6d6574612d62696c6c696e67",
                    ],
                    "000762696c6c696e67000a7372632e6f726465727300000000": [
                        "000000000000000000780000000000000066000c6d6574612d62696c6c696e67"
                    ],
                ])
            func commits(_ group: Name) -> [Name: [Int32: Int64]]? {
                target.read { $0.groups[group]?.commits.mapValues { $0.mapValues(\.offset) } }
            }
            #expect(commits("billing") == ["src.orders": [0: 102, 1: 1], "src.payments": [0: 7]])
            #expect(commits("early") == ["src.orders": [0: 0]])
            #expect(commits("other") == ["src.orders": [0: 1]])
            #expect(commits("shipping") == ["src.orders": [0: 250, 1: 5], "src.payments": [0: 7]])
            #expect(target.read { $0.groups["other"]?.commits["src.orders"]?[0]?.metadata } == "meta-other")
        }
    }

    @Test("Topics come under the alias with their partitions and settings but those that are each cluster's own")
    func topics() async throws {
        try await clusters { source, target async throws in
            var mirror = mirrorMaker(source, target)
            try mirror.copy(Self.topics)
            let (names, orders) = target.read { ($0.topics.keys.sorted(), $0.topics["src.orders"]) }
            #expect(names == ["src.customers", "src.events", "src.orders", "src.payments"])
            #expect(orders?.settings == ["retention.ms": "259200000"])
            #expect(orders?.partitions.count == 2)
            let customers = try await target.stored("src.customers")
            #expect(customers.map(\.headers) == [[.init(key: [0x68], value: [0x78])], []])
            #expect(customers.map(\.value) == [[2], nil])
            #expect(customers.map(\.timestamp) == [1_700_000_000_000, 1_700_000_000_000])

            // The target's own stays, the rest follows; a topic that grew grows there too.
            target.change { $0.topics["src.orders"]?.settings["min.insync.replicas"] = "2" }
            source.change { state in
                state.topics["orders"]?.settings["retention.ms"] = "1"
                let partition = state.topics["orders"]?.partitions[1]
                state.topics["orders"]?.partitions += partition.map { [$0] } ?? []
            }
            try mirror.copy(Self.topics)
            let changed = target.read { $0.topics["src.orders"] }
            #expect(changed?.settings == ["retention.ms": "1", "min.insync.replicas": "2"])
            #expect(changed?.partitions.count == 3)
        }
    }

    @Test("Aborted records are copied as data unless MirrorMaker reads committed ones only")
    func isolation() async throws {
        try await clusters { source, target async throws in
            var all = mirrorMaker(source, target)
            var committed = mirrorMaker(source, target) {
                $0.isolation = .readCommitted
                $0.naming = .identity
            }
            for _ in 0..<2 {
                try all.copy(["payments"])
                try committed.copy(["payments"])
            }
            #expect(try await target.stored("src.payments").count == 7)
            #expect(try await target.stored("payments").map(\.offset) == [0, 1, 2, 3])
            #expect(committed.copiedRecords == 4)
            // An open transaction holds back what comes after it, too.
            try source.change { state in
                try state.transaction("b", .open, [("payments", 0, records(1))])
                try state.append(records(1), to: "payments")
            }
            try committed.copy(["payments"])
            #expect(try await target.stored("payments").count == 4)
            try source.change { try $0.endTransaction("b", committed: false) }
            try committed.copy(["payments"])
            #expect(try await target.stored("payments").count == 5)
        }
    }

    @Test("After a restart the last records come twice, and a commit behind them is translated no more")
    func restart() async throws {
        try await clusters { source, target async throws in
            var mirror = mirrorMaker(source, target)
            try mirror.copy(["orders"])
            mirror.restart(rereading: 50)
            try mirror.copy(["orders"])
            #expect(try await target.stored("src.orders").count == 300)
            let syncs = try await source.stored("mm2-offset-syncs.tgt.internal").byKey
            #expect(syncs["00066f726465727300000000"]?.last == "00000000000000c800000000000000fa")  // 200 is at 250
            try mirror.emitCheckpoints(of: ["other", "shipping"])
            mirror.syncGroupOffsets()
            #expect(target.read { $0.groups["other"] } == nil)
            #expect(target.read { $0.groups["shipping"]?.commits["src.orders"]?[0]?.offset } == 251)
        }
    }

    @Test("A commit on the target never goes back, and not at all while somebody reads there")
    func groupsInUse() async throws {
        try await clusters { source, target async throws in
            var mirror = mirrorMaker(source, target)
            try mirror.copy(Self.topics)
            try mirror.flushOffsetSyncs()
            try mirror.emitCheckpoints(of: Self.groups)
            target.change { state in
                state.commit(200, of: "billing", "src.orders", 0)
                state.commit(1, of: "shipping", "src.orders", 0)
                state.groups["shipping"]?.members = [.init(id: "m")]
            }
            mirror.syncGroupOffsets()
            #expect(target.read { $0.groups["billing"]?.commits["src.orders"]?[0]?.offset } == 200)
            #expect(target.read { $0.groups["billing"]?.commits["src.orders"]?[1]?.offset } == 1)
            #expect(target.read { $0.groups["shipping"]?.commits["src.orders"]?[0]?.offset } == 1)
            #expect(target.read { $0.groups["shipping"]?.commits["src.orders"]?[1] } == nil)

            // A group that was set back on the source is told about, and still not set back on the target.
            source.change { $0.commit(110, of: "billing", "orders", 0) }
            try mirror.emitCheckpoints(of: ["billing"])
            mirror.syncGroupOffsets()
            let last = try await target.stored("src.checkpoints.internal").last
            #expect(last?.value.map(hex)?.hasPrefix("0000000000000000006e0000000000000066") == true)
            #expect(target.read { $0.groups["billing"]?.commits["src.orders"]?[0]?.offset } == 200)
        }
    }

    @Test("Heartbeats are on both sides, and the source's are copied under its alias whatever the naming")
    func heartbeats() async throws {
        try await clusters { source, target async throws in
            var mirror = mirrorMaker(source, target) { $0.naming = .identity }
            try mirror.emitHeartbeats()
            try mirror.copy([])
            let value = "00000000018bcfe56800"  // version 0, then 1,700,000,000,000 ms
            #expect(try await target.stored("heartbeats").byKey == ["00037372630003746774": [value]])
            #expect(try await target.stored("src.heartbeats").byKey == ["00037467740003737263": [value]])
            #expect(mirror.targetName(of: "orders") == "orders")
        }
    }
}

func hex(_ bytes: [UInt8]) -> String {
    bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
}

extension EmbeddedCluster {
    /// All records of a topic's first partition, as a client gets them.
    func stored(_ topic: String) async throws -> [KafkaRecord] {
        let answer = try await ask(FetchRequest.one(topic, from: 0), 12)
        let partition = try #require(answer?.first)
        #expect(partition.error == .none)
        let aborted = (partition.abortedTransactions ?? []).map {
            AbortedTransaction(producerId: $0.producerID, firstOffset: $0.firstOffset)
        }
        return try RecordReader().read(
            FetchedRecords(partition.records ?? [], from: 0, abortedTransactions: aborted)
        ).records
    }
}

extension [KafkaRecord] {
    /// Values in the order of the log, by key, both in hexadecimal.
    var byKey: [String: [String]] {
        reduce(into: [:]) { $0[hex($1.key ?? []), default: []].append(hex($1.value ?? [])) }
    }
}
