import Testing

@testable import KafkaWire

@Suite("Metadata")
struct MetadataTests {
    @Test(
        "all topics and no topics are different questions",
        arguments: [
            (4, nil, "ffffffff 01"), (4, [], "00000000 01"), (9, nil, "00 01 00 00 00"), (9, [], "01 01 00 00 00"),
            (12, nil, "00 01 00 00"), (12, [], "01 01 00 00"),
        ] as [(Int16, [MetadataRequest.Topic]?, String)])
    func knownBytes(version: Int16, topics: [MetadataRequest.Topic]?, bytes: String) throws {
        let request = MetadataRequest.with { $0.topics = topics }
        // Version 12 lost what only 8 to 10 ask about the cluster.
        #expect(try request.encoded(version: version) == hex(bytes))
        #expect(try MetadataRequest.request(from: hex(bytes), version: version).topics == topics)
    }

    @Test("a name may be null only from the version on that has ids to go by")
    func nullName() throws {
        let request = MetadataRequest.with { $0.topics = [.with { $0.name = nil }] }
        let error = #expect(throws: WireError.self) { try request.encoded(version: 9) }
        #expect(error?.description == "topics[0].name: null where a value is required")
        let bytes = try request.encoded(version: 10)
        #expect(try MetadataRequest.request(from: bytes, version: 10) == request)
    }

    @Test("a broker that sends a null name where it may not is refused", arguments: [4, 8, 9, 11] as [Int16])
    func nullNameInResponse(version: Int16) throws {
        let response = MetadataResponse.with { $0.topics = [.with { $0.name = "x" }] }
        var bytes = try MetadataRequest.encoded(response, version: version)
        let place = try #require(bytes.firstIndex(of: UInt8(ascii: "x")))
        let length = version < 9 ? [0xFF, 0xFF] : [0x00] as [UInt8]
        bytes.replaceSubrange(place - length.count...place, with: length)
        let error = #expect(throws: WireError.self) { try MetadataRequest.response(from: bytes, version: version) }
        #expect(error?.description == "topics[0].name: null where a value is required")
    }

    @Test("what only some versions can ask refuses to go out in others")
    func lossyDowngrade() {
        let request = MetadataRequest.with { $0.includeClusterAuthorizedOperations = true }
        for version in MetadataRequest.versions {
            if (8...10).contains(version) {
                #expect(throws: Never.self) { try request.encoded(version: version) }
            } else {
                let error = #expect(throws: WireError.self) { try request.encoded(version: version) }
                #expect(error?.reason == .fieldNotInVersion(version))
            }
        }
    }
}
