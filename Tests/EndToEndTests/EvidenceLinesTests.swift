import Testing

/// The tests' own reading of evidence, which is not the product's.
@Suite struct EvidenceLinesTests {
    @Test func `Integers keep every digit, as numbers and as strings`() throws {
        let lines = try EvidenceLines([#"{"actual":9007199254740991,"limit":"9223372036854775807","ratio":0.5}"#])
        #expect(lines.lines[0]["actual"] == 9_007_199_254_740_991)
        #expect(lines.lines[0]["limit"].integer == Int64.max)
        #expect(lines.lines[0]["ratio"] == .number(0.5))
    }

    @Test func `A line for several partitions is one measured value each`() throws {
        let lines = try EvidenceLines([
            #"{"type":"check","gate":"g","check":"lag","subject":{"topic":"t"},"partitions":"0-1,9","actual":[4,5,6],"#
                + #""ok":true}"#,
            #"{"type":"check","gate":"g","check":"lag","subject":{"partition":2,"topic":"t"},"actual":7,"ok":false}"#,
            #"{"type":"check","gate":"other","check":"lag","subject":{},"actual":8,"ok":true}"#,
        ])
        let measured = lines.measured("lag", gate: "g")
        #expect(measured.map { $0.subject["partition"] } == [0, 1, 9, 2])
        #expect(measured.map(\.actual) == [4, 5, 6, 7])
        #expect(measured.map(\.ok) == [true, true, true, false])
    }

    @Test func `A line that is not JSON is an error`() {
        #expect(throws: (any Error).self) { try EvidenceLines(["{\"type\":"]) }
    }
}
