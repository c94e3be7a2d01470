import Value

/// The subjects of a gate and which of them have been observed.
struct SubjectTable: Sendable {
    private var values: [Value] = []
    private var isObserved: [Bool] = []
    private var observedCount = 0
    private var bytes = 0

    var count: Int { values.count }

    /// The value of a subject; nil where this gate has no such subject.
    subscript(id: SubjectID) -> Value? {
        // Not `… : nil`: in a conditional of type Value that would be the value null.
        guard values.indices.contains(id.index) else { return nil }
        return values[id.index]
    }

    /// Adds a subject unless it is none or there are too many.
    mutating func add(
        _ value: Value, limits: Ledger.Limits
    ) -> Result<SubjectID, GateError> {
        guard case .map(let entries) = value, !entries.isEmpty else {
            return .failure(GateError(.misuse("a subject is a table with names, such as { topic = \"orders\" }")))
        }
        switch ValueSize.measure(value) {
        case .success(let size): bytes += size
        case .failure(let error): return .failure(GateError(.misuse("a subject " + error.fault.words)))
        }
        guard values.count < limits.subjects else {
            return .failure(GateError(.limit("more than \(limits.subjects) subjects")))
        }
        guard bytes <= limits.subjectBytes else {
            return .failure(GateError(.limit("the subjects take more than \(limits.subjectBytes) bytes")))
        }
        values.append(value)
        isObserved.append(false)
        return .success(SubjectID(index: values.count - 1))
    }

    mutating func observe(_ id: SubjectID) {
        guard isObserved.indices.contains(id.index), !isObserved[id.index] else { return }
        isObserved[id.index] = true
        observedCount += 1
    }

    /// Those without a check and without an `unknown`, in order.
    var unobserved: [Value] {
        guard observedCount < values.count else { return [] }
        return values.indices.filter { !isObserved[$0] }.map { values[$0] }
    }
}
