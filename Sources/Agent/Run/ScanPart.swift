import Gate
import KafkaClient
import KafkaFacts
import KafkaWire
import Value

/// A partition, or a range of one, that is to be scanned by this run.
struct ScanPart: Sendable {
    let partition: TopicPartition
    /// Nil: all of the partition.
    let range: ScanRange?
    /// As it was frozen: a topic of another id is another one, though its name is the same.
    let topicID: String?
    /// The last stable offset when the source was frozen.
    let frozenEnd: Int64?

    init(
        _ partition: TopicPartition, _ range: ScanRange? = nil, topicID: String? = nil, frozenEnd: Int64? = nil
    ) {
        self.partition = partition
        self.range = range
        self.topicID = topicID
        self.frozenEnd = frozenEnd
    }

    /// What a row says of it, failed or not.
    var values: [ByteString: Value] {
        ["range": .integer(Int64(range?.index ?? 0)), "ranges": .integer(Int64(range?.count ?? 1))]
    }

    var unit: ScanUnit { ScanUnit(ByteString(partition.topic), partition.partition, range) }

    /// Why the log is not the one whose ranges were shared out; nil where it is, or is not cut.
    func problem(_ log: LogBounds) -> KafkaError? {
        guard let range else { return nil }
        func changed(_ fact: String) -> KafkaError {
            KafkaError(.changed("\(fact): freeze the source again")).with { $0.partition = partition }
        }
        if range.isFirst ? log.start >= range.to : log.start > range.from {
            return changed("\(range) begins before the log does, at \(log.start)")
        }
        if let frozenEnd, log.stable < frozenEnd {
            return changed("the log was frozen up to \(frozenEnd), and ends at \(log.stable)")
        }
        return nil
    }
}

extension Question {
    /// Whether ranges are of the topics that were frozen: asked once they have been scanned.
    func topicProblem(of part: ScanPart) async -> KafkaError? {
        guard part.range != nil else { return nil }
        do throws(KafkaError) {
            let found = try await cluster.cluster.topics([part.partition.topic], context).first?.metadata.value
            guard let found, "\(found.topicID)" == part.topicID else {
                throw KafkaError(.changed("the topic is not the one that was frozen: freeze the source again"))
                    .with { $0.partition = part.partition }
            }
            return nil
        } catch {
            return error
        }
    }
}
