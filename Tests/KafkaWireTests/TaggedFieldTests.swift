import Testing

@testable import KafkaWire

@Suite("tagged fields")
struct TaggedFieldTests {
    private func read(_ tags: String) throws -> Result<Probe, WireError> {
        let bytes = try hex("07" + tags)
        return Result { () throws(WireError) in
            try WireDecoder.decode(Probe.self, from: bytes[...], version: 0, isFlexible: true)
        }
    }

    private func description(of tags: String) throws -> String? {
        guard case .failure(let error) = try read(tags) else { return nil }
        return error.description
    }

    @Test("known ones are read, absent ones keep their default")
    func known() throws {
        #expect(try read("00") == .success(.with { $0.plain = 7 }))
        #expect(try read("01 01 04 00000005") == .success(.with { ($0.plain, $0.number) = (7, 5) }))
        #expect(
            try read("02 01 04 00000005 04 03 02 61 00")
                == .success(.with { ($0.plain, $0.number, $0.inner.name) = (7, 5, "a") }))
    }

    @Test("unknown ones are skipped, before, between and after known ones")
    func unknown() throws {
        #expect(
            try read("05 00 01 ff 01 04 00000005 02 00 04 03 02 61 00 ffffffff0f 02 abcd")
                == .success(.with { ($0.plain, $0.number, $0.inner.name) = (7, 5, "a") }))
        #expect(try read("01 09 00") == .success(.with { $0.plain = 7 }))
    }

    @Test("a struct within a tagged field has tags of its own")
    func nested() throws {
        #expect(
            try read("02 04 06 02 61 01 00 01 ff 05 01 00")
                == .success(.with { ($0.plain, $0.inner.name) = (7, "a") }))
    }

    @Test(
        "repeated and falling tags are errors",
        arguments: [
            ("02 01 04 00000005 01 04 00000006", "tag 1 after tag 1"), ("02 09 00 03 00", "tag 3 after tag 9"),
            ("02 00 00 00 00", "tag 0 after tag 0"), ("03 04 03 02 61 00 05 00 01 04 00000005", "tag 1 after tag 5"),
        ])
    func order(tags: String, fact: String) throws {
        #expect(try description(of: tags) == fact)
    }

    @Test("a flood of tags is refused by its number")
    func flood() throws {
        #expect(try description(of: "ffffffff0f") == "4294967295 tagged fields, beyond the limit of 1000")
        #expect(try description(of: "e907") == "1001 tagged fields, beyond the limit of 1000")
        var thousand = "e807"
        for tag in 5..<1005 {
            let (low, high) = (tag & 0x7F, tag >> 7)
            thousand += high == 0 ? digits(low) + "00" : digits(low | 0x80) + digits(high) + "00"
        }
        #expect(try read(thousand) == .success(.with { $0.plain = 7 }))
    }

    private func digits(_ byte: Int) -> String { (byte < 16 ? "0" : "") + String(byte, radix: 16) }

    @Test("a tag whose size goes past the end is an error, known or not")
    func pastTheEnd() throws {
        #expect(try description(of: "01 09 05 00") == "5 bytes needed, 1 left")
        #expect(try description(of: "01 01 ffffffff0f 00") == "4294967295 bytes needed, 1 left")
    }

    @Test("a known one must use exactly the bytes of its tag")
    func size() throws {
        #expect(try description(of: "01 01 05 0000000500") == "number: 1 byte of the tagged field left over")
        // The bytes are there, but they belong to the next tag.
        #expect(try description(of: "02 01 02 0000 04 03 02 61 00") == "number: 4 bytes needed, 2 left")
    }

    @Test("defaults stay off the wire, the rest goes out in the order of tags")
    func writing() throws {
        func bytes(_ probe: Probe) throws -> [UInt8] {
            try WireEncoder.encode(probe, version: 0, isFlexible: true)
        }
        #expect(try bytes(.with { $0.plain = 7 }) == hex("07 00"))
        #expect(
            try bytes(.with { ($0.plain, $0.number, $0.inner.name) = (7, 5, "a") })
                == hex("07 02 01 04 00000005 04 03 02 61 00"))
    }

    @Test("in a version without them one is refused or dropped, as it says of itself")
    func absent() throws {
        let refused = Probe.with { $0.number = 5 }
        let error = #expect(throws: WireError.self) {
            try WireEncoder.encode(refused, version: -1, isFlexible: false)
        }
        #expect(error?.description == "number: version -1 cannot carry this field")
        let dropped = Probe.with { $0.inner.name = "a" }
        #expect(try WireEncoder.encode(dropped, version: -1, isFlexible: false) == [0])
    }
}

private struct Probe: WireStruct {
    var plain: Int8 = 0
    var number: Int32 = -1
    var inner = Inner()

    mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("plain", &plain)
        try codec.tagged(1, "number", &number, in: 0..., else: -1)
        try codec.tagged(4, "inner", &inner, in: 0..., default: .init())
    }

    struct Inner: WireStruct {
        var name = ""

        mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("name", &name)
        }
    }
}
