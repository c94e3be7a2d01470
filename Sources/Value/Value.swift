/// The one dynamic value: crosses Lua, arguments, plans and evidence.
package enum Value: Hashable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string(ByteString)
    case list([Value])
    case map([ByteString: Value])
}

extension Value: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral {
    package init(nilLiteral: ()) { self = .null }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(integerLiteral value: Int64) { self = .integer(value) }
}

extension Value: ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
    package init(stringLiteral value: String) { self = .string(ByteString(value)) }
    package init(arrayLiteral elements: Value...) { self = .list(elements) }
    package init(dictionaryLiteral elements: (ByteString, Value)...) {
        self = .map(Dictionary(elements, uniquingKeysWith: { _, last in last }))
    }
}

extension Value {
    /// A text as a value.
    package static func text(_ text: some StringProtocol) -> Value { .string(ByteString(text)) }

    /// The entry of a map; nil where this is no map or has no such entry.
    package subscript(key: ByteString) -> Value? {
        guard case .map(let entries) = self else { return nil }
        return entries[key]
    }
}
