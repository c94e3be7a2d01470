import Agent

/// The Kafka APIs that a gate's primitives use, and what its principal must be allowed to do for them.
///
/// Read from the text of the gate: a primitive whose name it calls counts, whether or not the call is ever reached.
struct ApiNeeds {
    private let needs: [PrimitiveNeeds]

    init(of source: [UInt8]) {
        let called = Self.calledNames(in: source)
        needs = Agent.primitives.filter { !$0.apis.isEmpty && called.contains($0.primitive) }
    }

    var isEmpty: Bool { needs.isEmpty }
    var apis: [String] { unique(needs.flatMap(\.apis)) }
    var permissions: [String] { unique(needs.flatMap(\.permissions)) }

    var lines: [String] {
        TextTable.lines(
            needs.map {
                [$0.primitive, $0.apis.joined(separator: " "), unique($0.permissions).joined(separator: ", ")]
            },
            indent: 4)
    }

    private func unique(_ texts: [String]) -> [String] {
        Set(texts).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// What may be a call of a primitive: words behind a `:`, as `lag`, and words behind a `.` with the one before it, as
    /// `compare.records`; `ctx.map.group` is no `group`.
    private static func calledNames(in source: [UInt8]) -> Set<String> {
        var names: Set<String> = []
        var index = 0
        var last = ""
        while index < source.count {
            if isWord(source[index]), index == 0 || !isWord(source[index - 1]) {
                last = String(decoding: source[index...].prefix(while: isWord), as: UTF8.self)
            }
            let mark = source[index]
            index += 1
            guard mark == UInt8(ascii: ":") || mark == UInt8(ascii: ".") else { continue }
            let word = source[index...].prefix(while: isWord)
            guard !word.isEmpty else { continue }
            let name = String(decoding: word, as: UTF8.self)
            names.insert(mark == UInt8(ascii: ":") ? name : "\(last).\(name)")
            last = name
            index += word.count
        }
        return names
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
