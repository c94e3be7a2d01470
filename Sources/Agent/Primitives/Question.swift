import Gate
import KafkaClient
import KafkaFacts
import Value

/// A primitive as it was called.
struct Question: Sendable {
    let primitive: Primitive
    /// Checked against the parameters: what is there has the declared type.
    let arguments: [ByteString: Value]
    let cluster: ClusterHandle
    /// The other cluster, where the question is about two: the target beside the source.
    var counterpart: ClusterHandle?
    /// What the source's topics and groups are called on the target; only where the question is about two clusters.
    var mapping: TopicMapping?
    /// Where this run is a shard, and the gate lets its scans be shared out: which partitions are to be scanned.
    var units: UnitBook?
    /// Whether the gate's text names the operations that a principal may do: nobody else is asked for them.
    var readsOperations = false
    let context: CallContext

    func string(_ name: ByteString) -> String? {
        guard case .string(let text)? = arguments[name] else { return nil }
        return text.text
    }

    func strings(_ name: ByteString) -> [String]? {
        guard case .list(let items)? = arguments[name] else { return nil }
        return items.compactMap { item in
            guard case .string(let text) = item else { return nil }
            return text.text
        }
    }

    func integer(_ name: ByteString) -> Int64? {
        guard case .integer(let number)? = arguments[name] else { return nil }
        return number
    }

    func integers(_ name: ByteString) -> [Int64]? {
        guard case .list(let items)? = arguments[name] else { return nil }
        return items.compactMap { item in
            guard case .integer(let number) = item else { return nil }
            return number
        }
    }

    func flag(_ name: ByteString) -> Bool {
        guard case .bool(let flag)? = arguments[name] else { return false }
        return flag
    }

    /// The rows of an answer.
    ///
    /// `bytes`: What they keep in memory, where that is more than some words a row.
    func rows(
        _ count: Int, failures: [RowFailure] = [], bytes: Int? = nil, _ row: @escaping @Sendable (Int) -> Row
    ) -> RowList {
        RowList(fields: primitive.fieldNames, count: count, failures: failures, bytes: bytes ?? count * 96, row: row)
    }

    /// The answer of a call that failed as a whole: one failed row, with what identifies it.
    func failure(_ error: KafkaError, _ known: [ByteString: Value] = [:]) -> RowList {
        rows(1, failures: [RowFailure(index: 0, error: error)]) { _ in Row(known, error: error) }
    }
}
