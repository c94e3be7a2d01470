import Value

/// Why a gate did not pass: one of the contract's words, the name of a Kafka error, or a word of the gate's own.
package struct ReasonCode: RawRepresentable, Hashable, Sendable {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }
    private init(_ rawValue: String) { self.rawValue = rawValue }

    package static let checkFailed = ReasonCode("check_failed")
    package static let deadline = ReasonCode("deadline")
    package static let memory = ReasonCode("memory")
    package static let scriptError = ReasonCode("script_error")
    package static let vacuous = ReasonCode("vacuous")
    package static let unobservedSubject = ReasonCode("unobserved_subject")
    package static let unacknowledgedRead = ReasonCode("unacknowledged_read")
    package static let uninterruptible = ReasonCode("uninterruptible")
    package static let unreachable = ReasonCode("unreachable")
    package static let unknownValue = ReasonCode("unknown_value")
    package static let schemaless = ReasonCode("schemaless")
    package static let noRegistry = ReasonCode("no_registry")
    package static let throttled = ReasonCode("throttled")
    package static let hold = ReasonCode("hold")
    package static let changedUnderfoot = ReasonCode("changed_underfoot")
    package static let limit = ReasonCode("limit")
    package static let interrupted = ReasonCode("interrupted")
    package static let needs = ReasonCode("needs")
    package static let failFast = ReasonCode("fail_fast")
    package static let shard = ReasonCode("shard")

    /// Words that only the host may say: from a script they would contradict the counts of its gate.
    private static let ofTheHost: Set<ReasonCode> = [
        .checkFailed, .hold, .needs, .failFast, .vacuous, .shard,
    ]

    /// The code and message of what a script gave as a reason: a single word is its own code, prose has none.
    static func parse(_ reason: ByteString) -> (code: ReasonCode, message: String) {
        let message = Message.bounded(reason)
        let isWord = (1...64).contains(reason.bytes.count) && reason.bytes.allSatisfy(isWordByte)
        let code = ReasonCode(message)
        return isWord && !ofTheHost.contains(code) ? (code, message) : (.unknownValue, message)
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

/// Texts that come from scripts and brokers, cut to a length that evidence can hold many of.
enum Message {
    static let maxBytes = 1024

    static func bounded(_ text: ByteString) -> String {
        guard text.bytes.count > maxBytes else { return text.description }
        return String(decoding: text.bytes.prefix(maxBytes), as: UTF8.self) + "…"
    }

    static func bounded(_ text: String) -> String { text.utf8.count > maxBytes ? bounded(ByteString(text)) : text }
}
