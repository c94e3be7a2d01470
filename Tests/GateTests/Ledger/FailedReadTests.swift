import Gate
import Testing
import Value

@Suite("Failed reads")
struct FailedReadTests {
    private static let at = "lag.lua:7"
    private static let failure = ReadFailure(name: "NOT_COORDINATOR", message: "broker 3 is not the coordinator")

    private func passing(_ ledger: inout Ledger) throws -> SubjectID {
        let id = try ledger.subject(["topic": "orders"], at: Self.at)
        try ledger.check(Check("exists", .isTrue, actual: .value(true), at: Self.at), of: id)
        return id
    }

    @Test("a failed row that nobody looked at takes the pass away")
    func unacknowledged() throws {
        var ledger = Ledger()
        _ = try passing(&ledger)
        ledger.recordFailedRow(ReadKey(read: 1, row: 4), Self.failure)
        ledger.recordFailedRow(ReadKey(read: 1, row: 5), Self.failure)
        let outcome = ledger.finish(.completed)
        #expect(outcome.verdict == .inconclusive)
        #expect(outcome.reasons.map(\.code) == [.unacknowledgedRead])
        #expect(outcome.reasons.first?.message.contains("2 rows failed with NOT_COORDINATOR") == true)
    }

    @Test("a failed row does not hide a failed check")
    func failureFirst() throws {
        var ledger = Ledger()
        let id = try passing(&ledger)
        try ledger.check(Check("exists", .isTrue, actual: .value(false), at: Self.at), of: id)
        ledger.recordFailedRow(ReadKey(read: 1), Self.failure)
        let outcome = ledger.finish(.completed)
        #expect(outcome.verdict == .fail)
        #expect(outcome.reasons.map(\.code) == [.checkFailed, .unacknowledgedRead])
    }

    @Test("an acknowledged row lets a gate pass")
    func acknowledged() throws {
        var ledger = Ledger()
        _ = try passing(&ledger)
        let key = ReadKey(read: 1, row: 4)
        ledger.recordFailedRow(key, Self.failure)
        #expect(!ledger.isAcknowledged(key))
        try ledger.acknowledge(key, reason: "this topic does not move", at: Self.at)
        #expect(ledger.isAcknowledged(key))
        #expect(ledger.finish(.completed).verdict == .pass)
    }

    @Test("acknowledging one row is not acknowledging its neighbour or the next read")
    func neighbour() throws {
        var ledger = Ledger()
        _ = try passing(&ledger)
        for key in [ReadKey(read: 1, row: 4), ReadKey(read: 1, row: 5), ReadKey(read: 2, row: 4)] {
            ledger.recordFailedRow(key, Self.failure)
        }
        try ledger.acknowledge(ReadKey(read: 1, row: 4), reason: "known", at: Self.at)
        try ledger.acknowledge(ReadKey(read: 1, row: 4), reason: "known", at: Self.at)
        try ledger.acknowledge(ReadKey(read: 1, row: 5), reason: "known", at: Self.at)
        #expect(ledger.finish(.completed).verdict == .inconclusive)
    }

    @Test("an acknowledgement without a reason, or of a row that did not fail, is refused and takes the pass away")
    func badAcknowledgement() throws {
        for (key, reason) in [(ReadKey(read: 1), ByteString("")), (ReadKey(read: 9), "known")] {
            var ledger = Ledger()
            _ = try passing(&ledger)
            ledger.recordFailedRow(ReadKey(read: 1), Self.failure)
            #expect(throws: GateError.self) { try ledger.acknowledge(key, reason: reason, at: Self.at) }
            #expect(ledger.finish(.completed).verdict == .inconclusive)
        }
    }

    @Test("the missing value of a failed row makes its check unknown with the row's error and acknowledges the row")
    func measured() throws {
        for isLimit in [false, true] {
            var ledger = Ledger()
            let id = try ledger.subject(["topic": "orders"], at: Self.at)
            let key = ReadKey(read: 1, row: 4)
            ledger.recordFailedRow(key, Self.failure)
            let check = Check(
                "partitions", .equal, actual: isLimit ? .value(3) : .failedRow(key),
                limit: isLimit ? .failedRow(key) : .value(3), at: Self.at)
            #expect(try ledger.check(check, of: id) == nil)
            #expect(ledger.isAcknowledged(key))
            guard case .unknown(let record)? = ledger.takeRecords().first else {
                Issue.record("no unknown")
                return
            }
            #expect(record.reason.rawValue == "NOT_COORDINATOR")
            #expect(record.message == "broker 3 is not the coordinator")
            let outcome = ledger.finish(.completed)
            #expect(outcome.verdict == .inconclusive)
            #expect(outcome.reasons.map(\.code.rawValue) == ["NOT_COORDINATOR"])
        }
    }

    @Test("a check of two missing values acknowledges both rows")
    func bothMissing() throws {
        var ledger = Ledger()
        let id = try ledger.subject(["topic": "orders"], at: Self.at)
        let (one, other) = (ReadKey(read: 1), ReadKey(read: 2))
        ledger.recordFailedRow(one, Self.failure)
        ledger.recordFailedRow(other, Self.failure)
        try ledger.check(Check("c", .equal, actual: .failedRow(one), limit: .failedRow(other), at: Self.at), of: id)
        #expect(ledger.isAcknowledged(one) && ledger.isAcknowledged(other))
    }

    @Test("an unknown with a row's error acknowledges the row")
    func unknown() throws {
        var ledger = Ledger()
        let id = try ledger.subject(["topic": "orders"], at: Self.at)
        let key = ReadKey(read: 1)
        ledger.recordFailedRow(key, Self.failure)
        try ledger.unknown("lag", of: id, because: .failedRow(key), at: Self.at)
        let outcome = ledger.finish(.completed)
        #expect(outcome.reasons.map(\.code.rawValue) == ["NOT_COORDINATOR"])
        #expect(outcome.checks.unknown == 1)
    }

    @Test("a row of which the ledger knows nothing is unknown too")
    func foreignRow() throws {
        var ledger = Ledger()
        let id = try ledger.subject(["topic": "orders"], at: Self.at)
        try ledger.check(Check("c", .isTrue, actual: .failedRow(ReadKey(read: 8)), at: Self.at), of: id)
        #expect(ledger.finish(.completed).verdict == .inconclusive)
    }
}
