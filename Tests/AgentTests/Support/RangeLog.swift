import EmbeddedKafka
import Evidence
import KafkaWire
import Value

/// A log of records that follow from their numbers, and the freeze of a topic that holds it.
enum RangeLog {
    static let topic = "big"
    static let id = KafkaUUID(high: 7, low: 9)
    /// What makes of a number one whose record has the same key and value, and is later.
    static let later = 10_000_000

    /// A cluster whose one partition holds these records, with a marker behind each batch where they were `committed`.
    static func build(
        _ numbers: [Int], perBatch: Int = 100, from start: Int64 = 0, name: String, committed: Bool = false,
        constant: Bool = false
    ) -> TwoClusters.Build {
        { state in
            state.clusterID = name
            state.createTopic(topic)
            state.topics["big"]?.id = id
            state.begin(topic, 0, at: start)
            for first in stride(from: 0, to: numbers.count, by: perBatch) {
                let records = numbers[first..<min(numbers.count, first + perBatch)].map { number in
                    let time = constant ? 0 : number < later ? number : number - later + 1
                    let number = constant ? 0 : number % later
                    return NewRecord(
                        key: Array("k\(number)".utf8), value: Array("value \(number &* 7919)".utf8),
                        timestamp: 1_000_000 + Int64(time))
                }
                if committed {
                    try state.transaction("copy", .commit, [(topic, 0, records)])
                } else {
                    try state.append(records, to: topic)
                }
            }
        }
    }

    /// The evidence of a freeze of its partition.
    static func freeze(_ log: Range<Int64>) throws -> String {
        var file = EarlierFile()
        file.clusters = ["source": "log"]
        file.notes = [
            (
                "partitions",
                [
                    "topic": .text(topic), "topic_id": .text("\(id)"), "partitions": [0], "leader_epochs": [0],
                    "start_offsets": .list([.integer(log.lowerBound)]),
                    "end_offsets": .list([.integer(log.upperBound)]),
                    "stable_offsets": .list([.integer(log.upperBound)]),
                ]
            )
        ]
        return try file.text()
    }
}
