package import KafkaClient

/// Where a record of one cluster is on the other, as MirrorMaker 2 noted it: a record of an offset-syncs topic.
package struct OffsetSync: Hashable, Sendable {
    /// By its name on the source.
    package var partition: TopicPartition
    package var upstreamOffset: Int64
    package var downstreamOffset: Int64

    package init(partition: TopicPartition, upstreamOffset: Int64, downstreamOffset: Int64) {
        self.partition = partition
        self.upstreamOffset = upstreamOffset
        self.downstreamOffset = downstreamOffset
    }

    /// Reads a record; nil for a tombstone.
    package static func decode(key: [UInt8]?, value: [UInt8]?) throws(MirrorRecordError) -> OffsetSync? {
        var reader = try MirrorRecordReader(key)
        let topic = try reader.text()
        let partition = try reader.partition()
        try reader.end()
        guard let value else { return nil }
        // Of all the kinds this one alone has no version, in no release from 2.4 to 4.3.
        reader = try MirrorRecordReader(value)
        let sync = OffsetSync(
            partition: TopicPartition(topic, partition), upstreamOffset: try reader.offset(),
            downstreamOffset: try reader.offset())
        try reader.end()
        return sync
    }
}

/// Where a group shall go on, on the target: a record of a checkpoints topic.
package struct MirrorCheckpoint: Hashable, Sendable {
    package var group: String
    /// By its name on the target.
    package var partition: TopicPartition
    package var upstreamOffset: Int64
    package var downstreamOffset: Int64
    /// What the group had stored with its commit.
    package var metadata: String

    package init(
        group: String, partition: TopicPartition, upstreamOffset: Int64, downstreamOffset: Int64, metadata: String
    ) {
        self.group = group
        self.partition = partition
        self.upstreamOffset = upstreamOffset
        self.downstreamOffset = downstreamOffset
        self.metadata = metadata
    }

    package static func decode(key: [UInt8]?, value: [UInt8]?) throws(MirrorRecordError) -> MirrorCheckpoint? {
        var reader = try MirrorRecordReader(key)
        let group = try reader.text()
        let topic = try reader.text()
        let partition = try reader.partition()
        try reader.end()
        guard let value else { return nil }
        reader = try MirrorRecordReader(value)
        try reader.version()
        let checkpoint = MirrorCheckpoint(
            group: group, partition: TopicPartition(topic, partition), upstreamOffset: try reader.offset(),
            downstreamOffset: try reader.offset(), metadata: try reader.text())
        try reader.end()
        return checkpoint
    }
}

/// A sign of life of a flow from one cluster to another: a record of a heartbeats topic.
package struct MirrorHeartbeat: Hashable, Sendable {
    package var sourceAlias: String
    package var targetAlias: String
    /// Milliseconds since 1970, by the clock of the worker.
    package var timestamp: Int64

    package init(sourceAlias: String, targetAlias: String, timestamp: Int64) {
        self.sourceAlias = sourceAlias
        self.targetAlias = targetAlias
        self.timestamp = timestamp
    }

    package static func decode(key: [UInt8]?, value: [UInt8]?) throws(MirrorRecordError) -> MirrorHeartbeat? {
        var reader = try MirrorRecordReader(key)
        let source = try reader.text()
        let target = try reader.text()
        try reader.end()
        guard let value else { return nil }
        reader = try MirrorRecordReader(value)
        try reader.version()
        let heartbeat = MirrorHeartbeat(
            sourceAlias: source, targetAlias: target, timestamp: try reader.integer(Int64.self))
        try reader.end()
        return heartbeat
    }
}

/// Why a record is not one of MirrorMaker's.
package enum MirrorRecordError: Error, Hashable, Sendable {
    case noKey
    case truncated(needed: Int, available: Int)
    case trailingBytes(Int)
    case unsupportedVersion(Int16)
    /// A text whose length is negative, or which is no UTF-8.
    case malformedText
    case negative(Int64)
}

extension MirrorRecordError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .noKey: "the record has no key"
        case .truncated(let needed, let available): "needs \(needed) bytes, \(available) left"
        case .trailingBytes(let count): "\(count) bytes too many"
        case .unsupportedVersion(let version): "version \(version) is not known, only 0"
        case .malformedText: "a malformed text"
        case .negative(let number): "\(number) is no offset or partition"
        }
    }
}

/// Reads Kafka's old schema types: big-endian integers, texts after a length of 16 bits.
struct MirrorRecordReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]?) throws(MirrorRecordError) {
        guard let bytes else { throw .noKey }
        rest = bytes[...]
    }

    private mutating func take(_ count: Int) throws(MirrorRecordError) -> ArraySlice<UInt8> {
        guard count <= rest.count else { throw .truncated(needed: count, available: rest.count) }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    mutating func integer<I: FixedWidthInteger>(_ type: I.Type) throws(MirrorRecordError) -> I {
        try take(MemoryLayout<I>.size).reduce(0) { $0 << 8 | I(truncatingIfNeeded: $1) }
    }

    mutating func text() throws(MirrorRecordError) -> String {
        let length = try integer(Int16.self)
        guard length >= 0 else { throw .malformedText }
        guard let text = String(validating: try take(Int(length)), as: UTF8.self) else { throw .malformedText }
        return text
    }

    mutating func partition() throws(MirrorRecordError) -> Int32 {
        let number = try integer(Int32.self)
        guard number >= 0 else { throw .negative(Int64(number)) }
        return number
    }

    /// An offset; -1 is what MirrorMaker writes where it could not translate.
    mutating func offset() throws(MirrorRecordError) -> Int64 {
        let number = try integer(Int64.self)
        guard number >= -1, number < .max else { throw .negative(number) }
        return number
    }

    mutating func version() throws(MirrorRecordError) {
        let version = try integer(Int16.self)
        guard version == 0 else { throw .unsupportedVersion(version) }
    }

    func end() throws(MirrorRecordError) {
        guard rest.isEmpty else { throw .trailingBytes(rest.count) }
    }
}
