/// Which share of a run's record scans is this one's: the `1/3` of `--shard`.
package struct Shard: Hashable, Sendable {
    package static let most = 100_000

    /// From 0.
    package let index: Int
    package let count: Int

    package init?(index: Int, count: Int) {
        guard (1...Self.most).contains(count), (0..<count).contains(index) else { return nil }
        self.index = index
        self.count = count
    }

    /// `I/N` in digits.
    package init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        let numbers = parts.compactMap { part in
            part.allSatisfy { (0x30...0x39).contains($0) } ? Int(String(decoding: part, as: UTF8.self)) : nil
        }
        guard parts.count == 2, numbers.count == 2 else { return nil }
        self.init(index: numbers[0], count: numbers[1])
    }
}

extension Shard: CustomStringConvertible {
    package var description: String { "\(index)/\(count)" }
}
