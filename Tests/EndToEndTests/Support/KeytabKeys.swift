import Foundation

/// The keys of a keytab file, version 0x0502 (MIT Kerberos, "Keytab file format").
struct KeytabKeys {
    private(set) var keys: [Data] = []

    init(contentsOf file: URL) throws {
        let bytes = [UInt8](try Data(contentsOf: file))
        var place = 2
        func number(_ size: Int) throws -> Int {
            guard bytes.count - place >= size else { throw KafkaFixtureError("a keytab ends at byte \(place)") }
            defer { place += size }
            return bytes[place..<place + size].reduce(0) { $0 << 8 | Int($1) }
        }
        guard bytes.starts(with: [5, 2]) else { throw KafkaFixtureError("no keytab of version 0x0502") }
        while place < bytes.count {
            let size = try number(4)
            let end = place + size
            // The realm follows the components' count without being counted among them.
            for _ in 0...(try number(2)) { place += try number(2) }
            // The kind of name, the time, the key's version and its kind.
            place += 4 + 4 + 1 + 2
            let length = try number(2)
            guard length >= 16, place + length <= end, end <= bytes.count else {
                throw KafkaFixtureError("a key of \(length) bytes in a keytab's entry of \(size)")
            }
            keys.append(Data(bytes[place..<place + length]))
            place = end
        }
    }
}
