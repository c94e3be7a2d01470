/// The grammar messages are written in: `in:` the versions that have the field, `else:` what it must be in the others.
extension Codec {
    /// A field that older or newer peers may drop without harm; it keeps its default where absent.
    package mutating func field<V: WireValue>(
        _ name: StaticString, _ value: inout V, in versions: some RangeExpression<Int16>
    ) throws(WireError) {
        if versions.contains(version) { try field(name, &value) }
    }

    /// A field whose loss would change the message: outside `versions` it must equal `fallback`.
    package mutating func field<V: WireValue & Equatable>(
        _ name: StaticString, _ value: inout V, in versions: some RangeExpression<Int16>, else fallback: V
    ) throws(WireError) {
        if versions.contains(version) { return try field(name, &value) }
        try absent(name, &value, fallback)
    }

    /// A field that became nullable later than it became a field.
    package mutating func field<V: WireNullable>(
        _ name: StaticString, _ value: inout V?, nullIn versions: some RangeExpression<Int16>
    ) throws(WireError) {
        if versions.contains(version) { return try field(name, &value) }
        var plain = Nonnull(value: value)
        defer { value = plain.value }
        try field(name, &plain)
    }

    /// A tagged field that may be dropped without harm outside `versions`.
    ///
    /// Tagged fields come last in a message's list, in the order of their tags.
    package mutating func tagged<V: WireValue & Equatable>(
        _ tag: UInt32, _ name: StaticString, _ value: inout V, in versions: some RangeExpression<Int16>,
        default fallback: V
    ) throws(WireError) {
        if versions.contains(version) { try tagged(tag, name, &value, fallback) }
    }

    /// A tagged field whose loss would change the message: outside `versions` it must equal `fallback`, its default.
    package mutating func tagged<V: WireValue & Equatable>(
        _ tag: UInt32, _ name: StaticString, _ value: inout V, in versions: some RangeExpression<Int16>,
        else fallback: V
    ) throws(WireError) {
        if versions.contains(version) { return try tagged(tag, name, &value, fallback) }
        try absent(name, &value, fallback)
    }

    private mutating func absent<V: Equatable>(
        _ name: StaticString, _ value: inout V, _ fallback: V
    ) throws(WireError) {
        do {
            try absent(&value, fallback)
        } catch {
            throw error.inside(.field("\(name)"))
        }
    }
}

/// An optional property at a version where null may not be sent.
private struct Nonnull<V: WireNullable>: WireValue {
    var value: V?

    init() {}
    init(value: V?) { self.value = value }

    mutating func walk<C: Codec>(_ codec: inout C) throws(WireError) {
        try V.walk(&value, nullable: false, &codec)
    }
}
