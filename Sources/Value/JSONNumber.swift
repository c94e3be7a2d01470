/// The text of a double: ECMAScript's, except that from 2^53 on there is always an exponent.
enum JSONNumber {
    /// Appends a finite number.
    static func append(_ number: Double, to output: inout [UInt8]) {
        // Covers -0.0 as well, whose sign JSON readers do not agree on.
        if number == 0 { return output.append(UInt8(ascii: "0")) }
        if number < 0 { output.append(UInt8(ascii: "-")) }
        let (digits, point) = shortest(number.magnitude)
        if point > 0 && number.magnitude < 0x1p53 {
            if digits.count <= point {
                output += digits
                output += repeatElement(UInt8(ascii: "0"), count: point - digits.count)
            } else {
                output += digits[..<point]
                output.append(UInt8(ascii: "."))
                output += digits[point...]
            }
        } else if point > -6 && point <= 0 {
            output += "0.".utf8
            output += repeatElement(UInt8(ascii: "0"), count: -point)
            output += digits
        } else {
            output.append(digits[0])
            if digits.count > 1 {
                output.append(UInt8(ascii: "."))
                output += digits[1...]
            }
            output += (point > 0 ? "e+" : "e-").utf8
            output += String((point - 1).magnitude).utf8
        }
    }

    /// The shortest digits that read back as the same double, without zeros at either end, and where the decimal point
    /// stands: `0.ddd × 10^point`.
    private static func shortest(_ magnitude: Double) -> (digits: [UInt8], point: Int) {
        var digits: [UInt8] = []
        var point: Int?
        var exponent = 0
        var inExponent = false
        var isNegative = false
        // Swift's own description has the shortest digits, in one of the forms 12.5, 1e+16, 5e-324.
        for byte in magnitude.description.utf8 {
            switch byte {
            case UInt8(ascii: "."): point = digits.count
            case UInt8(ascii: "e"): inExponent = true
            case UInt8(ascii: "-"): isNegative = true
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                if inExponent { exponent = exponent * 10 + Int(byte - UInt8(ascii: "0")) } else { digits.append(byte) }
            default: break
            }
        }
        var place = (point ?? digits.count) + (isNegative ? -exponent : exponent)
        while digits.count > 1, digits.last == UInt8(ascii: "0") { digits.removeLast() }
        let zeros = digits.prefix { $0 == UInt8(ascii: "0") }.count
        digits.removeFirst(zeros)
        place -= zeros
        return (digits, place)
    }
}
