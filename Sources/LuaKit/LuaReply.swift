package import Value

/// A host function, as ``LuaHost/register(_:)`` named it.
package struct LuaFunctionID: Hashable, Sendable {
    let number: UInt32
}

/// What the host hands to a script.
package enum LuaReply {
    /// Fresh tables that the script may change.
    case value(Value)
    /// Read-only: index, `#`, `ipairs`, `pairs`, `table.concat` and `table.unpack` work, assignment raises.
    case frozen(Value)
    case object(LuaObject)
    indirect case rows(any LuaRows)
    /// A read-only namespace, such as `ctx`.
    ///
    /// With a strict name an unknown field raises with the nearest one; else it is nil.
    case record([(name: ByteString, value: LuaReply)], strictName: String?)
    case function(LuaFunctionID)
}

/// What a script hands to a host function.
package enum LuaArgument {
    /// Plain data; `nil` is `.null`, an empty table `.map([:])` (Lua does not tell it from an empty list).
    case value(Value)
    case object(LuaObject)
    case row(LuaRowReference)
    /// The absent value of a failed row.
    case missing(LuaRowReference, field: ByteString)
    /// A result list.
    case rows(UInt64)
    /// A namespace by its strict name (else empty): `self`, where its function is called with a colon.
    case record(ByteString)
}

extension LuaArgument {
    /// The argument as plain data; nil where it is a host object.
    package var plain: Value? {
        guard case .value(let value) = self else { return nil }
        return value
    }
}
