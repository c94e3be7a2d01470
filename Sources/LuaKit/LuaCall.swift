package import Value

/// Answers a call of a script.
///
/// Runs on the script's thread, which waits; several results are returned in order.
package typealias LuaFunction = (LuaCall) throws(LuaRaise) -> [LuaReply]

/// A call of a host function.
package struct LuaCall {
    package let function: LuaFunctionID
    package let arguments: [LuaArgument]
    /// The nearest Lua line that called; nil where there is none.
    package let place: LuaPlace?
    let exchange: LuaExchange

    /// The list that an argument names.
    ///
    /// Scripts may drop it as soon as the call ends.
    package func rows(_ list: UInt64) -> (any LuaRows)? { exchange.lists[list]?.rows }

    /// The row that an argument names, asked for anew.
    package func row(_ reference: LuaRowReference) -> LuaRow? {
        guard let rows = rows(reference.list), (0..<rows.count).contains(reference.index) else { return nil }
        return rows.row(at: reference.index)
    }
}

/// An error that a host function raises in the script, which sees a string with its own place in front.
package struct LuaRaise: Error, Hashable, Sendable {
    package var message: ByteString

    package init(_ message: ByteString) { self.message = message }
}
