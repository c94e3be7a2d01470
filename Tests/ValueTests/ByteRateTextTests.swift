import Testing
import Value

@Suite struct ByteRateTextTests {
    @Test(
        "a whole number, a unit, and /s or nothing",
        arguments: [
            ("1B", 1), ("50MB/s", 50_000_000), ("500kB/s", 500_000), ("500KB", 500_000), ("1GiB/s", 1 << 30),
            ("50", 50), ("50/s", 50), ("3KiB", 3 << 10), ("2MiB/s", 2 << 20), ("9GB/s", 9_000_000_000), ("0B", 0),
            ("9223372036854775807B/s", Int64.max),
        ])
    func parses(text: String, rate: Int64) {
        #expect(ByteRateText.parse(text) == rate)
    }

    @Test(
        "nothing else is a rate",
        arguments: [
            "", "/s", "MB/s", "50 MB/s", " 50MB", "-1MB/s", "+1MB", "1.5MB/s", "1e3B", "50Mb/s", "50mb/s", "50MB/",
            "50MB/m", "50MB/s/s", "50MBs", "0x10B", "\u{0665}MB", "9223372036854775808B", "9223372036854775807GB",
            "1TB",
        ])
    func refuses(text: String) {
        #expect(ByteRateText.parse(text) == nil)
    }
}
