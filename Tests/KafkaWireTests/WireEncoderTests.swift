import Testing

@testable import KafkaWire

@Suite("WireEncoder")
struct WireEncoderTests {
    @Test("a string that a broker would refuse is refused here", arguments: [1, 2] as [Int16])
    func longString(version: Int16) throws {
        var request = DeleteGroupsRequest.with { $0.groupsNames = [String(repeating: "a", count: 32767)] }
        let bytes = try request.encoded(version: version)
        #expect(try DeleteGroupsRequest.request(from: bytes, version: version) == request)
        request.groupsNames = ["", String(repeating: "ä", count: 16384)]
        let error = #expect(throws: WireError.self) { try request.encoded(version: version) }
        #expect(error?.description == "groups_names[1]: a length of 32768, beyond the limit of 32767")
    }

    @Test("a request that needs a newer version refuses to go out quietly changed")
    func lossyDowngrade() {
        let request = OffsetFetchRequest.with { $0.requireStable = true }
        let error = #expect(throws: WireError.self) { try request.encoded(version: 6) }
        #expect(error?.description == "require_stable: version 6 cannot carry this field")
    }

    @Test("what peers may ignore is dropped where the version lacks it")
    func ignorable() throws {
        let request = FetchRequest.with { $0.rackID = "use1-az1" }
        let plain = try FetchRequest().encoded(version: 10)
        #expect(try request.encoded(version: 10) == plain)
    }

    @Test("a version the message does not have is refused")
    func unsupportedVersion() {
        let error = #expect(throws: WireError.self) { try ListOffsetsRequest().encoded(version: 1) }
        #expect(error?.description == "version 1 is outside 2-11")
        #expect(throws: WireError.self) { try ListOffsetsRequest.encoded(ListOffsetsResponse(), version: 12) }
        #expect(throws: WireError.self) {
            try ListOffsetsRequest().frame(version: 12, correlationID: 0, clientID: nil)
        }
    }

    @Test("float64 goes out with every bit, NaN's too", arguments: [0x3FB9_9999_9999_999A, 0x7FF8_0000_0000_0001])
    func float64(bits: UInt64) throws {
        var encoder = WireEncoder(version: 0, isFlexible: false)
        var value = Double(bitPattern: bits)
        try value.walk(&encoder)
        var decoder = WireDecoder(bytes: encoder.bytes[...], version: 0, isFlexible: false)
        var back = 0.0
        try back.walk(&decoder)
        #expect(back.bitPattern == bits)
    }
}
