/// The records of MirrorMaker's own topics, byte for byte: big-endian numbers, texts behind their length.
enum MirrorRecords {
    /// Says that the record at one offset of the source is the one at another of the target.
    static func offsetSync(_ topic: Name, _ partition: Int32, _ sync: OffsetSyncStore.Pair) -> NewRecord {
        NewRecord(key: text(topic.text) + number(partition), value: number(sync.source) + number(sync.target))
    }

    /// Says where a group stands on either side; the topic is the target's.
    static func checkpoint(
        _ group: Name, _ topic: String, _ partition: Int32, _ positions: OffsetSyncStore.Pair, metadata: String
    ) -> NewRecord {
        NewRecord(
            key: text(group.text) + text(topic) + number(partition),
            value: version + number(positions.source) + number(positions.target) + text(metadata))
    }

    /// Says that the flow from one cluster to the other was alive at a time.
    static func heartbeat(from source: String, to target: String, atMs time: Int64) -> NewRecord {
        NewRecord(key: text(source) + text(target), value: version + number(time), timestamp: time)
    }

    private static let version = number(Int16(0))

    private static func number<I: FixedWidthInteger>(_ value: I) -> [UInt8] {
        stride(from: I.bitWidth - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: value >> $0) }
    }

    /// Names and metadata in Kafka are never longer than the length can say.
    private static func text(_ value: String) -> [UInt8] {
        let bytes = Array(value.utf8.prefix(Int(Int16.max)))
        return number(Int16(bytes.count)) + bytes
    }
}
