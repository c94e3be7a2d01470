package import Value

/// The table that a gate or plan file returned.
package struct LuaModule: Hashable, Sendable {
    /// Its data, without the functions at its top.
    package let data: Value
    /// The names of those functions, sorted; ``LuaHost/call(_:with:until:)`` calls them.
    package let functions: [ByteString]
    /// On which line each of them begins; below 1 where it is not Lua.
    package let lines: [ByteString: Int]
}
