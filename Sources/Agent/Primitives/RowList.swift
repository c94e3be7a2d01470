import KafkaClient
import LuaKit
import Secrets
import Value

/// A row before it becomes a Lua value.
struct Row {
    fileprivate enum Values {
        case named([ByteString: LuaReply])
        case ordered([LuaReply?])
    }

    fileprivate let values: Values
    fileprivate let error: KafkaError?

    init(_ values: [ByteString: Value], error: KafkaError? = nil) {
        // Null in a failed row is a value that is missing, which only a check may be handed.
        self.values = .named(values.filter { error == nil || $0.value != .null }.mapValues { .frozen($0) })
        self.error = error
    }

    init(replies: [ByteString: LuaReply]) {
        values = .named(replies)
        error = nil
    }

    /// A good row by the order of the list's fields, without their names: for answers with many rows.
    init(ordered values: Value...) {
        self.values = .ordered(values.map { .frozen($0) })
        error = nil
    }
}

/// A row that could not be read.
struct RowFailure: Sendable {
    let index: Int
    let error: KafkaError
}

/// The rows of one answer, each made when a script looks at it: 100,000 of them cost what is in use.
struct RowList: LuaRows, Sendable {
    /// The number of the read in its attempt; 0 until the attempt has taken note of it.
    var read: UInt32 = 0
    /// What a failure says is a server's word, and may repeat a password: a script, which could spell it backwards, never
    /// sees it.
    var redactor = Redactor()
    let fields: [ByteString]
    let count: Int
    /// In order of their indices.
    let failures: [RowFailure]
    let heldBytes: Int
    private let row: @Sendable (Int) -> Row

    /// `bytes`: What the answer keeps in memory, without its failures.
    init(
        fields: [ByteString], count: Int, failures: [RowFailure], bytes: Int, row: @escaping @Sendable (Int) -> Row
    ) {
        self.fields = fields
        self.count = count
        self.failures = failures
        // An error has some ten words and two or three short texts.
        heldBytes = bytes + failures.count * 400
        self.row = row
    }

    func row(at index: Int) -> LuaRow {
        let row = row(index)
        switch row.values {
        case .ordered(let values): return LuaRow(values: values)
        case .named(let values):
            return LuaRow(
                values: fields.map { field in
                    guard field == Self.failure, case .frozen(let failure)? = values[field] else {
                        return values[field]
                    }
                    return .frozen(redacted(failure))
                }, error: row.error.map { redacted(error($0, with: values)) })
        }
    }

    private static let failure: ByteString = "failure"

    private func redacted(_ failure: Value) -> Value {
        guard !redactor.isEmpty, case .map(let entries) = failure else { return failure }
        return .map(
            entries.mapValues { value in
                guard case .string(let text) = value else { return value }
                return .string(ByteString(bytes: redactor.redact(text.bytes)))
            })
    }

    /// `error` of a failed row says what it is about, as the row itself may not be able to.
    private func error(_ error: KafkaError, with values: [ByteString: LuaReply]) -> Value {
        var entries = error.value.entries
        for name: ByteString in ["group", "topic", "partition", "resource"] {
            if case .frozen(let value)? = values[name] { entries[name] = value }
        }
        return .map(entries)
    }
}

extension KafkaError {
    /// `error` of a row.
    var value: Value {
        var entries: [ByteString: Value] = [
            "name": .text(name), "message": .text(description), "retriable": .bool(isRetriable),
        ]
        entries["code"] = code.map { .integer(Int64($0)) }
        entries["broker"] = broker.map { .text($0) }
        entries["api"] = api.map { .text($0) }
        if case .corrupt(_, let offset?, _) = reason { entries["offset"] = .integer(offset) }
        return .map(entries)
    }

    /// The reason code that a check gets from it.
    var reasonCode: String {
        switch reason {
        case .transport, .hungUp, .requestTimeout, .leaderless: "unreachable"
        case .deadline: "deadline"
        case .cancelled: "interrupted"
        case .throttled: "throttled"
        case .limit: "limit"
        case .authentication(_, .some): name
        case .authentication, .serverNotAuthenticated, .loginAborted: "authentication"
        case .otherCluster: "other_cluster"
        case .unsupported: "unsupported"
        case .tls: "tls"
        case .malformed, .notKafka, .notAllowed: "protocol"
        case .broker, .corrupt, .changed: name
        }
    }
}
