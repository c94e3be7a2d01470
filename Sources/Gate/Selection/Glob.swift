package import Value

/// A pattern over bytes: `*` any number, `?` one, `[a-z]` one of a set, `[!a-z]` or `[^a-z]` one not of it.
///
/// There is no escape: `[*]` is a star. Matching costs at most pattern × name steps, whatever the pattern.
package struct Glob: Hashable, Sendable {
    private enum Token: Hashable, Sendable {
        case byte(UInt8)
        case any
        case anyRun
        case oneOf(ByteSet)
    }

    package let pattern: ByteString
    private let tokens: [Token]

    /// Whether the pattern is a plain name.
    package var isExact: Bool {
        tokens.allSatisfy {
            if case .byte = $0 { return true }
            return false
        }
    }

    package init(_ pattern: ByteString) throws(GateError) {
        self.pattern = pattern
        var tokens: [Token] = []
        var at = 0
        let bytes = pattern.bytes
        while at < bytes.count {
            switch bytes[at] {
            case UInt8(ascii: "*"):
                // Two stars match what one does.
                if tokens.last != .anyRun { tokens.append(.anyRun) }
                at += 1
            case UInt8(ascii: "?"):
                tokens.append(.any)
                at += 1
            case UInt8(ascii: "["): tokens.append(.oneOf(try Self.set(pattern, &at)))
            case let byte:
                tokens.append(.byte(byte))
                at += 1
            }
        }
        self.tokens = tokens
    }

    package func matches(_ name: ByteString) -> Bool {
        let bytes = name.bytes
        var (token, byte) = (0, 0)
        // Where the last star stands and how far it reaches. An earlier star never needs another try: whatever lies
        // between the two was found as early as it can be.
        var star: (token: Int, byte: Int)?
        while byte < bytes.count {
            if token < tokens.count, tokens[token] == .anyRun {
                star = (token, byte)
                token += 1
            } else if token < tokens.count, Self.matches(tokens[token], bytes[byte]) {
                token += 1
                byte += 1
            } else if let last = star {
                star = (last.token, last.byte + 1)
                token = last.token + 1
                byte = last.byte + 1
            } else {
                return false
            }
        }
        return tokens[token...].allSatisfy { $0 == .anyRun }
    }

    private static func matches(_ token: Token, _ byte: UInt8) -> Bool {
        switch token {
        case .byte(let wanted): wanted == byte
        case .any, .anyRun: true
        case .oneOf(let set): set.contains(byte)
        }
    }

    /// Reads from `[` to beyond its `]`.
    ///
    /// A `]` that comes first is a member.
    private static func set(_ pattern: ByteString, _ at: inout Int) throws(GateError) -> ByteSet {
        let bytes = pattern.bytes
        let start = at
        at += 1
        var isNegated = false
        if at < bytes.count, bytes[at] == UInt8(ascii: "!") || bytes[at] == UInt8(ascii: "^") {
            isNegated = true
            at += 1
        }
        var set = ByteSet()
        let first = at
        while at < bytes.count {
            let low = bytes[at]
            if low == UInt8(ascii: "]"), at > first {
                at += 1
                return isNegated ? set.inverted : set
            }
            guard at + 2 < bytes.count, bytes[at + 1] == UInt8(ascii: "-"), bytes[at + 2] != UInt8(ascii: "]") else {
                set.insert(low...low)
                at += 1
                continue
            }
            let high = bytes[at + 2]
            guard low <= high else {
                throw GateError(.invalid("the glob \(Quoted.text(pattern)) has a range that runs backwards"))
            }
            set.insert(low...high)
            at += 3
        }
        let hint = "write [[] for the character itself"
        throw GateError(.invalid("the glob \(Quoted.text(pattern)) has no ] for its [ at \(start + 1)"), hint: hint)
    }
}

/// A set of bytes as 256 bits.
struct ByteSet: Hashable, Sendable {
    private var words: [UInt64] = [0, 0, 0, 0]

    func contains(_ byte: UInt8) -> Bool { words[Int(byte >> 6)] & (1 << UInt64(byte & 63)) != 0 }

    mutating func insert(_ range: ClosedRange<UInt8>) {
        for byte in range { words[Int(byte >> 6)] |= 1 << UInt64(byte & 63) }
    }

    var inverted: ByteSet {
        var result = self
        result.words = words.map { ~$0 }
        return result
    }
}
