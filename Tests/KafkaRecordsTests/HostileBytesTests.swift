import KafkaRecords
import Testing

/// Whatever the bytes, reading ends in records, a partial tail or an error, and never in a trap.
@Suite("Hostile bytes")
struct HostileBytesTests {
    private var limits: DecompressionLimits {
        var limits = DecompressionLimits()
        limits.maxOutput = 1 << 18
        limits.ratioAppliesAbove = 1 << 16
        return limits
    }

    /// Reads all there is of each record.
    @discardableResult
    private func exhaust(_ bytes: [UInt8], with reader: RecordReader) -> Result<ReadSummary, RecordsError> {
        let aborted = [AbortedTransaction(producerId: 4000, firstOffset: 100)]
        let fetched = FetchedRecords(bytes[...], from: 0, abortedTransactions: aborted)
        do throws(RecordsError) {
            var sum = 0
            let summary = try reader.scan(fetched) { record in
                sum &+= (record.key?.count ?? 0) &+ (record.value?.count ?? 0)
                for header in record.headers { sum &+= header.key.count &+ (header.value?.count ?? 0) }
                return .proceed
            }
            return .success(summary)
        } catch {
            return .failure(error)
        }
    }

    @Test("each prefix of each fixture ends in whole batches and a partial tail", arguments: KafkaFixtures.all)
    func prefixes(name: String, bytes: [UInt8]) throws {
        let reader = RecordReader(limits: limits)
        for count in 0..<bytes.count {
            let summary = try exhaust(Array(bytes.prefix(count)), with: reader).get()
            #expect(summary.partialTail != nil || summary.nextOffset < 112)
        }
        #expect(try exhaust(bytes, with: reader).get().partialTail == nil)
    }

    @Test("each flipped byte of each fixture is found, but where no checksum looks", arguments: KafkaFixtures.all)
    func flips(name: String, bytes: [UInt8]) throws {
        let reader = RecordReader(limits: limits)
        // Offsets, lengths, leader epochs and formats stand before what checksums cover.
        var unchecked: Set<Int> = []
        var batches = BatchCursor(bytes[...])
        var start = 0
        while let batch = try batches.next() {
            unchecked.formUnion(start..<start + (batch.magic == 2 ? 17 : 12))
            start += batch.sizeInBytes
        }
        for position in bytes.indices {
            for flip in [0x01, 0x80, 0xFF] as [UInt8] {
                var bytes = bytes
                bytes[position] ^= flip
                guard case .success = exhaust(bytes, with: reader) else { continue }
                #expect(unchecked.contains(position), "byte \(position) of \(name)")
            }
        }
    }

    @Test("20,000 mutations with checksums made right again end in records or errors")
    func mutations() {
        var random = SeededRandom(42)
        let reader = RecordReader(limits: limits)
        let fixtures = KafkaFixtures.all.map(\.bytes).filter { $0.count < 1000 }
        var errors = 0
        for _ in 0..<20_000 {
            var bytes = fixtures[Int.random(in: 0..<fixtures.count, using: &random)]
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                // Past the length and the format, which would end it all too soon.
                let position = Int.random(in: 17..<bytes.count, using: &random)
                bytes[position] =
                    [0, 1, 0x7F, 0x80, 0xFF, .random(in: 0...255, using: &random)]
                    .randomElement(using: &random) ?? 0
            }
            rechecksum(&bytes)
            if case .failure = exhaust(bytes, with: reader) { errors += 1 }
        }
        #expect(errors > 1000)
    }

    @Test("20,000 runs of noise end in errors or a partial tail")
    func noise() {
        var random = SeededRandom(43)
        let reader = RecordReader(limits: limits)
        for _ in 0..<20_000 {
            var bytes = (0..<Int.random(in: 0...120, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            // Half look like a unit of some format at first.
            if bytes.count > 26, Bool.random(using: &random) {
                bytes[16] = UInt8.random(in: 0...2, using: &random)
                for index in 8..<11 { bytes[index] = 0 }
                bytes[11] = UInt8(bytes.count - 12)
                bytes[0] &= 0x7F
                rechecksum(&bytes)
            }
            if case .success(let summary) = exhaust(bytes, with: reader) {
                #expect(bytes.isEmpty || summary.partialTail != nil || summary.batches > 0)
            }
        }
    }

    @Test("errors say where, in words")
    func description() {
        let error = RecordsError(.trailingBytes(3), baseOffset: 7, record: 2, position: 40)
        #expect("\(error)" == "batch at offset 7, record 2, byte 40: 3 bytes too many")
    }
}
