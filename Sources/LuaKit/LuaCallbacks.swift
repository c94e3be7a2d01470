internal import CLuaHost
import Value

// Lua's way into Swift. Each sees bytes, never a `lua_State`, and every path out is a plain return.

@safe enum LuaCallbacks {
    static func table(for exchange: LuaExchange) -> luahost_callbacks {
        unsafe luahost_callbacks(
            context: Unmanaged.passUnretained(exchange).toOpaque(), call: answer, row: row, retained: retained,
            released: released, interrupted: interrupted)
    }
}

private func exchange(_ context: UnsafeMutableRawPointer?) -> LuaExchange {
    guard let context = unsafe context else { preconditionFailure("a callback without context") }
    return unsafe Unmanaged<LuaExchange>.fromOpaque(context).takeUnretainedValue()
}

private func hand(_ tape: LuaTapeWriter, to result: UnsafeMutablePointer<luahost_bytes>?, _ reply: luahost_reply)
    -> luahost_reply
{
    guard !tape.isFull, let place = unsafe luahost_bytes_reserve(result, tape.bytes.count) else { return LUAHOST_FLOOD }
    unsafe UnsafeMutableRawBufferPointer(start: place, count: tape.bytes.count).copyBytes(from: tape.bytes)
    return reply
}

private func answer(
    context: UnsafeMutableRawPointer?, call: UnsafePointer<luahost_call>?, result: UnsafeMutablePointer<luahost_bytes>?
) -> luahost_reply {
    guard let call = unsafe call?.pointee else { return LUAHOST_FLOOD }
    let exchange = unsafe exchange(context)
    exchange.dropUntaken()
    var reader = LuaTapeReader(
        unsafe Array(UnsafeBufferPointer(start: call.arguments, count: call.count)), words: exchange.words)
    let file = unsafe String(cString: call.file)
    let seen = unsafe LuaCall(
        function: LuaFunctionID(number: call.function), arguments: reader.arguments(),
        place: file.isEmpty ? nil : LuaPlace(file: file, line: Int(call.line)), exchange: exchange)
    var tape = LuaTapeWriter(exchange: exchange)
    do throws(LuaRaise) {
        guard let function = exchange.function(seen.function.number) else { throw LuaRaise("no such host function") }
        for reply in try function(seen) { tape.put(reply) }
        return unsafe hand(tape, to: result, LUAHOST_RETURN)
    } catch {
        tape.put(.string(error.message))
        return unsafe hand(tape, to: result, LUAHOST_RAISE)
    }
}

private func row(
    context: UnsafeMutableRawPointer?, list: UInt64, index: UInt64, result: UnsafeMutablePointer<luahost_bytes>?
) -> luahost_reply {
    let exchange = unsafe exchange(context)
    exchange.dropUntaken()
    var tape = LuaTapeWriter(exchange: exchange)
    guard let rows = exchange.lists[list]?.rows, index < UInt64(clamping: rows.count) else {
        tape.put(.string("the row is no longer there"))
        return unsafe hand(tape, to: result, LUAHOST_RAISE)
    }
    tape.put(rows.row(at: Int(index)), fields: rows.fields.count)
    return unsafe hand(tape, to: result, LUAHOST_RETURN)
}

private func retained(context: UnsafeMutableRawPointer?, kind: UInt32, handle: UInt64) {
    unsafe exchange(context).retained(kind: kind, handle: handle)
}

private func released(context: UnsafeMutableRawPointer?, kind: UInt32, handle: UInt64) {
    unsafe exchange(context).released(kind: kind, handle: handle)
}

private func interrupted(context: UnsafeMutableRawPointer?) -> Int32 {
    unsafe exchange(context).interrupter.isInterrupted ? 1 : 0
}
