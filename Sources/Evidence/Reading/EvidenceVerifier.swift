private import Value

/// Tells whether evidence is whole and unaltered.
///
/// Every line but the last is covered by the `prev` of the next one, the last by its own `self`, and the line feed at
/// the end by being there: no byte can change unnoticed.
package struct EvidenceVerifier {
    private var result = Verification(outcome: .incomplete)
    private var hash = SHA256.zeros
    private var run: ByteString?
    /// The line that does not continue the one before it.
    ///
    /// Which of the two was altered, the next line tells.
    private var suspect: Int?
    private var last: EvidenceRecord?
    private var isFinished = false

    private let onRecord: (EvidenceRecord) throws(EvidenceError) -> Void

    private init(onRecord: @escaping (EvidenceRecord) throws(EvidenceError) -> Void) { self.onRecord = onRecord }

    /// Verifies a file.
    ///
    /// `head` is the expected SHA-256 of the last line, with or without `sha256:` before it.
    package static func verify(path: String, head: String? = nil) throws(EvidenceError) -> Verification {
        var lines = try EvidenceLines(path: path)
        return try verify(&lines, head: head)
    }

    /// Verifies lines.
    ///
    /// `onRecord` gets each line that continues the one before it, as it is read: only the outcome says whether they
    /// are to be believed.
    package static func verify(
        _ lines: inout EvidenceLines, head: String? = nil,
        onRecord: @escaping (EvidenceRecord) throws(EvidenceError) -> Void = { _ throws(EvidenceError) in }
    ) throws(EvidenceError) -> Verification {
        var verifier = EvidenceVerifier(onRecord: onRecord)
        while let line = try lines.next() {
            guard try verifier.take(line) else { return verifier.result }
        }
        verifier.end(head: head)
        return verifier.result
    }

    /// Judges one line; false once the outcome is known.
    private mutating func take(_ line: EvidenceLines.Line) throws(EvidenceError) -> Bool {
        let position = result.lines
        if isFinished { return refuse(position, "something follows run_finished") }
        switch line {
        case .tooLong: return refuse(suspect ?? position, "longer than a line of evidence can be")
        case .torn:
            if let suspect { return refuse(suspect, "does not continue the line before it") }
            result.outcome = .tornTail
            result.detail = "the last line has no end"
            return false
        case .whole(let bytes):
            guard let record = EvidenceRecord(line: bytes) else {
                return refuse(suspect ?? position, "not a line of evidence")
            }
            return try take(record, bytes, at: position)
        }
    }

    private mutating func take(
        _ record: EvidenceRecord, _ bytes: [UInt8], at position: Int
    ) throws(EvidenceError) -> Bool {
        if position == 0, record.version != 1 {
            result.outcome = .unsupported
            result.detail = "format version \(record.version)"
            return false
        }
        let continues = record.prev == ByteString(hash)
        if let suspect {
            return refuse(continues ? suspect - 1 : suspect, "altered: the next line does not continue it")
        }
        guard record.version == 1, record.seq == Int64(position), record.run == run ?? record.run,
            (record.type == "run_started") == (position == 0)
        else { return refuse(position, "does not continue the line before it") }
        if !continues {
            guard position > 0 else { return refuse(0, "the first line continues another") }
            suspect = position
        }
        run = record.run
        if position == 0 { result.mode = text(record.fields["mode"]) }
        result.run = record.run.description
        hash = try SHA256.hex(bytes)
        result.lines += 1
        last = record
        try onRecord(record)
        guard record.type == "run_finished" else { return true }
        return try finish(record, bytes, at: position)
    }

    private mutating func finish(
        _ record: EvidenceRecord, _ bytes: [UInt8], at position: Int
    ) throws(EvidenceError) -> Bool {
        isFinished = true
        let isSelf = try Self.isSelf(record, bytes)
        if let suspect { return refuse(isSelf ? suspect - 1 : suspect, "altered: the next line does not continue it") }
        guard isSelf else { return refuse(position, "the last line is not what its own hash says") }
        guard record.fields["lines"] == .integer(Int64(result.lines)) else {
            result.outcome = .countMismatch
            result.detail = "run_finished counts other lines than the \(result.lines) there are"
            return false
        }
        return true
    }

    private mutating func end(head: String?) {
        if let suspect {
            _ = refuse(suspect, "does not continue the line before it")
        } else if !isFinished {
            // Only run_finished has this field, so its type was altered.
            if let last, last.fields["self"] != nil {
                _ = refuse(Int(last.seq), "has a hash of its own but is not run_finished")
            } else {
                result.detail = "no run_finished"
            }
        } else if let head, ByteString(head) != ByteString(hash), ByteString(head) != ByteString("sha256:" + hash) {
            _ = refuse(result.lines - 1, "the head is sha256:\(hash), another than expected")
        } else {
            result.outcome = .okUnsigned
            result.head = hash
            result.verdict = text(last?.fields["verdict"])
            result.effective = text(last?.fields["effective"])
            if case .integer(let code)? = last?.fields["exit_code"] { result.exitCode = Int(code) }
        }
    }

    /// Whether the line's `self` is the hash of its bytes with zeros for the digits of `self`.
    private static func isSelf(_ record: EvidenceRecord, _ bytes: [UInt8]) throws(EvidenceError) -> Bool {
        guard case .string(let digest)? = record.fields["self"], digest.bytes.count == 64 else { return false }
        let key = Array("\"self\":\"".utf8)
        let pattern = key + digest.bytes + [UInt8(ascii: "\"")]
        guard bytes.count >= pattern.count else { return false }
        // A quote within a string is escaped, so that this can only be a field.
        let places = (0...(bytes.count - pattern.count)).filter {
            bytes[$0] == pattern[0] && bytes[$0..<$0 + pattern.count].elementsEqual(pattern)
        }
        guard places.count == 1, let place = places.first else { return false }
        var zeroed = bytes
        let digits = place + key.count..<place + key.count + 64
        zeroed.replaceSubrange(digits, with: SHA256.zeros.utf8)
        return try ByteString(SHA256.hex(zeroed)) == digest
    }

    private mutating func refuse(_ seq: Int, _ detail: String) -> Bool {
        result.outcome = .tampered(seq: seq)
        result.detail = "line \(seq): \(detail)"
        return false
    }

    private func text(_ value: Value?) -> String? {
        guard case .string(let text)? = value else { return nil }
        return text.description
    }
}
