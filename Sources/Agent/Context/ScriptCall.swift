import Gate
import LuaKit
import Value

/// A call of a host function, with the readings that host functions share.
struct ScriptCall {
    private let call: LuaCall
    /// `file.lua:31`.
    let place: String

    init(_ call: LuaCall, file: String) {
        self.call = call
        place = call.place.map { "\($0)" } ?? file
    }

    var count: Int { call.arguments.count }

    func argument(_ index: Int) -> LuaArgument? {
        call.arguments.indices.contains(index) ? call.arguments[index] : nil
    }

    /// An argument as data; nil where it is absent or a host object.
    func plain(_ index: Int) -> Value? { argument(index)?.plain }

    func text(_ index: Int, _ what: String) throws(LuaRaise) -> ByteString {
        guard case .string(let text)? = plain(index) else { throw LuaRaise(ByteString("\(what) must be a string")) }
        return text
    }

    /// A table or nothing.
    func table(_ index: Int, _ what: String) throws(LuaRaise) -> Value? {
        switch plain(index) {
        case nil where argument(index) == nil: return nil
        case .null?: return nil
        case .map(let entries)?: return .map(entries)
        default: throw LuaRaise(ByteString("\(what) must be a table with names"))
        }
    }

    /// The row that an argument is or comes from; nil where it is neither a row of a primitive nor a missing value.
    func readKey(_ index: Int) -> ReadKey? {
        switch argument(index) {
        case .row(let reference)?: key(reference)
        case .missing(let reference, _)?: key(reference)
        case .rows(let list)?: key(LuaRowReference(list: list, index: 0))
        default: nil
        }
    }

    private func key(_ reference: LuaRowReference) -> ReadKey? {
        guard let rows = call.rows(reference.list) as? RowList else { return nil }
        return ReadKey(read: rows.read, row: UInt32(clamping: reference.index))
    }

    /// What a check is handed as a value.
    func measured(_ index: Int) throws(LuaRaise) -> Gate.Measured {
        switch argument(index) {
        case nil: return .value(.null)
        case .value(let value)?: return .value(value)
        case .missing?, .row?:
            guard let key = readKey(index) else { throw LuaRaise("a check takes a value of a row, not the row") }
            return .failedRow(key)
        case .object?, .rows?, .record?: throw LuaRaise("a check takes a value, not a host object")
        }
    }

    func ledger<T: Sendable>(
        _ session: GateSession, _ body: (inout Ledger) throws(GateError) -> T
    ) throws(LuaRaise) -> T {
        do throws(GateError) {
            return try session.withLedger(body)
        } catch {
            throw LuaRaise(ByteString("\(error.reason)"))
        }
    }
}
