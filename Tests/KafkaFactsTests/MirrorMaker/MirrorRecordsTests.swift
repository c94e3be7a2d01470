import KafkaClient
import KafkaFacts
import Testing

@Suite("MirrorMaker 2's records")
struct MirrorRecordsTests {
    static func bytes(_ hex: String) -> [UInt8] {
        let digits = hex.filter { !$0.isWhitespace }
        return stride(from: 0, to: digits.count, by: 2).compactMap { index in
            let start = digits.index(digits.startIndex, offsetBy: index)
            return UInt8(digits[start..<digits.index(start, offsetBy: 2)], radix: 16)
        }
    }

    // Hand-derived: a text after its length in 16 bits, big-endian integers, a version before the value of two kinds.
    static let syncKey = bytes("0006 6f7264657273 00000007")
    static let syncValue = bytes("00000000000003e8 00000000000003f2")
    static let checkpointKey = bytes("0002 6731 000a 7372632e6f7264657273 00000003")
    static let checkpointValue = bytes("0000 0000000000000064 0000000000000033 0004 6d657461")
    static let heartbeatKey = bytes("0003 737263 0003 746774")
    static let heartbeatValue = bytes("0000 0000018bcfe56800")

    @Test("an offset sync, which has no version")
    func offsetSync() throws {
        let sync = try OffsetSync.decode(key: Self.syncKey, value: Self.syncValue)
        #expect(
            sync
                == OffsetSync(partition: TopicPartition("orders", 7), upstreamOffset: 1000, downstreamOffset: 1010))
        #expect(try OffsetSync.decode(key: Self.syncKey, value: nil) == nil)
        let none = try OffsetSync.decode(
            key: Self.syncKey, value: Self.bytes("00000000000003e8 ffffffffffffffff"))
        #expect(none?.downstreamOffset == -1)
    }

    @Test("a checkpoint")
    func checkpoint() throws {
        let checkpoint = try MirrorCheckpoint.decode(key: Self.checkpointKey, value: Self.checkpointValue)
        #expect(
            checkpoint
                == MirrorCheckpoint(
                    group: "g1", partition: TopicPartition("src.orders", 3), upstreamOffset: 100,
                    downstreamOffset: 51, metadata: "meta"))
        #expect(try MirrorCheckpoint.decode(key: Self.checkpointKey, value: nil) == nil)
    }

    @Test("a heartbeat")
    func heartbeat() throws {
        let heartbeat = try MirrorHeartbeat.decode(key: Self.heartbeatKey, value: Self.heartbeatValue)
        #expect(
            heartbeat == MirrorHeartbeat(sourceAlias: "src", targetAlias: "tgt", timestamp: 1_700_000_000_000))
        #expect(try MirrorHeartbeat.decode(key: Self.heartbeatKey, value: nil) == nil)
    }

    /// Keys and values as MirrorMaker 2 of Kafka 4.3.1 wrote them between a broker of 3.9.2, `src`, and one of 4.3.1, `tgt`.
    ///
    /// 300 records in `orders`, group `g1` at offset 150, intervals of a second; read with `kcat -o 0 -c 1 -f %k` and `%s`.
    /// What they say is what `kafka-console-consumer.sh` printed with MirrorMaker's own formatters.
    @Test("what a real MirrorMaker 2 wrote is read as its own formatters print it")
    func captured() throws {
        let orders = TopicPartition("orders", 0)
        let key = Self.bytes("00066f726465727300000000")
        // OffsetSync{topicPartition=orders-0, upstreamOffset=0, downstreamOffset=0}
        #expect(
            try OffsetSync.decode(key: key, value: Self.bytes("00000000000000000000000000000000"))
                == OffsetSync(partition: orders, upstreamOffset: 0, downstreamOffset: 0))
        // OffsetSync{topicPartition=orders-0, upstreamOffset=101, downstreamOffset=101}
        #expect(
            try OffsetSync.decode(key: key, value: Self.bytes("00000000000000650000000000000065"))
                == OffsetSync(partition: orders, upstreamOffset: 101, downstreamOffset: 101))
        // Checkpoint{consumerGroupId=g1, topicPartition=src.orders-0, upstreamOffset=150, downstreamOffset=1, metadata=}
        #expect(
            try MirrorCheckpoint.decode(
                key: Self.bytes("00026731000a7372632e6f726465727300000000"),
                value: Self.bytes("0000000000000000009600000000000000010000"))
                == MirrorCheckpoint(
                    group: "g1", partition: TopicPartition("src.orders", 0), upstreamOffset: 150, downstreamOffset: 1,
                    metadata: ""))
        // Heartbeat{sourceClusterAlias=src, targetClusterAlias=tgt, timestamp=1795280539657}
        #expect(
            try MirrorHeartbeat.decode(
                key: Self.bytes("00037372630003746774"), value: Self.bytes("0000000001a1ff0f1009"))
                == MirrorHeartbeat(sourceAlias: "src", targetAlias: "tgt", timestamp: 1_795_280_539_657))
    }

    @Test("every prefix, and a byte too many, is an error")
    func cut() {
        func fails(_ body: () throws -> Void) -> Bool {
            do {
                try body()
                return false
            } catch {
                return true
            }
        }
        for count in 0..<Self.syncKey.count {
            #expect(fails { _ = try OffsetSync.decode(key: Array(Self.syncKey.prefix(count)), value: Self.syncValue) })
        }
        for count in 0..<Self.syncValue.count {
            #expect(fails { _ = try OffsetSync.decode(key: Self.syncKey, value: Array(Self.syncValue.prefix(count))) })
        }
        for count in 0..<Self.checkpointKey.count {
            let key = Array(Self.checkpointKey.prefix(count))
            #expect(fails { _ = try MirrorCheckpoint.decode(key: key, value: Self.checkpointValue) })
        }
        for count in 0..<Self.checkpointValue.count {
            let value = Array(Self.checkpointValue.prefix(count))
            #expect(fails { _ = try MirrorCheckpoint.decode(key: Self.checkpointKey, value: value) })
        }
        for count in 0..<Self.heartbeatValue.count {
            let value = Array(Self.heartbeatValue.prefix(count))
            #expect(fails { _ = try MirrorHeartbeat.decode(key: Self.heartbeatKey, value: value) })
        }
        #expect(fails { _ = try OffsetSync.decode(key: Self.syncKey + [0], value: Self.syncValue) })
        #expect(fails { _ = try OffsetSync.decode(key: Self.syncKey, value: Self.syncValue + [0]) })
        #expect(fails { _ = try MirrorCheckpoint.decode(key: nil, value: Self.checkpointValue) })
    }

    @Test("what no release writes is refused by name: a new version, a negative offset, a text that is none")
    func strange() {
        #expect(throws: MirrorRecordError.unsupportedVersion(1)) {
            try MirrorHeartbeat.decode(key: Self.heartbeatKey, value: Self.bytes("0001 0000018bcfe56800"))
        }
        #expect(throws: MirrorRecordError.negative(-2)) {
            try OffsetSync.decode(key: Self.syncKey, value: Self.bytes("fffffffffffffffe 0000000000000000"))
        }
        #expect(throws: MirrorRecordError.negative(.max)) {
            try OffsetSync.decode(key: Self.syncKey, value: Self.bytes("7fffffffffffffff 0000000000000000"))
        }
        #expect(throws: MirrorRecordError.malformedText) {
            try OffsetSync.decode(key: Self.bytes("ffff 00000000"), value: nil)
        }
        #expect(throws: MirrorRecordError.malformedText) {
            try OffsetSync.decode(key: Self.bytes("0001 ff 00000000"), value: nil)
        }
    }

    @Test("topics are told by their names, whatever the separator")
    func names() {
        #expect(MirrorTopicKind.offsetSyncs.matches("mm2-offset-syncs.tgt.internal"))
        #expect(MirrorTopicKind.offsetSyncs.matches("mm2-offset-syncs_tgt_internal"))
        #expect(MirrorTopicKind.checkpoints.matches("src.checkpoints.internal"))
        #expect(MirrorTopicKind.heartbeats.matches("heartbeats"))
        #expect(MirrorTopicKind.heartbeats.matches("src.heartbeats"))
        #expect(!MirrorTopicKind.heartbeats.matches("my_heartbeats"))
        #expect(!MirrorTopicKind.offsetSyncs.matches("mm2-offsets.src.internal"))
        #expect(!MirrorTopicKind.checkpoints.matches("checkpoints"))
    }
}
