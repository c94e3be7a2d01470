import Testing

@testable import KafkaWire

@Suite("KafkaUUID")
struct KafkaUUIDTests {
    static let pairs: [(KafkaUUID, String)] = [
        (.zero, "AAAAAAAAAAAAAAAAAAAAAA"),
        (.init(high: 1, low: 2), "AAAAAAAAAAEAAAAAAAAAAg"),
        (.init(high: .max, low: .max), "_____________________w"),
        (.init(high: 0x0123_4567_89AB_CDEF, low: 0xFEDC_BA98_7654_3210), "ASNFZ4mrze_-3LqYdlQyEA"),
    ]

    @Test("prints and reads as Kafka's own class does", arguments: pairs)
    func text(uuid: KafkaUUID, text: String) {
        #expect(uuid.description == text)
        #expect(KafkaUUID(text) == uuid)
    }

    @Test("16 bytes, the high word first")
    func bytes() throws {
        let uuid = KafkaUUID(high: 0x0123_4567_89AB_CDEF, low: 0xFEDC_BA98_7654_3210)
        #expect(try uuid.bytes == hex("0123456789abcdef fedcba9876543210"))
    }

    @Test(
        "what is no id is not read",
        arguments: [
            "", "AAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAA+", "AAAAAAAAAAAAAAAAAAAAAB",
        ])
    func malformed(text: String) {
        #expect(KafkaUUID(text) == nil)
    }
}
