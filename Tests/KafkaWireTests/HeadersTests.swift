import Testing

@testable import KafkaWire

@Suite("headers")
struct HeadersTests {
    @Test(
        "a request goes out as size, header and body, its client id never compact",
        arguments: [
            (8, "sluice", "00000017 0003 0008 00000007 0006 736c75696365 00000000 01 00 00"),
            (12, "sluice", "00000015 0003 000c 00000007 0006 736c75696365 00 01 01 00 00"),
            (12, nil, "0000000f 0003 000c 00000007 ffff 00 01 01 00 00"),
        ] as [(Int16, String?, String)])
    func requestFrame(version: Int16, client: String?, bytes: String) throws {
        let request = MetadataRequest()
        let frame = try request.frame(version: version, correlationID: 7, clientID: client)
        #expect(try frame == hex(bytes))
        let (header, body) = try RequestHeader.split(frame.dropFirst(4))
        #expect(
            header
                == .with {
                    ($0.apiKey, $0.apiVersion, $0.correlationID, $0.clientID) = (.metadata, version, 7, client)
                })
        #expect(try MetadataRequest.request(from: body, version: version) == request)
    }

    @Test("a response comes with the header of its version", arguments: MetadataRequest.versions)
    func responseFrame(version: Int16) throws {
        let response = MetadataResponse.with { $0.controllerID = 9 }
        let frame = try MetadataRequest.frame(response, version: version, correlationID: 7)
        let flexible = version >= 9
        #expect(try frame[4..<9] == hex("00000007 00")[...])
        #expect(try ResponseHeader.correlationID(of: frame.dropFirst(4)) == 7)
        let (header, body) = try ResponseHeader.split(
            frame.dropFirst(4), answering: MetadataRequest.self, version: version)
        #expect(header.correlationID == 7)
        #expect(body.startIndex == (flexible ? 9 : 8))
        #expect(try MetadataRequest.response(from: body, version: version) == response)
    }

    @Test("the answer to ApiVersions has the old header in every version", arguments: ApiVersionsRequest.versions)
    func apiVersions(version: Int16) throws {
        let frame = try ApiVersionsRequest.frame(.init(), version: version, correlationID: 7)
        let (_, body) = try ResponseHeader.split(
            frame.dropFirst(4), answering: ApiVersionsRequest.self, version: version)
        #expect(body.startIndex == 8)
        #expect(try ApiVersionsResponse.read(body, requestedVersion: version) == ApiVersionsResponse())
    }

    @Test("unknown tagged fields of a header are skipped")
    func taggedHeader() throws {
        let (header, body) = try ResponseHeader.split(
            hex("00000007 01 05 02 abcd 99")[...], answering: MetadataRequest.self, version: 12)
        #expect(header.correlationID == 7)
        #expect(Array(body) == [0x99])
    }

    @Test("a request this module has no message for can still be refused by name")
    func unknownRequest() throws {
        let (header, body) = try RequestHeader.split(hex("03e7 0000 00000007 ffff 0102")[...])
        #expect(header.apiKey.description == "API 999")
        #expect(header.correlationID == 7)
        #expect(Array(body) == [1, 2])
    }

    @Test("headers that are cut off or lie are errors")
    func broken() throws {
        for bytes in ["", "000000", "0003 000c 00000007 fffe", "0003 000c 00000007 0001", "0003 000c 00000007 ffff"] {
            let frame = try hex(bytes)
            #expect(throws: WireError.self, "\(bytes)") { try RequestHeader.split(frame[...]) }
        }
        #expect(throws: WireError.self) { try ResponseHeader.correlationID(of: [0, 0, 0]) }
    }
}
