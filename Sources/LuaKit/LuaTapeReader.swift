private import CLuaHost
import Value

/// Reads what `pack.c` wrote: our own bytes, so that a broken one is our bug.
struct LuaTapeReader {
    private let bytes: [UInt8]
    private let words: LuaWords
    private var offset = 0

    init(_ bytes: [UInt8], words: LuaWords) {
        self.bytes = bytes
        self.words = words
    }

    var isAtEnd: Bool { offset == bytes.count }

    mutating func arguments() -> [LuaArgument] {
        var arguments: [LuaArgument] = []
        while !isAtEnd { arguments.append(argument()) }
        return arguments
    }

    mutating func value() -> Value {
        guard case .value(let value) = argument() else { preconditionFailure("a host object inside a value") }
        return value
    }

    private mutating func argument() -> LuaArgument {
        let tag = luahost_tag(UInt32(integer(UInt8.self)))
        switch tag {
        case LUAHOST_NIL: return .value(.null)
        case LUAHOST_NO: return .value(.bool(false))
        case LUAHOST_YES: return .value(.bool(true))
        case LUAHOST_INTEGER: return .value(.integer(integer()))
        case LUAHOST_FLOAT: return .value(.number(Double(bitPattern: integer())))
        case LUAHOST_STRING: return .value(.string(text()))
        case LUAHOST_LIST: return .value(.list(list()))
        case LUAHOST_MAP: return .value(.map(map()))
        case LUAHOST_OBJECT:
            let kind = LuaObjectKind(number: integer())
            return .object(LuaObject(kind: kind, handle: integer()))
        case LUAHOST_ROW: return .row(reference())
        case LUAHOST_MISSING:
            let row = reference()
            return .missing(row, field: text())
        case LUAHOST_ROWS: return .rows(integer())
        case LUAHOST_RECORD: return .record(text())
        default: preconditionFailure("unknown tag \(tag.rawValue)")
        }
    }

    private mutating func list() -> [Value] {
        let count = Int(integer(UInt32.self))
        var items: [Value] = []
        items.reserveCapacity(count)
        for _ in 0..<count { items.append(value()) }
        return items
    }

    private mutating func map() -> [ByteString: Value] {
        let count = Int(integer(UInt32.self))
        var entries: [ByteString: Value] = [:]
        entries.reserveCapacity(count)
        for _ in 0..<count {
            let key = text()
            entries[key] = value()
        }
        return entries
    }

    private mutating func reference() -> LuaRowReference {
        let list: UInt64 = integer()
        let index: UInt64 = integer()
        return LuaRowReference(list: list, index: Int(clamping: index))
    }

    private mutating func text() -> ByteString {
        let count = Int(integer(UInt32.self))
        defer { offset += count }
        return words.word(bytes[offset..<offset + count])
    }

    private mutating func integer<I: FixedWidthInteger>(_: I.Type = I.self) -> I {
        defer { offset += MemoryLayout<I>.size }
        return unsafe bytes.withUnsafeBytes { unsafe $0.loadUnaligned(fromByteOffset: offset, as: I.self) }
    }
}
