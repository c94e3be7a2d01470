import KafkaRecords
import Parity

/// SplitMix64: the same numbers in every run.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}

/// A record made of numbers.
struct TestRecord: Hashable {
    var key: UInt64?
    var value: UInt64?
    var headers: UInt64 = 0
    var timestamp: Int64 = 0

    func fingerprint(at offset: Int64, timestamps: Bool = true) -> RecordFingerprint {
        func words(_ part: UInt64?) -> [UInt64] { part.map { [1, $0] } ?? [0] }
        let time = timestamps ? UInt64(bitPattern: timestamp) : 0
        return RecordFingerprint(
            offset: offset, digest: RecordDigester.digest(of: words(key) + words(value) + [headers, time]),
            timestamp: timestamp, key: key, value: value, headers: headers, size: 10)
    }
}

/// A log in memory: records at rising offsets.
struct TestLog {
    var records: [(offset: Int64, record: TestRecord)]

    /// The records at offsets from `start`, `step` apart.
    init(_ records: [TestRecord], from start: Int64 = 0, step: Int64 = 1) {
        self.records = records.enumerated().map { (start + Int64($0.offset) * step, $0.element) }
    }

    static func random(_ count: Int, alphabet: UInt64 = .max, seed: UInt64) -> [TestRecord] {
        var random = SeededRandom(seed)
        return (0..<count).map { index in
            TestRecord(
                key: UInt64.random(in: 0..<min(alphabet, 50), using: &random),
                value: .random(in: 0..<alphabet, using: &random), headers: 7,
                timestamp: alphabet == .max ? Int64(index) : 0)
        }
    }

    func fingerprints(_ offsets: [Range<Int64>], timestamps: Bool = true) -> [RecordFingerprint] {
        offsets.flatMap { range in
            records.filter { range.contains($0.offset) }
                .map { $0.record.fingerprint(at: $0.offset, timestamps: timestamps) }
        }
    }

    static let rule = WindowRule(mask: 15, limit: 64)

    func windows(_ rule: WindowRule = rule, timestamps: Bool = true) -> [Window] {
        var builder = WindowBuilder(rule)
        for (offset, record) in records {
            let print = record.fingerprint(at: offset, timestamps: timestamps)
            builder.add(DigestedRecord(offset: offset, digest: print.digest, size: print.size))
        }
        return builder.finish()
    }

    /// As the product compares two logs, without their brokers.
    static func compare(
        _ source: TestLog, _ target: TestLog, _ limits: ComparisonResult.Limits = .init(), rereadLimit: Int64 = 400_000,
        timestamps: Bool = true
    ) -> ComparisonResult {
        let windows = WindowComparison(
            source: source.windows(timestamps: timestamps), target: target.windows(timestamps: timestamps),
            bounds: .init(
                sourceIsCut: limits.sourceLost > 0, targetIsCut: limits.targetLost > 0, cut: limits.cut ?? .max,
                rereadLimit: rereadLimit))
        var classifier = DifferenceClassifier(includesTimestamps: timestamps, cut: limits.cut ?? .max)
        for stretch in windows.stretches {
            classifier.take(
                source: source.fingerprints(stretch.source, timestamps: timestamps),
                target: target.fingerprints(stretch.target, timestamps: timestamps))
            classifier.note(source.fingerprints(stretch.around, timestamps: timestamps))
        }
        return ComparisonResult(windows, classifier, limits)
    }
}
