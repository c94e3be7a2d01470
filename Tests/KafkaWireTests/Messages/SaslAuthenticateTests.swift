import Testing

@testable import KafkaWire

@Suite("SaslAuthenticate")
struct SaslAuthenticateTests {
    @Test("no way of printing the request shows its bytes")
    func secrecy() {
        let request = SaslAuthenticateRequest.with { $0.authBytes = Array("\0user\0hunter2".utf8) }
        var dumped = ""
        dump(request, to: &dumped)
        for text in ["\(request)", String(reflecting: request), "\([request])", dumped] {
            #expect(!text.contains("104") && !text.contains("hunter2"), "\(text)")
        }
    }

    @Test(
        "bytes have an int32 length, or a compact one",
        arguments: [(0, "00000002 abcd"), (2, "03 abcd 00")] as [(Int16, String)])
    func knownBytes(version: Int16, bytes: String) throws {
        let request = SaslAuthenticateRequest.with { $0.authBytes = [0xAB, 0xCD] }
        #expect(try request.encoded(version: version) == hex(bytes))
        #expect(try SaslAuthenticateRequest.request(from: hex(bytes), version: version) == request)
    }

    @Test("bytes may be longer than any string", arguments: SaslAuthenticateRequest.versions)
    func longBytes(version: Int16) throws {
        let request = SaslAuthenticateRequest.with { $0.authBytes = Array(repeating: 7, count: 2 << 20) }
        let bytes = try request.encoded(version: version)
        #expect(try SaslAuthenticateRequest.request(from: bytes, version: version) == request)
    }
}
