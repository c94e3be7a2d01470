import Value

/// The short strings that scripts hand over again and again: names of facts, topics, groups.
///
/// 100,000 subjects do not keep 100,000 copies of `partition`. Where two words fall into one place, the later one takes
/// it: nothing is ever wrong, and nothing grows.
final class LuaWords {
    private static let places = 1024
    private static let longest = 64

    private var words = [ByteString](repeating: ByteString(bytes: []), count: places)

    /// The string of these bytes.
    func word(_ bytes: ArraySlice<UInt8>) -> ByteString {
        guard bytes.count <= Self.longest else { return ByteString(bytes: Array(bytes)) }
        let place = Int(truncatingIfNeeded: Self.hash(bytes)) & (Self.places - 1)
        if words[place].bytes.elementsEqual(bytes) { return words[place] }
        let word = ByteString(bytes: Array(bytes))
        words[place] = word
        return word
    }

    /// FNV-1a, with its upper bits brought down.
    private static func hash(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return hash ^ hash >> 32
    }
}
