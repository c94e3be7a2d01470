import Agent

/// The Kafka APIs that a gate's primitives use, and what its principal must be allowed to do for them.
///
/// Read from the text of the gate: a primitive whose name it calls counts, whether or not the call is ever reached.
struct ApiNeeds {
    private struct Use {
        let primitive: String
        let apis: [String]
    }

    private let uses: [Use]

    init(of source: [UInt8]) {
        let called = Self.calledNames(in: source)
        uses = Agent.primitives.compactMap { primitive in
            guard !primitive.apis.isEmpty, called.contains(primitive.name) else { return nil }
            return Use(primitive: primitive.name, apis: primitive.apis)
        }
    }

    var isEmpty: Bool { uses.isEmpty }
    var apis: [String] { unique(uses.flatMap(\.apis)) }
    var permissions: [String] { unique(apis.flatMap { ApiPermission.of($0) }) }

    var lines: [String] {
        let rows = uses.map { use in
            [
                use.primitive, use.apis.joined(separator: " "),
                unique(use.apis.flatMap { ApiPermission.of($0) })
                    .joined(separator: ", "),
            ]
        }
        return TextTable.lines(rows, indent: 4)
    }

    private func unique(_ texts: [String]) -> [String] {
        Set(texts).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// The words behind a `:` or a `.`, alone and, behind a `.`, with the word before it.
    private static func calledNames(in source: [UInt8]) -> Set<String> {
        var names: Set<String> = []
        var index = 0
        var last = ""
        while index < source.count {
            if isWord(source[index]), index == 0 || !isWord(source[index - 1]) {
                last = String(decoding: source[index...].prefix(while: isWord), as: UTF8.self)
            }
            let isMark = source[index] == UInt8(ascii: ":") || source[index] == UInt8(ascii: ".")
            index += 1
            guard isMark else { continue }
            let word = source[index...].prefix(while: isWord)
            guard !word.isEmpty else { continue }
            let name = String(decoding: word, as: UTF8.self)
            names.formUnion([name, "\(last).\(name)"])
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
