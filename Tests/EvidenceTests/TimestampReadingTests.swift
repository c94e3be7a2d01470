import Foundation
import Testing

@testable import Evidence

@Suite struct TimestampReadingTests {
    private static let range: ClosedRange<Int64> = -62_167_219_200_000_000...253_402_300_799_999_999

    @Test("every moment from the year 0 to 9999 is read as it was written")
    func roundTrip() {
        var random = SystemRandomNumberGenerator()
        let edges: [Int64] = [
            Self.range.lowerBound, -1, 0, 1, 951_782_399_999_999, 951_782_400_000_000, Self.range.upperBound,
        ]
        for time in edges + (0..<20_000).map({ _ in Int64.random(in: Self.range, using: &random) }) {
            let text = Timestamp.text(unixUs: time)
            #expect(Timestamp.unixUs(text) == time, "\(text)")
        }
    }

    @Test("whole seconds are those of Foundation", arguments: 0..<200)
    func agrees(seed: Int) throws {
        let seconds = Int64(seed) &* 48_611_777 - 3_000_000_000
        let text = Timestamp.text(unixUs: seconds * 1_000_000)
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        #expect(try style.parse(text).timeIntervalSince1970 == Double(seconds))
    }

    @Test(
        "what is no date, or written in another way, is none",
        arguments: [
            "", "2026-02-30T00:00:00.000000Z", "2025-02-29T00:00:00.000000Z", "2026-13-01T00:00:00.000000Z",
            "2026-00-01T00:00:00.000000Z", "2026-01-00T00:00:00.000000Z", "2026-01-01T24:00:00.000000Z",
            "2026-01-01T00:60:00.000000Z", "2026-01-01T00:00:60.000000Z", "2026-01-01T00:00:00Z",
            "2026-01-01T00:00:00.000Z", "2026-01-01t00:00:00.000000z", "2026-01-01 00:00:00.000000Z",
            "2026-01-01T00:00:00.000000+", "2026-01-01T00:00:00.0000000", " 026-01-01T00:00:00.000000Z",
            "-001-01-01T00:00:00.000000Z", "2026-01-01T00:00:00.00000xZ",
        ])
    func refuses(text: String) {
        #expect(Timestamp.unixUs(text) == nil)
    }
}
