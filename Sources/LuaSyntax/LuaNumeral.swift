/// Reads numerals as Lua does: an integer where it is one and fits, or has hexadecimal digits, else a float.
enum LuaNumeral {
    enum Number: Hashable {
        case integer(Int64)
        case float(Double)
    }

    /// Nil where the text is no numeral.
    static func read(_ text: ArraySlice<UInt8>) -> Number? {
        let isHex = text.count > 1 && text.first == UInt8(ascii: "0") && text[text.startIndex + 1] | 0x20 == 0x78
        let digits = isHex ? text.dropFirst(2) : text
        if let integer = isHex ? hexInteger(digits) : Int64(decimal: digits) { return .integer(integer) }
        return (isHex ? hexFloat(digits) : decimalFloat(digits)).map { .float($0) }
    }

    /// Wraps around, as in Lua.
    private static func hexInteger(_ digits: ArraySlice<UInt8>) -> Int64? {
        guard !digits.isEmpty else { return nil }
        var value: UInt64 = 0
        for byte in digits {
            guard let digit = LuaBytes.hexDigit(byte) else { return nil }
            value = value << 4 | UInt64(digit)
        }
        return Int64(bitPattern: value)
    }

    private static func decimalFloat(_ text: ArraySlice<UInt8>) -> Double? {
        guard let parts = Parts(text, exponent: UInt8(ascii: "e"), isDigit: LuaBytes.isDigit) else { return nil }
        // Zeros around the point: not every reader of decimals takes `5.` and `.5`.
        var whole: [UInt8] = [UInt8(ascii: "0")]
        whole += parts.whole
        whole += [UInt8(ascii: "."), UInt8(ascii: "0")]
        if !parts.fraction.isEmpty { whole.replaceSubrange((whole.count - 1)..., with: parts.fraction) }
        whole += Array("e\(parts.exponent)".utf8)
        return Double(String(decoding: whole, as: UTF8.self)) ?? .infinity
    }

    private static func hexFloat(_ text: ArraySlice<UInt8>) -> Double? {
        guard let parts = Parts(text, exponent: UInt8(ascii: "p"), isDigit: { LuaBytes.hexDigit($0) != nil }) else {
            return nil
        }
        var value = 0.0
        for byte in parts.whole + parts.fraction { value = value * 16 + Double(LuaBytes.hexDigit(byte) ?? 0) }
        let shift = parts.exponent - 4 * parts.fraction.count
        return Double(sign: .plus, exponent: max(-20_000, min(20_000, shift)), significand: value)
    }

    /// The parts of a float: at least one digit beside the point, and digits behind the exponent's letter.
    private struct Parts {
        let whole: ArraySlice<UInt8>
        let fraction: ArraySlice<UInt8>
        /// Bounded: beyond ten thousand it makes no difference.
        let exponent: Int

        init?(_ text: ArraySlice<UInt8>, exponent letter: UInt8, isDigit: (UInt8) -> Bool) {
            whole = text.prefix(while: isDigit)
            var rest = text.dropFirst(whole.count)
            if rest.first == UInt8(ascii: ".") {
                rest = rest.dropFirst()
                fraction = rest.prefix(while: isDigit)
                rest = rest.dropFirst(fraction.count)
            } else {
                fraction = []
            }
            guard !whole.isEmpty || !fraction.isEmpty else { return nil }
            guard let next = rest.first else {
                exponent = 0
                return
            }
            guard next | 0x20 == letter else { return nil }
            rest = rest.dropFirst()
            let isNegative = rest.first == UInt8(ascii: "-")
            if isNegative || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
            guard !rest.isEmpty, rest.allSatisfy(LuaBytes.isDigit) else { return nil }
            let size = Int(Int64(decimal: rest) ?? 10_000)
            exponent = isNegative ? -min(size, 10_000) : min(size, 10_000)
        }
    }
}

extension Int64 {
    /// Digits alone; nil where there are others, none, or too many.
    fileprivate init?(decimal digits: ArraySlice<UInt8>) {
        guard !digits.isEmpty else { return nil }
        var value: Int64 = 0
        for byte in digits {
            guard LuaBytes.isDigit(byte) else { return nil }
            let (product, isTooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflows) = product.addingReportingOverflow(Int64(byte - UInt8(ascii: "0")))
            guard !isTooLarge, !overflows else { return nil }
            value = sum
        }
        self = value
    }
}

/// Classes of bytes, as Lua has them in its C locale.
enum LuaBytes {
    static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    static func isNameStart(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    static func isName(_ byte: UInt8) -> Bool { isDigit(byte) || isNameStart(byte) }

    static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    static func isNewline(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") }
}
