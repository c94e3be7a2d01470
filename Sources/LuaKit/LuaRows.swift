package import Value

/// A result list.
///
/// Lua asks for one row at a time and keeps none but those that the script holds.
package protocol LuaRows {
    /// Every field that a row may have; reading another raises with the nearest name. At most 1,000.
    ///
    /// `error` and `none` can always be read and need not be named.
    var fields: [ByteString] { get }
    var count: Int { get }
    /// What the list keeps alive outside of Lua: charged to the script's memory for as long as it holds the list.
    ///
    /// 0 where something else keeps it anyway. Asked once.
    var heldBytes: Int { get }
    /// Called on the script's thread, again each time the script reads the index (from 0).
    func row(at index: Int) -> LuaRow
}

extension LuaRows {
    package var heldBytes: Int { 0 }
}

/// One row of a ``LuaRows``.
package struct LuaRow {
    /// Parallel to the list's fields.
    ///
    /// Nil reads as `nil` in a good row and as a missing value in a failed one. A shorter array ends in nils.
    package var values: [LuaReply?]
    /// Why the row failed: a map with `name` and `message`; nil in a good row.
    package var error: Value?

    package init(values: [LuaReply?], error: Value? = nil) {
        self.values = values
        self.error = error
    }
}

/// A row as scripts hold it.
package struct LuaRowReference: Hashable, Sendable {
    package let list: UInt64
    /// From 0.
    package let index: Int

    package init(list: UInt64, index: Int) {
        self.list = list
        self.index = index
    }
}
