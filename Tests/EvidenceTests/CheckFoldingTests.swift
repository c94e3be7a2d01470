import Evidence
import Testing
import Value

@Suite("CheckFolding") struct CheckFoldingTests {
    private func lines(_ records: [CheckRecord], detail: Bool = false) throws -> [Value] {
        let sink = MemorySink()
        let writer = writer(sink)
        try writer.start(runStarted)
        try writer.append(checks: records, gate: "g", attempt: 1, detail: detail)
        _ = try writer.finish(runFinished)
        #expect(try verify(sink.bytes).isOK)
        #expect(sink.lines.allSatisfy { $0.count < 65_536 })
        return try sink.values().dropFirst().dropLast().map { $0 }
    }

    @Test("passing checks that differ only in partition share a line, in the order of partitions")
    func folds() throws {
        let lines = try lines([
            lag(9, 4, facts: ["end": 9, "basis": "records"]), lag(1, 2, facts: ["end": 7, "basis": "records"]),
            lag(0, 1, facts: ["end": 7, "basis": "records"]), lag(2, 3, facts: ["end": 7, "basis": "records"]),
        ])
        #expect(lines.count == 1)
        #expect(lines[0]["partitions"] == "0-2,9")
        #expect(lines[0]["actual"] == [1, 2, 3, 4])
        #expect(lines[0]["facts"] == ["end": [7, 7, 7, 9], "basis": "records"])
        #expect(lines[0]["sampled"] == ["from_us": 0, "to_us": 95])
        #expect(lines[0]["subject"] == ["group": "billing", "topic": "orders"])
    }

    @Test("failing checks, and those without a partition, stand alone where they first appeared")
    func keepsOrder() throws {
        var whole = lag(0)
        whole.subject["partition"] = nil
        var text = lag(0)
        text.subject["partition"] = "0"
        let lines = try lines([lag(5), lag(6, 99, ok: false), whole, lag(4), text, lag(7, 98, ok: false), whole])
        #expect(lines.map { $0["partitions"] } == ["4-5", nil, nil, nil, nil, nil])
        #expect(lines.map { $0["subject"]?["partition"] } == [nil, 6, nil, "0", 7, nil])
        #expect(lines[1]["actual"] == 99)
    }

    @Test("whatever else differs keeps checks apart")
    func keepsApart() throws {
        var records = [lag(0)]
        func add(_ change: (inout CheckRecord) -> Void) {
            var record = lag(Int64(records.count))
            change(&record)
            records.append(record)
        }
        add { $0.subject["topic"] = "payments" }
        add { $0.subject["extra"] = 1 }
        add { $0.check = "other" }
        add { $0.op = "==" }
        add { $0.limit = 11 }
        add { $0.unit = nil }
        add { $0.at = "lag.lua:10" }
        add { $0.facts = ["only": "here"] }
        add { $0.rounds = Rounds(count: 1, ok: 1, min: 0, max: 0, last: 0) }
        let lines = try lines(records)
        #expect(lines.count == records.count)
        #expect(lines.allSatisfy { $0["partitions"] == nil && $0["subject"]?["partition"] != nil })
    }

    @Test("a partition checked twice begins a second line")
    func separatesRepeats() throws {
        let lines = try lines([lag(0, 1), lag(1, 2), lag(0, 3), lag(1, 4), lag(0, 5)])
        #expect(lines.map { $0["actual"] } == [[1, 2], [3, 4], 5])
        #expect(lines.map { $0["partitions"] } == ["0-1", "0-1", nil])
    }

    @Test("a fact that is a list is never mistaken for the facts of several partitions")
    func nestsLists() throws {
        let lines = try lines([lag(0, 1, facts: ["isr": [1, 2]]), lag(1, 1, facts: ["isr": [1, 2]])])
        #expect(lines[0]["facts"] == ["isr": [[1, 2], [1, 2]]])
    }

    @Test("rounds fold like facts")
    func foldsRounds() throws {
        let records = [Int64(0), 1].map { partition in
            var record = lag(partition)
            record.rounds = Rounds(count: 7, ok: 7, min: .integer(partition), max: 9, last: 3)
            return record
        }
        #expect(try lines(records)[0]["rounds"] == ["n": 7, "ok": 7, "min": [0, 1], "max": 9, "last": 3])
    }

    @Test("with detail every check has its line")
    func detail() throws {
        let lines = try lines([lag(0), lag(1)], detail: true)
        #expect(lines.map { $0["subject"]?["partition"] } == [0, 1])
    }

    @Test("the same checks give the same lines, however their partitions are shuffled")
    func isDeterministic() throws {
        let records = (0..<500).map { lag($0, .integer($0 % 7), facts: ["end": .integer($0)]) }
        #expect(try lines(records) == lines(records.shuffled()))
    }

    @Test("100,000 checks fold into few lines, none of them too large", .timeLimit(.minutes(2)))
    func foldsMany() throws {
        let records = (0..<100_000).map { index in
            let partition = Int64(index)
            return lag(
                partition, .integer(partition % 11), facts: ["end": .integer(partition * 1_000_003), "kind": "data"])
        }
        let lines = try lines(records)
        #expect(lines.count < 100)
        var partitions = 0
        for line in lines {
            guard case .list(let actual)? = line["actual"], case .list(let ends)? = line["facts"]?["end"] else {
                Issue.record("a folded line without arrays")
                continue
            }
            #expect(actual.count == ends.count && line["truncated"] == nil)
            partitions += actual.count
        }
        #expect(partitions == 100_000)
    }

    @Test("a line that escapes make larger than foreseen is cut in two, not shortened")
    func splitsFurther() throws {
        let records = (0..<400).map { lag($0, .text(String(repeating: "\u{1}", count: 200))) }
        let lines = try lines(records)
        #expect(lines.count > 4)
        #expect(lines.allSatisfy { $0["truncated"] == nil })
        let values = lines.flatMap { line -> [Value] in
            guard case .list(let values)? = line["actual"] else { return [] }
            return values
        }
        #expect(values == records.map(\.actual))
    }
}
