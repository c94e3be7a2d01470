import KafkaClient

/// The assignment bytes of a classic consumer: what the leader of the group sent each member.
///
/// `version:i16 [topic:string [partition:i32]] userData`, big-endian and never flexible; versions to come may add to the
/// end, so what is known is read and the rest left alone.
enum ConsumerAssignment {
    /// The partitions; what does not parse is dropped: another protocol's bytes are no error of the group.
    static func partitions(in bytes: [UInt8]) -> [TopicPartition] {
        var rest = bytes[...]
        func integer(_ size: Int) -> Int? {
            guard rest.count >= size else { return nil }
            let value = rest.prefix(size).reduce(0) { $0 << 8 | Int($1) }
            rest = rest.dropFirst(size)
            return value
        }
        guard integer(2) != nil, let topics = integer(4), topics <= rest.count else { return [] }
        var partitions: [TopicPartition] = []
        for _ in 0..<topics {
            guard let length = integer(2), length <= rest.count,
                let topic = String(validating: rest.prefix(length), as: UTF8.self)
            else { return partitions }
            rest = rest.dropFirst(length)
            guard let count = integer(4), count <= rest.count / 4 else { return partitions }
            for _ in 0..<count {
                guard let index = integer(4).flatMap({ Int32(exactly: $0) }) else { return partitions }
                partitions.append(TopicPartition(topic, index))
            }
        }
        return partitions
    }
}
