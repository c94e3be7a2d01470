/// Who set a record's timestamp, by the bit in its batch's attributes.
package enum TimestampType: Sendable, CustomStringConvertible {
    case createTime, logAppendTime
    /// Record format 0 has no timestamps.
    case noTimestamp

    init(attributes: Int16) {
        self = attributes & 0b1000 == 0 ? .createTime : .logAppendTime
    }

    /// Kafka's own name, as in `message.timestamp.type`.
    package var description: String {
        switch self {
        case .createTime: "CreateTime"
        case .logAppendTime: "LogAppendTime"
        case .noTimestamp: "NoTimestampType"
        }
    }
}
