import KafkaRecords
import Testing

@Suite("ControlRecord")
struct ControlRecordTests {
    private func controls(_ bytes: [UInt8]) throws -> [ControlRecord] {
        var batches = BatchCursor(bytes[...])
        var controls: [ControlRecord] = []
        while let stored = try batches.next() {
            guard case .batch(let batch) = stored, batch.header.isControl else { continue }
            var records = try RecordCursor(batch, using: Decompressor())
            while let record = try records.next() { controls.append(try ControlRecord(record)) }
        }
        return controls
    }

    @Test("Kafka's markers say abort or commit, and by which coordinator")
    func markers() throws {
        let controls = try controls(KafkaFixtures.v2Transactions)
        #expect(controls.map(\.kind) == [.abort, .commit, .commit])
        #expect(controls.map(\.coordinatorEpoch) == [42, 42, 42])
    }

    @Test("KRaft's are of another kind")
    func other() throws {
        #expect(try controls(KafkaFixtures.v2LeaderChange).map(\.kind) == [.other(2)])
    }
}
