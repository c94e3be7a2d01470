import Gate
import Testing
import Value

/// What a script did, kept beside the ledger in the plainest way.
private struct Model {
    var subjects: [(id: SubjectID, isObserved: Bool)] = []
    var (passed, failed, unknown, refused, doubts) = (0, 0, 0, 0, 0)
    var unseen: Set<ReadKey> = []
    var known: Set<ReadKey> = []

    func verdict(_ ending: GateEnding) -> Verdict {
        if failed > 0 { return .fail }
        let isWhole = unknown + refused + doubts == 0 && unseen.isEmpty && subjects.allSatisfy(\.isObserved)
        return isWhole && passed > 0 && ending == .completed ? .pass : .inconclusive
    }
}

@Suite("Ledger, random scripts")
struct LedgerPropertyTests {
    private static let at = "a.lua:1"

    @Test("a pass is earned by nothing but true checks of all subjects", arguments: 0..<40)
    func verdicts(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        var seen: Set<Verdict> = []
        for _ in 0..<250 {
            var (ledger, model) = (Ledger(), Model())
            // Few kinds of steps at a time, else hardly any script would pass.
            let kinds = (0..<Int.random(in: 1...4, using: &random)).map { _ in Int.random(in: 0..<11, using: &random) }
            for _ in 0..<Int.random(in: 0...12, using: &random) {
                let kind = Bool.random(using: &random) ? 0 : kinds.randomElement(using: &random) ?? 0
                try step(kind, &ledger, &model, &random)
            }
            let ending: GateEnding = Int.random(in: 0..<5, using: &random) == 0 ? .deadline : .completed
            let expected = model.verdict(ending)
            let outcome = ledger.finish(ending)
            #expect(outcome.verdict == expected)
            #expect(outcome.reasons.isEmpty == (expected == .pass))
            #expect(outcome.checks.passed == model.passed && outcome.checks.failed == model.failed)
            #expect(outcome.checks.unknown == model.unknown)
            seen.insert(outcome.verdict)
        }
        #expect(seen.count == 3, "the scripts have to be of all kinds")
    }

    private func step(
        _ kind: Int, _ ledger: inout Ledger, _ model: inout Model, _ random: inout SeededGenerator
    ) throws {
        let which = model.subjects.indices.randomElement(using: &random)
        let row = ReadKey(read: UInt32.random(in: 0..<2, using: &random), row: .random(in: 0..<3, using: &random))
        switch (kind, which) {
        case (0, let which?):
            try ledger.check(Check("c", .atMost, actual: .value(1), limit: .value(1), at: Self.at), of: observed(which))
            model.passed += 1
        case (1, let which?):
            try ledger.check(Check("c", .atMost, actual: .value(2), limit: .value(1), at: Self.at), of: observed(which))
            model.failed += 1
        case (2, let which?):
            let values: [Value] = [.null, .number(.nan), "1", true, []]
            let actual = values.randomElement(using: &random) ?? .null
            try ledger.check(
                Check("c", .atMost, actual: .value(actual), limit: .value(1), at: Self.at), of: observed(which))
            model.unknown += 1
        case (3, let which?):
            try ledger.check(Check("c", .isTrue, actual: .failedRow(row), at: Self.at), of: observed(which))
            model.unknown += 1
            model.unseen.remove(row)
        case (4, let which?):
            try ledger.unknown("c", of: observed(which), because: .failedRow(row), at: Self.at)
            model.unknown += 1
            model.unseen.remove(row)
        case (5, let which?):
            let id = model.subjects[which].id
            #expect(throws: GateError.self) {
                try ledger.check(Check("C!", .isTrue, actual: .value(true), at: Self.at), of: id)
            }
            model.refused += 1
        case (6, _):
            ledger.recordFailedRow(row, ReadFailure(name: "TIMEOUT", message: "no answer"))
            if model.known.insert(row).inserted { model.unseen.insert(row) }
        case (7, _):
            if model.known.contains(row) {
                try ledger.acknowledge(row, reason: "known", at: Self.at)
                model.unseen.remove(row)
            }
        case (8, _):
            ledger.doubt(.changedUnderfoot, "leader moved")
            model.doubts += 1
        case (9, _): try ledger.note("seen", facts: ["x": 1], at: Self.at)
        default:
            let id = try ledger.subject(["n": .integer(Int64(model.subjects.count))], at: Self.at)
            model.subjects.append((id, false))
        }

        func observed(_ which: Int) -> SubjectID {
            model.subjects[which].isObserved = true
            return model.subjects[which].id
        }
    }
}
