import Value

/// What one host has lent to its scripts, and the functions they may call.
///
/// Belongs to the script's thread, as its ``LuaHost`` does.
final class LuaExchange {
    struct Lent {
        let rows: any LuaRows
        /// Userdata in Lua that stand for the list.
        var users = 0
    }

    let interrupter: LuaInterrupter
    let words = LuaWords()
    private(set) var functions: [LuaFunction] = []
    private(set) var lists: [UInt64: Lent] = [:]
    private var lastList: UInt64 = 0
    /// Lists on a tape that Lua may not have taken, for want of memory.
    private var untaken: [UInt64] = []
    private var objects: [LuaObject: Int] = [:]
    private var shapes: [[ByteString]: UInt32] = [:]
    var onRelease: (LuaObject) -> Void = { _ in }

    init(interrupter: LuaInterrupter) { self.interrupter = interrupter }

    func register(_ function: @escaping LuaFunction) -> LuaFunctionID {
        functions.append(function)
        return LuaFunctionID(number: UInt32(functions.count - 1))
    }

    func function(_ number: UInt32) -> LuaFunction? {
        functions.indices.contains(Int(number)) ? functions[Int(number)] : nil
    }

    func handOut(_ rows: any LuaRows) -> UInt64 {
        lastList += 1
        lists[lastList] = Lent(rows: rows)
        untaken.append(lastList)
        return lastList
    }

    /// The number of a list's field names, the same for the same names.
    func shape(of fields: [ByteString]) -> UInt32 {
        if let known = shapes[fields] { return known }
        let number = UInt32(shapes.count + 1)
        shapes[fields] = number
        return number
    }

    /// Forgets what was on the last tape and never arrived: to be called before a new tape is written.
    func dropUntaken() {
        for list in untaken where lists[list]?.users == 0 { lists[list] = nil }
        untaken.removeAll(keepingCapacity: true)
    }

    func retained(kind: UInt32, handle: UInt64) {
        guard kind > 0 else {
            lists[handle]?.users += 1
            return
        }
        objects[LuaObject(kind: LuaObjectKind(number: kind), handle: handle), default: 0] += 1
    }

    func released(kind: UInt32, handle: UInt64) {
        guard kind > 0 else {
            lists[handle]?.users -= 1
            if lists[handle]?.users == 0 { lists[handle] = nil }
            return
        }
        let object = LuaObject(kind: LuaObjectKind(number: kind), handle: handle)
        guard let users = objects[object] else { return }
        objects[object] = users > 1 ? users - 1 : nil
        if users == 1 { onRelease(object) }
    }

    func releaseAll() {
        lists.removeAll()
        untaken.removeAll()
        let left = objects.keys
        objects = [:]
        for object in left { onRelease(object) }
    }
}
