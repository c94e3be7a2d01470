import Value

/// Where in a file a reader is, to be named by its errors.
struct Place {
    var file: String?
    var gate: String?
    var path = ""

    func key(_ name: String) -> Place {
        var inner = self
        inner.path = path.isEmpty ? name : path + "." + name
        return inner
    }

    func key(_ name: ByteString) -> Place { key(Quoted.plain(name)) }

    /// An element of a list, by its index from 0; shown from 1.
    func element(_ index: Int) -> Place {
        var inner = self
        inner.path += "[\(index + 1)]"
        return inner
    }

    func error(_ reason: GateError.Reason, hint: String? = nil) -> GateError {
        GateError(reason, file: file, gate: gate, path: path, hint: hint)
    }

    func wrongType(_ expected: String, _ found: Value, hint: String? = nil) -> GateError {
        error(.wrongType(expected: expected, found: ValueKind.name(of: found)), hint: hint)
    }
}
