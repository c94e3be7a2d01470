/// A group of fields.
///
/// Conform by listing them in wire order in ``fields(_:)``. The strings there are Kafka's names in snake_case;
/// properties are those names in Swift's case, but that `error_code` is `error`, the index of a partition `index` and
/// the name of a topic `name`, whatever a message calls them.
package protocol WireStruct: WireValue, Equatable {
    mutating func fields<C: Codec>(_ codec: inout C) throws(WireError)
}

extension WireStruct {
    package mutating func walk<C: Codec>(_ codec: inout C) throws(WireError) {
        try fields(&codec)
        try codec.endOfStruct()
    }

    /// Builds a value in one expression: `.with { $0.topics = [...] }`.
    package static func with(_ configure: (inout Self) -> Void) -> Self {
        var value = Self()
        configure(&value)
        return value
    }
}
