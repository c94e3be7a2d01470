import Testing

@testable import KafkaWire

@Suite("WireDecoder")
struct WireDecoderTests {
    private func read<V: WireValue>(
        _ type: V.Type, _ bytes: String, flexible: Bool = false
    ) throws -> Result<V, WireError> {
        var decoder = WireDecoder(bytes: try hex(bytes)[...], version: 0, isFlexible: flexible)
        return Result { () throws(WireError) in
            var value = V()
            try value.walk(&decoder)
            return value
        }
    }

    @Test("integers are big-endian, whatever their size and sign")
    func integers() throws {
        #expect(try read(Int8.self, "80") == .success(.min))
        #expect(try read(Int16.self, "8001") == .success(-32767))
        #expect(try read(UInt16.self, "8001") == .success(0x8001))
        #expect(try read(Int32.self, "fffffffe") == .success(-2))
        #expect(try read(UInt32.self, "fffffffe") == .success(0xFFFF_FFFE))
        #expect(try read(Int64.self, "0123456789abcdef") == .success(0x0123_4567_89AB_CDEF))
        #expect(try read(Int64.self, "8000000000000000") == .success(.min))
        #expect(try read(Double.self, "3fb999999999999a") == .success(0.1))
        #expect(try read(Bool.self, "02") == .success(true))
        #expect(try read(KafkaUUID.self, "00000000000000010000000000000002") == .success(.init(high: 1, low: 2)))
    }

    @Test(
        "a length below -1 is impossible",
        arguments: ["fffe", "8000"])
    func negativeLength(bytes: String) throws {
        let length = try Int(read(Int16.self, bytes).get())
        #expect(try read(String?.self, bytes) == .failure(WireError(reason: .impossibleLength(length))))
        #expect(try read([Int8]?.self, "ffff" + bytes) == .failure(WireError(reason: .impossibleLength(length))))
        #expect(try read([UInt8]?.self, "ffff" + bytes) == .failure(WireError(reason: .impossibleLength(length))))
    }

    @Test("null is an error where a value is required, in both forms", arguments: [false, true])
    func unexpectedNull(flexible: Bool) throws {
        let null = WireError(reason: .unexpectedNull)
        let (short, long) = flexible ? ("00", "00") : ("ffff", "ffffffff")
        #expect(try read(String.self, short, flexible: flexible) == .failure(null))
        #expect(try read([Int32].self, long, flexible: flexible) == .failure(null))
        #expect(try read([UInt8].self, long, flexible: flexible) == .failure(null))
        #expect(try read(ArraySlice<UInt8>.self, long, flexible: flexible) == .failure(null))
        #expect(try read(String?.self, short, flexible: flexible) == .success(nil))
        #expect(try read([Int32]?.self, long, flexible: flexible) == .success(nil))
        #expect(try read([UInt8]?.self, long, flexible: flexible) == .success(nil))
        #expect(try read(ArraySlice<UInt8>?.self, long, flexible: flexible) == .success(nil))
    }

    @Test("a count that the bytes left cannot hold is refused before memory is taken for it")
    func impossibleCount() throws {
        for (bytes, flexible) in [("7fffffff 00", false), ("8080808008 00", true), ("ffffffff0f 00", true)] {
            guard case .failure(let error) = try read([String].self, bytes, flexible: flexible) else {
                Issue.record("\(bytes) was read")
                continue
            }
            guard case .impossibleCount(_, available: 1) = error.reason else {
                Issue.record(error)
                continue
            }
        }
        // Two int64 need 16 bytes, so that eight are refused by the count and not by the second element.
        #expect(
            try read([Int64].self, "00000002 0000000000000001")
                == .failure(WireError(reason: .impossibleCount(2, available: 8))))
    }

    @Test("a string or bytes past the end is an error that tells how much is missing", arguments: [false, true])
    func pastTheEnd(flexible: Bool) throws {
        let missing = WireError(reason: .truncated(needed: 12, available: 3))
        let (short, long) = flexible ? ("0d", "0d") : ("000c", "0000000c")
        #expect(try read(String.self, "\(short) 616263", flexible: flexible) == .failure(missing))
        #expect(try read([UInt8].self, "\(long) 616263", flexible: flexible) == .failure(missing))
        #expect(try read(ArraySlice<UInt8>.self, "\(long) 616263", flexible: flexible) == .failure(missing))
        #expect(
            missing.inside(.field("name")).inside(.index(0)).inside(.field("topics")).description
                == "topics[0].name: 12 bytes needed, 3 left")
    }

    @Test(
        "a varint of more than 32 bits is an error",
        arguments: ["ffffffff10", "ffffffff1f", "8080808080", "ffffffffff"])
    func varintOverflow(bytes: String) throws {
        #expect(try read(String?.self, bytes + "01", flexible: true) == .failure(WireError(reason: .varintOverflow)))
    }

    @Test("a varint may be longer than it need be, as Kafka's may", arguments: ["8200 61", "8280808000 61"])
    func longVarint(bytes: String) throws {
        #expect(try read(String.self, bytes, flexible: true) == .success("a"))
    }

    @Test("bytes that are not UTF-8 are no string", arguments: ["ff", "c080", "eda080", "e282", "f4908080"])
    func invalidUTF8(bytes: String) throws {
        let length = try hex(bytes).count
        #expect(try read(String.self, "000\(length) \(bytes)") == .failure(WireError(reason: .invalidUTF8)))
    }

    @Test("NUL, escapes and direction marks are characters, and not this module's to judge")
    func oddCharacters() throws {
        #expect(try read(String.self, "0006 00 1b e280ae 3d") == .success("\0\u{1B}\u{202E}="))
    }

    @Test("a compact string has a limit, beyond what Kafka itself writes")
    func stringLimit() throws {
        func string(of count: Int) throws -> String? {
            var encoded: [UInt8] = []
            var rest = count + 1
            while rest >= 0x80 {
                encoded.append(UInt8(rest & 0x7F) | 0x80)
                rest >>= 7
            }
            encoded.append(UInt8(rest))
            encoded += Array(repeating: UInt8(ascii: "a"), count: count)
            var decoder = WireDecoder(bytes: encoded[...], version: 0, isFlexible: true)
            var text: String?
            try decoder.string(&text, nullable: false)
            return text
        }
        #expect(try string(of: WireLimits.stringBytes)?.utf8.count == WireLimits.stringBytes)
        let error = #expect(throws: WireError.self) { try string(of: WireLimits.stringBytes + 1) }
        #expect(error?.description == "a length of 1048577, beyond the limit of 1048576")
    }

    @Test("arrays may be nested so deep and no deeper")
    func depth() throws {
        func nested(_ depth: Int) throws -> Result<Nest, WireError> {
            try read(Nest.self, String(repeating: "00000001", count: depth) + "00000000")
        }
        #expect(throws: Never.self) { try nested(WireLimits.depth - 1).get() }
        let error = #expect(throws: WireError.self) { try nested(WireLimits.depth).get() }
        #expect(error?.reason == .tooDeep(limit: WireLimits.depth))
    }

    @Test("bytes left over at the end are an error")
    func trailingBytes() throws {
        let bytes = try hex("0000 00000000 ff")
        let error = #expect(throws: WireError.self) { try SaslHandshakeRequest.response(from: bytes, version: 1) }
        #expect(error?.description == "1 byte left over at the end")
    }

    @Test("a version the message does not have is refused, not guessed at")
    func unsupportedVersion() {
        let error = #expect(throws: WireError.self) { try FetchRequest.response(from: [], version: 19) }
        #expect(error?.description == "version 19 is outside 4-18")
    }

    @Test("a part of a larger buffer is read where it lies")
    func slice() throws {
        let frame = try hex("ffffffff 0001 00000001 0001 61 ffff")
        let response = try SaslHandshakeRequest.response(from: frame[4..<13], version: 1)
        #expect(response.mechanisms == ["a"])
    }
}

/// A message that holds itself, as none of Kafka's does.
private struct Nest: WireStruct {
    var children: [Nest] = []

    mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("children", &children)
    }
}
