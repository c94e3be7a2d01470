import Value

/// Numbers compared without rounding: `2^53 + 1` is not the double `2^53`.
enum ExactNumber {
    enum Order: Hashable {
        case below, same, above
    }

    enum Result: Hashable {
        case ordered(Order)
        /// One of the two is NaN or infinite.
        case notFinite
    }

    /// Nil where one of the two is no number.
    static func order(_ left: Value, _ right: Value) -> Result? {
        switch (left, right) {
        case (.integer(let left), .integer(let right)): .ordered(left < right ? .below : left == right ? .same : .above)
        case (.integer(let left), .number(let right)): order(left, right).map { .ordered($0) } ?? .notFinite
        case (.number(let left), .integer(let right)):
            order(right, left).map { .ordered($0.reversed) } ?? .notFinite
        case (.number(let left), .number(let right)):
            if left.isFinite, right.isFinite {
                .ordered(left < right ? .below : left == right ? .same : .above)
            } else {
                .notFinite
            }
        default: nil
        }
    }

    private static func order(_ integer: Int64, _ number: Double) -> Order? {
        guard number.isFinite else { return nil }
        // 2^63 is exact as a double while Int64.max is not: converting the integer would round it up to the limit.
        if number >= 0x1p63 { return .below }
        if number < -0x1p63 { return .above }
        // Towards zero. What is left is a whole number that a double held, so that the way back is exact.
        let wholeInteger = Int64(number)
        let whole = Double(wholeInteger)
        guard integer == wholeInteger else { return integer < wholeInteger ? .below : .above }
        return number > whole ? .below : number == whole ? .same : .above
    }
}

extension ExactNumber.Order {
    fileprivate var reversed: Self {
        switch self {
        case .below: .above
        case .same: .same
        case .above: .below
        }
    }
}
