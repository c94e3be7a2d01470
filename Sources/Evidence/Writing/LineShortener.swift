import Value

/// Makes lines fit that would be too large, or that JSON could not hold at all.
enum LineShortener {
    /// Tried one after another until a line fits: the longest text in bytes, the most elements of a list or an object,
    /// the most levels.
    ///
    /// The last one fits whatever the line was.
    private static let steps: [(text: Int, count: Int, depth: Int)] = [
        (8_192, 4_096, 16), (2_048, 512, 12), (512, 128, 8), (128, 48, 6), (64, 32, 4), (32, 24, 3), (16, 8, 2),
    ]

    /// Fields whose length is fixed, and on which verifying rests.
    private static let kept: Set<ByteString> = ["run", "t", "type", "prev", "self"]

    /// The line's bytes without its line feed, at most `limit`.
    ///
    /// A line that is cut says `truncated: true`. Its own fields all stay; what is in them is cut.
    static func encode(_ fields: [ByteString: Value], limit: Int) throws(JSONError) -> [UInt8] {
        // A line that is too long, or with a number or a key from a script that JSON cannot hold, goes on below.
        if let bytes = try? JSONWriter.write(.map(fields), limit: limit) { return bytes }
        for step in steps {
            var cut = fields
            for (key, value) in fields where !kept.contains(key) { cut[key] = shortened(value, step, depth: 1) }
            cut["truncated"] = true
            if let bytes = try? JSONWriter.write(.map(cut), limit: limit) { return bytes }
        }
        throw JSONError(.tooLong(limit: limit), at: .path(""))
    }

    private static func shortened(_ value: Value, _ step: (text: Int, count: Int, depth: Int), depth: Int) -> Value {
        switch value {
        case .null, .bool, .integer: return value
        case .number(let number): return number.isFinite ? value : .text("\(number)")
        case .string(let text): return .string(shortened(text, to: step.text))
        case .list(let elements):
            guard depth < step.depth else { return "…" }
            return .list(elements.prefix(step.count).map { shortened($0, step, depth: depth + 1) })
        case .map(let entries):
            guard depth < step.depth else { return "…" }
            var result: [ByteString: Value] = [:]
            for (key, value) in entries.sorted(by: { $0.key < $1.key }).prefix(step.count) {
                let name = key.text == nil ? ByteString("base64:" + Base64.text(key.bytes)) : key
                result[shortened(name, to: step.text)] = shortened(value, step, depth: depth + 1)
            }
            return .map(result)
        }
    }

    /// The beginning of a text, cut between characters if it has characters, and a sign that there was more.
    static func shortened(_ text: ByteString, to limit: Int) -> ByteString {
        guard text.bytes.count > limit else { return text }
        var end = limit
        while end > limit - 4, end > 0, text.bytes[end] & 0xC0 == 0x80 { end -= 1 }
        return ByteString(bytes: text.bytes[..<end] + Array("…".utf8))
    }
}
