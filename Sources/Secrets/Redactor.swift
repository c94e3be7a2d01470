/// Replaces secrets in texts by `‹secret›`, in whatever encoding they stand there.
///
/// Found are: plain; JSON-escaped and URL-encoded in any mixture, up to three layers deep; hexadecimal of either case;
/// base64 of either alphabet, padded or not, wherever the secret starts within a longer run.
///
/// A secret of fewer than 4 bytes would match by chance everywhere: it is replaced only as a whole word, and not in
/// hexadecimal or base64.
package struct Redactor: Sendable {
    private static let shortest = 4
    /// How many encodings may be stacked on one another: JSON in a JSON string in a URL is three.
    private static let layers = 3

    private var needles: [Needle] = []
    /// Needles by their first four bytes, in lower case.
    private var needlesByPrefix: [UInt32: [Int]] = [:]
    /// One bit for each hash of a prefix: most places of a text are dismissed by a look at it.
    private var filter = [UInt64](repeating: 0, count: 1024)
    private var words: [[UInt8]] = []
    private var secrets: Set<[UInt8]> = []
    private var marker = Array("‹secret›".utf8)

    package init() {}

    package var isEmpty: Bool { secrets.isEmpty }

    /// What to look for where this secret is known; made before a registry is locked, as it takes a while.
    static func needles(for secret: [UInt8]) -> [Needle] { secret.count < shortest ? [] : Needle.all(of: secret) }

    mutating func add(_ secret: [UInt8], needles: [Needle]) {
        guard !secret.isEmpty, secrets.insert(secret).inserted else { return }
        if secret.count < Self.shortest { words.append(secret) }
        for needle in needles { add(needle) }
        if Self.contains(marker, secret) { chooseMarker() }
    }

    private mutating func add(_ needle: Needle) {
        let prefix = needle.bytes.prefix(4).reduce(0) { $0 << 8 | UInt32(ASCII.lowercased($1)) }
        needlesByPrefix[prefix, default: []].append(needles.count)
        needles.append(needle)
        let bit = Self.hash(prefix)
        filter[bit >> 6] |= 1 << UInt64(bit & 63)
    }

    /// A password may be the word "secret": the text that stands for it must not repeat it.
    private mutating func chooseMarker() {
        let candidates = ["‹secret›", "‹redacted›", "‹•••›"].map { Array($0.utf8) }
        marker = candidates.first { candidate in !secrets.contains { Self.contains(candidate, $0) } } ?? []
    }

    private static func contains(_ text: [UInt8], _ part: [UInt8]) -> Bool {
        text.indices.contains { text[$0...].starts(with: part) }
    }

    private static func hash(_ prefix: UInt32) -> Int { Int((prefix &* 2_654_435_761) >> 16) }

    /// Redacts free text.
    ///
    /// For a line of JSON use `redactJSON`, which keeps it one.
    package func redact(_ bytes: [UInt8]) -> [UInt8] {
        guard !isEmpty else { return bytes }
        return replacing(secretRanges(in: DecodedText(bytes)).map { wholeEscapes(of: $0, in: bytes) }, in: bytes)
    }

    /// As `redact` of the bytes.
    package func redact(_ text: String) -> String {
        guard !isEmpty else { return text }
        return String(decoding: redact(Array(text.utf8)), as: UTF8.self)
    }

    /// Redacts inside the strings of a JSON text, keys included, so that it stays valid JSON.
    ///
    /// Numbers, words and structure are left alone: a count that equals a password does not give it away.
    package func redactJSON(_ line: [UInt8]) -> [UInt8] {
        guard !isEmpty else { return line }
        var output: [UInt8] = []
        output.reserveCapacity(line.count)
        var index = 0
        while let open = line[index...].firstIndex(of: UInt8(ascii: "\"")) {
            var close = open + 1
            while close < line.count, line[close] != UInt8(ascii: "\"") {
                close += line[close] == UInt8(ascii: "\\") ? 2 : 1
            }
            close = min(close, line.count)
            output += line[index...open]
            let content = Array(line[(open + 1)..<close])
            let text = DecodedText(content)
            output += replacing(secretRanges(in: text.withoutJSONEscapes() ?? text), in: content)
            index = close
            if index < line.count {
                output.append(UInt8(ascii: "\""))
                index += 1
            }
        }
        return output + line[index...]
    }

    /// Where secrets stand in the original of a text, looked for in it and in what it decodes to.
    private func secretRanges(in text: DecodedText) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var layer = [text]
        for depth in 0...Self.layers {
            for text in layer { find(in: text, &ranges) }
            guard depth < Self.layers else { break }
            layer = layer.flatMap { [$0.withoutJSONEscapes(), $0.withoutURLEscapes()].compactMap(\.self) }
        }
        return ranges
    }

    private func find(in text: DecodedText, _ ranges: inout [Range<Int>]) {
        let bytes = text.bytes
        for word in words { find(word: word, in: text, &ranges) }
        guard !needles.isEmpty else { return }
        findCut(in: text, &ranges)
        var prefix: UInt32 = 0
        for index in 0..<bytes.count {
            prefix = prefix << 8 | UInt32(ASCII.lowercased(bytes[index]))
            let bit = Self.hash(prefix)
            guard index >= 3, filter[bit >> 6] & 1 << UInt64(bit & 63) != 0 else { continue }
            for candidate in needlesByPrefix[prefix] ?? [] where needles[candidate].matches(bytes, at: index - 3) {
                ranges.append(text.origin(of: needles[candidate].range(in: bytes, at: index - 3)))
            }
        }
    }

    /// What is left of a secret where a text was cut before it came here: its beginning, right before an ellipsis.
    private func findCut(in text: DecodedText, _ ranges: inout [Range<Int>]) {
        let (ellipsis, replacement): ([UInt8], [UInt8]) = (Array("…".utf8), Array("\u{FFFD}".utf8))
        let bytes = text.bytes
        guard bytes.count > ellipsis.count else { return }
        for place in 0...(bytes.count - ellipsis.count) where bytes[place...].starts(with: ellipsis) {
            // A cut through a character leaves a mark of its own.
            let isSplit = place >= 3 && bytes[(place - 3)..<place].elementsEqual(replacement)
            let end = isSplit ? place - 3 : place
            for needle in needles {
                let longest = min(needle.bytes.count - 1, end)
                guard longest >= Self.shortest else { continue }
                for start in (end - longest)...(end - Self.shortest) where needle.begins(bytes[start..<end]) {
                    ranges.append(text.origin(of: start..<end))
                    break
                }
            }
        }
    }

    private func find(word: [UInt8], in text: DecodedText, _ ranges: inout [Range<Int>]) {
        let bytes = text.bytes
        guard bytes.count >= word.count else { return }
        for start in 0...(bytes.count - word.count) where bytes[start] == word[0] {
            let end = start + word.count
            guard bytes[start..<end].elementsEqual(word), start == 0 || !ASCII.isWord(bytes[start - 1]),
                end == bytes.count || !ASCII.isWord(bytes[end])
            else { continue }
            ranges.append(text.origin(of: start..<end))
        }
    }

    /// A range that does not cut an escape in two: half of one could make the quote behind it end a string.
    private func wholeEscapes(of range: Range<Int>, in bytes: [UInt8]) -> Range<Int> {
        func backslashes(before index: Int) -> Int {
            bytes[..<index].reversed().prefix { $0 == UInt8(ascii: "\\") }.count
        }
        func isCut(at index: Int) -> Bool {
            index < bytes.count && Array("\"\\/bfnrtu".utf8).contains(bytes[index])
                && !backslashes(before: index).isMultiple(of: 2)
        }
        let (isCutBefore, isCutAfter) = (isCut(at: range.lowerBound), isCut(at: range.upperBound))
        return (range.lowerBound - (isCutBefore ? 1 : 0))..<(range.upperBound + (isCutAfter ? 1 : 0))
    }

    private func replacing(_ ranges: [Range<Int>], in bytes: [UInt8]) -> [UInt8] {
        guard !ranges.isEmpty else { return bytes }
        var output: [UInt8] = []
        var copied = 0
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if range.lowerBound >= copied {
                output += bytes[copied..<range.lowerBound]
                output += marker
            }
            copied = max(copied, range.upperBound)
        }
        return output + bytes[copied...]
    }
}
