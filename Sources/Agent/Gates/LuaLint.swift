import Value

/// What is valid Lua and most likely not meant, in a tool whose offsets are 64-bit integers.
enum LuaLint {
    static func warnings(_ source: [UInt8], _ path: String) -> [CheckFinding] {
        LuaTokens.read(source).compactMap { token in
            if token.kind == .symbol, token.text == "/" {
                return CheckFinding(
                    level: .warning, path: path, line: token.line, code: "division",
                    message: "/ always yields a float", hint: "use // to divide integers")
            }
            guard token.kind == .number, let whole = whole(token.text) else { return nil }
            return CheckFinding(
                level: .warning, path: path, line: token.line, code: "float",
                message: "\(token.text) is a float: an integer that meets it loses what lies beyond 2^53",
                hint: whole.isEmpty ? "write the digits out" : "write \(whole)")
        }
    }

    /// What somebody meant who wrote a whole number with an exponent; empty where that is too long to show; nil for any
    /// other number.
    private static func whole(_ text: ByteString) -> String? {
        let parts = text.bytes.split(separator: UInt8(ascii: "e"), omittingEmptySubsequences: false)
        let upper = text.bytes.split(separator: UInt8(ascii: "E"), omittingEmptySubsequences: false)
        let halves = parts.count == 2 ? parts : upper
        guard halves.count == 2, !halves[0].isEmpty, halves[0].allSatisfy(isDigit) else { return nil }
        let exponent = halves[1].first == UInt8(ascii: "+") ? halves[1].dropFirst() : halves[1]
        guard !exponent.isEmpty, exponent.allSatisfy(isDigit) else { return nil }
        guard let count = Int(String(decoding: exponent, as: UTF8.self)), count <= 18 else { return "" }
        return String(decoding: halves[0], as: UTF8.self) + String(repeating: "0", count: count)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
