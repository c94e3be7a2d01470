import EmbeddedKafka
import KafkaRecords
import KafkaWire

/// What compaction leaves.
extension Conformance {
    func compaction(from now: Int64) async throws {
        typealias C = Conformance
        for codec in [CompressionCodec.none, .gzip] {
            for records in [
                [("a", "1"), ("b", "1"), ("a", "2")], [("b", nil), ("c", "1")], [("d", "1")], [("d", "2"), ("e", "1")],
            ] as [[(String, String?)]] {
                let batch = try C.batch(records.map { (key: $0.0, value: $0.1) }, at: now, codec: codec)
                try await once("to be compacted", { _ in C.produce(batch, to: "compacted") })
            }
        }
        // The segment that is written to is left alone; by then it is another one.
        try await Task.sleep(for: .milliseconds(300))
        let last = try C.batch([("z", "1")], at: now + 10_000)
        try await once("behind them", { _ in C.produce(last, to: "compacted") })
        try cluster.change { state in try state.compact("compacted", below: state.log(of: "compacted")?.lastBatchStart)
        }
        for offset: Int64 in [0, 1, 3, 5, 9, 16] {
            try await ask("compacted from \(offset)", C.fetch("compacted", from: offset))
        }
        for time in [-1, -2, -3, now, now + 5000] {
            try await ask("compacted at \(time < 0 ? time : time - now)", C.listOffsets("compacted", at: time))
        }
    }
}
