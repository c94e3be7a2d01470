private import CLuaHost
import Value

/// Writes what `unpack.c` reads.
struct LuaTapeWriter {
    /// More than this is no answer for a script; its own memory ends earlier.
    private static let limit = 32 << 20

    private(set) var bytes: [UInt8] = []
    /// An answer did not fit, and what is on the tape is not whole.
    private(set) var isFull = false
    let exchange: LuaExchange

    init(exchange: LuaExchange) {
        self.exchange = exchange
        // Most answers are a row or less.
        bytes.reserveCapacity(256)
    }

    mutating func put(_ reply: LuaReply) {
        switch reply {
        case .value(let value): put(value)
        case .frozen(let value):
            tag(LUAHOST_FROZEN)
            put(value)
        case .object(let object):
            tag(LUAHOST_OBJECT)
            integer(object.kind.number)
            integer(object.handle)
        case .rows(let rows): put(rows)
        case .record(let fields, let strictName):
            tag(LUAHOST_RECORD)
            text(ByteString(strictName ?? ""))
            integer(UInt8(strictName == nil ? 0 : 1))
            put(fields)
        case .function(let function):
            tag(LUAHOST_FUNCTION)
            integer(function.number)
        }
    }

    mutating func put(_ value: Value) {
        guard !isFull else { return }
        switch value {
        case .null: tag(LUAHOST_NIL)
        case .bool(let flag): tag(flag ? LUAHOST_YES : LUAHOST_NO)
        case .integer(let number):
            tag(LUAHOST_INTEGER)
            integer(number)
        case .number(let number):
            tag(LUAHOST_FLOAT)
            integer(number.bitPattern)
        case .string(let string):
            tag(LUAHOST_STRING)
            text(string)
        case .list(let items):
            tag(LUAHOST_LIST)
            count(items.count)
            for item in items { put(item) }
        case .map(let entries):
            tag(LUAHOST_MAP)
            count(entries.count)
            for (key, item) in entries {
                text(key)
                put(item)
            }
        }
    }

    /// A row as `calls.c` takes it: its error, then a value for each field.
    mutating func put(_ row: LuaRow, fields: Int) {
        if let error = row.error { put(.frozen(error)) } else { tag(LUAHOST_NIL) }
        for index in 0..<fields {
            if index < row.values.count, let value = row.values[index] { put(value) } else { tag(LUAHOST_NIL) }
        }
    }

    /// Members of a class or record, as the inside of a map.
    mutating func put(_ fields: [(name: ByteString, value: LuaReply)]) {
        count(fields.count)
        for field in fields {
            text(field.name)
            put(field.value)
        }
    }

    mutating func putClass(_ name: ByteString, _ members: [(name: ByteString, value: LuaReply)]) {
        put(.string(name))
        tag(LUAHOST_MAP)
        put(members)
    }

    private mutating func put(_ rows: any LuaRows) {
        let fields = rows.fields
        tag(LUAHOST_ROWS)
        integer(exchange.handOut(rows))
        integer(UInt64(clamping: rows.count))
        integer(UInt64(clamping: rows.heldBytes))
        integer(exchange.shape(of: fields))
        count(fields.count)
        for field in fields { text(field) }
    }

    private mutating func tag(_ tag: luahost_tag) { bytes.append(UInt8(truncatingIfNeeded: tag.rawValue)) }

    private mutating func count(_ count: Int) {
        if count > Self.limit - bytes.count { isFull = true }
        integer(UInt32(clamping: count))
    }

    private mutating func text(_ text: ByteString) {
        count(text.bytes.count)
        if !isFull { bytes.append(contentsOf: text.bytes) }
    }

    private mutating func integer<I: FixedWidthInteger>(_ integer: I) {
        unsafe withUnsafeBytes(of: integer) { unsafe bytes.append(contentsOf: $0) }
    }
}
