import Evidence
import KafkaRecords
import KafkaWire
import ScriptedBroker
import Value

/// A log of records that follow from their numbers, and the freeze of a topic that holds it.
enum RangeLog {
    static let topic = "big"
    static let id = KafkaUUID(high: 7, low: 9)
    /// What makes of a number one whose record has the same key and value, and is later.
    static let later = 10_000_000

    /// A cluster whose one partition holds these records.
    static func model(
        _ numbers: [Int], perBatch: Int = 100, from start: Int64 = 0, name: String, gap: Int64 = 0,
        constant: Bool = false
    ) throws -> ClusterModel {
        var batches: [[UInt8]] = []
        var next = start
        for first in stride(from: 0, to: numbers.count, by: perBatch) {
            var traits = RecordBatchBuilder.Traits()
            traits.baseOffset = next
            var builder = RecordBatchBuilder(traits, compressor: Compressor(.none))
            for number in numbers[first..<min(numbers.count, first + perBatch)] {
                let time = constant ? 0 : number < later ? number : number - later + 1
                let number = constant ? 0 : number % later
                try builder.append(
                    timestamp: 1_000_000 + Int64(time), key: Array("k\(number)".utf8),
                    value: Array("value \(number &* 7919)".utf8))
                next += 1
            }
            batches.append(try builder.build())
            next += gap
        }
        var partition = try ClusterModel.Partition(batches: batches)
        partition.start = start
        partition.end = next - gap
        var model = ClusterModel()
        model.clusterID = name
        var topic = ClusterModel.Topic([partition])
        topic.id = id
        model.topics[Self.topic] = topic
        return model
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
