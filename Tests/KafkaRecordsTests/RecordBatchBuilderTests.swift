import KafkaRecords
import Testing

@Suite("RecordBatchBuilder")
struct RecordBatchBuilderTests {
    private func fixtureTraits() -> RecordBatchBuilder.Traits {
        var traits = RecordBatchBuilder.Traits()
        traits.baseOffset = 100
        traits.partitionLeaderEpoch = 9
        return traits
    }

    private func fill(_ builder: inout RecordBatchBuilder, step: Int64 = 1) throws {
        for index in 0..<12 {
            try builder.append(
                offset: 100 + Int64(index) * step, timestamp: FixtureRecord.timestamp(index),
                key: FixtureRecord.key(index), value: FixtureRecord.value(index),
                headers: FixtureRecord.headers(index))
        }
    }

    @Test("a batch is the one that Kafka's own classes make of the same records, byte for byte")
    func identical() throws {
        var plain = RecordBatchBuilder(fixtureTraits())
        try fill(&plain)
        #expect(try plain.build() == KafkaFixtures.v2None)

        var traits = fixtureTraits()
        traits.producerId = 4000
        traits.producerEpoch = 3
        traits.baseSequence = 17
        var idempotent = RecordBatchBuilder(traits)
        try fill(&idempotent)
        #expect(try idempotent.build() == KafkaFixtures.v2Idempotent)

        traits = fixtureTraits()
        traits.deleteHorizonMs = FixtureRecord.baseTimestamp + 86_400_000
        var horizon = RecordBatchBuilder(traits)
        try fill(&horizon)
        #expect(try horizon.build() == KafkaFixtures.v2DeleteHorizon)
    }

    @Test("a marker is the one that Kafka's own classes make, byte for byte")
    func marker() throws {
        var batches = BatchCursor(KafkaFixtures.v2Transactions[...])
        var made: [[UInt8]] = []
        while case .batch(let batch)? = try batches.next() {
            if batch.header.isControl { made.append(Array(batch.bytes)) }
        }
        var traits = fixtureTraits()
        traits.producerEpoch = 3
        for (index, (offset, producer)) in [(105, 4000), (108, 5000), (109, 4000)].enumerated() {
            traits.baseOffset = Int64(offset)
            traits.producerId = Int64(producer)
            let marker = try RecordBatchBuilder.endTransaction(
                traits, committed: index > 0, coordinatorEpoch: 42, timestamp: FixtureRecord.baseTimestamp + 5)
            #expect(marker == made[index])
        }
    }

    @Test("what is built is read back, with every codec", arguments: CompressionCodec.allCases)
    func roundTrip(codec: CompressionCodec) throws {
        var builder = RecordBatchBuilder(fixtureTraits(), compressor: Compressor(codec))
        try fill(&builder, step: 3)
        let bytes = try builder.build()
        #expect(try RecordBatchHeader(bytes[...]).codec == codec)
        #expect(FixtureRecord.matches(try read(bytes).records, step: 3))
    }

    @Test("a bare block of snappy, as librdkafka writes it, is read back")
    func bareSnappy() throws {
        var builder = RecordBatchBuilder(
            fixtureTraits(), compressor: Compressor(.snappy, snappyFraming: .bare))
        try fill(&builder)
        #expect(FixtureRecord.matches(try read(builder.build()).records))
    }

    @Test("LogAppendTime puts the leader's time in the place of the greatest")
    func logAppendTime() throws {
        var traits = fixtureTraits()
        traits.timestampType = .logAppendTime
        traits.logAppendTime = FixtureRecord.logAppendTime
        var builder = RecordBatchBuilder(traits)
        try fill(&builder)
        let records = try read(builder.build()).records
        #expect(FixtureRecord.matches(records, timestamp: { _ in FixtureRecord.logAppendTime }))
    }

    @Test("an end that compaction left beyond the last record, or without any, is kept")
    func lastOffset() throws {
        var builder = RecordBatchBuilder(fixtureTraits())
        #expect(try read(builder.build(lastOffset: 111)).summary.nextOffset == 112)
        try builder.append(timestamp: 0, key: nil, value: nil)
        #expect(try read(builder.build(lastOffset: 111)).summary.nextOffset == 112)
        #expect(try read(builder.build()).summary.nextOffset == 101)
    }

    @Test("offsets that fall or do not fit, and timestamps that do not fit, are errors")
    func overflow() throws {
        var builder = RecordBatchBuilder(fixtureTraits())
        try builder.append(offset: 105, timestamp: -1, key: nil, value: nil)
        let append = { (offset: Int64?, timestamp: Int64) in
            reason {
                var builder = builder
                try builder.append(offset: offset, timestamp: timestamp, key: nil, value: nil)
            }
        }
        #expect(append(105, 0) == .overflow)
        #expect(append(.max, 0) == .overflow)
        #expect(append(100 + Int64(Int32.max) + 1, 0) == .offsetDelta(1 << 31, allowed: 0...Int64(Int32.max)))
        #expect(append(nil, .max) == .overflow)
        #expect(append(nil, .max - 1) == nil)
    }
}
