/// A class of host objects, as ``LuaHost/define(class:methods:properties:)`` made it.
package struct LuaObjectKind: Hashable, Sendable {
    let number: UInt32
}

/// A host object as scripts hold it.
///
/// What its handle stands for is the business of whoever handed it out.
package struct LuaObject: Hashable, Sendable {
    package let kind: LuaObjectKind
    package let handle: UInt64

    package init(kind: LuaObjectKind, handle: UInt64) {
        self.kind = kind
        self.handle = handle
    }
}
