import Gate
import LuaKit
import Value

/// A call of a host function, with the readings that host functions share.
struct ScriptCall {
    private let call: LuaCall
    private let session: GateSession
    /// `file.lua:31`.
    let place: String

    init(_ call: LuaCall, of session: GateSession) {
        self.call = call
        self.session = session
        place = call.place.map { "\($0)" } ?? LuaFile.name(of: session.step.file.path)
    }

    func argument(_ index: Int) -> LuaArgument? {
        call.arguments.indices.contains(index) ? call.arguments[index] : nil
    }

    /// An argument as data; nil where it is absent or a host object.
    func plain(_ index: Int) -> Value? { argument(index)?.plain }

    /// The error of a call that is wrong in itself, remembered: a check that never was, as its arguments were wrong,
    /// must not be lost in a `pcall`.
    func mistake(_ message: String) -> LuaRaise {
        session.remember(mistake: message, at: place)
        return LuaRaise(ByteString(message))
    }

    func text(_ index: Int, _ what: String) throws(LuaRaise) -> ByteString {
        guard case .string(let text)? = plain(index) else { throw mistake("\(what) must be a string") }
        return text
    }

    /// A table or nothing.
    func table(_ index: Int, _ what: String) throws(LuaRaise) -> Value? {
        switch plain(index) {
        case nil where argument(index) == nil: return nil
        case .null?: return nil
        case .map(let entries)?: return .map(entries)
        default: throw mistake("\(what) must be a table with names")
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

    /// What a check is handed as a value: data, the missing value of a failed row, or a failed row itself.
    func measured(_ index: Int) throws(LuaRaise) -> Gate.Measured {
        switch argument(index) {
        case nil: return .value(.null)
        case .value(let value)?: return .value(value)
        case .row(let reference)? where call.row(reference)?.error == nil: break
        case .missing?, .row?:
            if let key = readKey(index) { return .failedRow(key) }
        case .object?, .rows?, .record?: break
        }
        throw mistake("a check takes a value, not a row, a list of rows or a host object")
    }

    func ask(
        _ primitive: Primitive, _ arguments: [ByteString: Value], of cluster: ClusterHandle,
        and counterpart: ClusterHandle?
    ) -> RowList {
        session.ask(primitive, arguments, of: cluster, and: counterpart)
    }

    func ledger<T: Sendable>(_ body: (inout Ledger) throws(GateError) -> T) throws(LuaRaise) -> T {
        do throws(GateError) {
            return try session.withLedger(body)
        } catch {
            // The ledger remembers what it refuses.
            throw LuaRaise(ByteString("\(error.reason)"))
        }
    }
}
