import Value

/// Shares the names of checks and the places in scripts, so that 100,000 checks do not keep 100,000 copies.
struct Interner: Sendable {
    private static let maxEntries = 4096
    private static let maxBytes = 128

    private var strings: Set<ByteString> = []
    private var places: [String: String] = [:]

    mutating func shared(_ string: ByteString) -> ByteString {
        if let index = strings.firstIndex(of: string) { return strings[index] }
        if string.bytes.count <= Self.maxBytes, strings.count < Self.maxEntries { strings.insert(string) }
        return string
    }

    /// A place in a script, of which there are as many as it has lines.
    mutating func shared(place: String) -> String {
        if let known = places[place] { return known }
        if places.count < Self.maxEntries { places[place] = place }
        return place
    }
}
