/// What values a topic's setting may have, and Kafka's words for those it may not.
extension TopicSetting {
    /// What is wrong with a value; nil: nothing.
    func problem(with value: String) -> String? {
        func wrong(_ why: String) -> String { "Invalid value \(value) for configuration \(name): \(why)" }
        switch kind {
        case .boolean:
            let isBoolean = ["true", "false"].contains { Name($0) == Name(value.lowercased()) }
            return isBoolean ? nil : wrong("Expected value to be either true or false")
        case .int, .short, .long:
            let bits = kind == .long ? Int64.bitWidth : kind == .int ? Int32.bitWidth : Int16.bitWidth
            guard let number = Int64(value), number == (number << (64 - bits)) >> (64 - bits) else {
                return wrong("Not a number of type \(kind == .long ? "LONG" : kind == .int ? "INT" : "SHORT")")
            }
            guard let least = Self.least[name], number < least else { return nil }
            return wrong("Value must be at least \(least)")
        case .double:
            guard let number = Double(value) else { return wrong("Not a number of type DOUBLE") }
            if number < 0 { return wrong("Value must be at least 0") }
            return number > 1 ? wrong("Value must be no more than 1") : nil
        case .class, .password: return nil
        case .string, .list:
            guard let words = Self.words[name] else { return nil }
            let given = kind == .list ? value.split(separator: ",").map { Self.trimmed($0) } : [value]
            let isKnown = given.allSatisfy { word in words.contains { Name($0) == Name(word) } }
            return isKnown ? nil : wrong("String must be one of: \(words.joined(separator: ", "))")
        }
    }

    private static func trimmed(_ word: Substring) -> String {
        var word = word
        while word.first == " " { word.removeFirst() }
        while word.last == " " { word.removeLast() }
        return String(word)
    }

    private static let least: [String: Int64] = [
        "delete.retention.ms": 0, "file.delete.delay.ms": 0, "flush.messages": 1, "flush.ms": 0,
        "index.interval.bytes": 0, "local.retention.bytes": -2, "local.retention.ms": -2, "max.compaction.lag.ms": 1,
        "max.message.bytes": 0, "message.timestamp.after.max.ms": 0, "message.timestamp.before.max.ms": 0,
        "message.timestamp.difference.max.ms": 0, "min.compaction.lag.ms": 0, "min.insync.replicas": 1,
        "retention.ms": -1, "segment.bytes": 14, "segment.index.bytes": 4, "segment.jitter.ms": 0, "segment.ms": 1,
    ]

    private static let words: [String: [String]] = [
        "cleanup.policy": ["compact", "delete"],
        "compression.type": ["uncompressed", "zstd", "lz4", "snappy", "gzip", "producer"],
        "message.timestamp.type": ["CreateTime", "LogAppendTime"],
    ]
}
