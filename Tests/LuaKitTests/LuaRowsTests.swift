import Testing
import Value

@testable import LuaKit

@Suite("Result lists")
struct LuaRowsTests {
    /// Three rows; the second failed and knows nothing but its partition.
    static var rows: TestRows {
        TestRows(count: 3) { index in
            index == 1
                ? LuaRow(
                    values: [nil, .value(1), nil],
                    error: ["name": "NOT_LEADER", "message": "ask another broker", "code": 6])
                : LuaRow(values: [.value("orders"), .value(.integer(Int64(index))), index == 2 ? nil : .value(42)])
        }
    }

    func values(_ body: String, rows: any LuaRows = rows) throws -> [Value] {
        try LuaScript().values(body, .rows(rows))
    }

    @Test("a list is read by index, length, ipairs and pairs")
    func reading() throws {
        #expect(try values("return #a, a[1].topic, a[3].partition, a[0], a[4]") == [3, "orders", 2, nil, nil])
        let walk =
            "local t = {} for i, p in %(a) do t[#t + 1] = i .. ':' .. p.partition end return table.concat(t, ' ')"
        for iterator in ["ipairs", "pairs"] {
            #expect(try values(walk.replacing("%", with: iterator)) == ["1:0 2:1 3:2"])
        }
    }

    @Test("a good row reads an absent value as nil, and has no error")
    func goodRow() throws {
        #expect(try values("return a[3].lag, a[3].error, a[3].none, a[1].lag") == [nil, nil, nil, 42])
    }

    @Test("a failed row shows its error, which is read-only")
    func failedRow() throws {
        #expect(
            try values("local e = a[2].error return e.name, e.code, e.nothing, a[2].none, a[2].partition")
                == ["NOT_LEADER", 6, nil, nil, 1])
        #expect(try LuaScript().error("a[2].error.name = 1", .rows(Self.rows)).contains("read-only"))
    }

    @Test(
        "a missing value raises on any use",
        arguments: [
            "return m + 1", "return 1 + m", "return m - 1", "return m * 1", "return m / 1", "return m // 1",
            "return m % 1", "return m ^ 1", "return -m", "return m & 1", "return m | 1", "return m ~ 1", "return ~m",
            "return m << 1", "return m >> 1", "return m < 1", "return 1 < m", "return m <= 1", "return m > 1",
            "return m .. 'x'", "return 'x' .. m", "return #m", "return m.x", "return m[1]", "m.x = 1", "return m()",
            "return tostring(m)", "return m == a[2].topic", "return m == a", "return a == m", "return a[1] == m",
            "return ('%s'):format(m)", "for _ in pairs(m) do end",
            "for _ in ipairs(m) do end", "return b({ m })", "return b({ x = { m } })",
        ])
    func missing(body: String) throws {
        let script = try LuaScript()
        let error = try script.error("local m = a[2].lag\n\(body)", .rows(Self.rows), script.host.answering(.value(1)))
        #expect(error.hasPrefix("test.lua:2: value of 'lag' is missing: NOT_LEADER: ask another broker"), "\(error)")
    }

    @Test("a missing value, a row and a list may be handed to a host function as they are")
    func references() throws {
        let script = try LuaScript()
        let box = ArgumentBox()
        try script.run("b(a[2].lag, a[2], a)", .rows(Self.rows), script.host.recording(box))
        guard case .missing(let reference, let field) = box.arguments[0], case .row(let row) = box.arguments[1],
            case .rows(let list) = box.arguments[2]
        else {
            Issue.record("\(box.arguments)")
            return
        }
        #expect(field == "lag")
        #expect(row == reference)
        #expect(row == LuaRowReference(list: list, index: 1))
    }

    @Test("a host function can ask for the row it was given")
    func rowOfReference() throws {
        let script = try LuaScript()
        let ask = script.host.register { call throws(LuaRaise) in
            guard case .row(let reference) = call.arguments[0] else { throw LuaRaise("no row") }
            return [.value(call.row(reference)?.error?["name"] ?? nil)]
        }
        #expect(try script.values("return b(a[2])", .rows(Self.rows), .function(ask)) == ["NOT_LEADER"])
    }

    @Test("a field that the rows do not have raises with the nearest name and the place")
    func unknownField() throws {
        let script = try LuaScript()
        #expect(
            try script.error("\nreturn a[1].partiton", .rows(Self.rows))
                == "test.lua:2: row has no 'partiton'; did you mean 'partition'?")
        #expect(try script.error("return a[2].zzz", .rows(Self.rows)) == "test.lua:1: row has no 'zzz'")
        #expect(try script.error("return a.topic", .rows(Self.rows)).contains("read by index, it has no 'topic'"))
    }

    @Test("neither list nor row can be assigned to, nor a row put into a table for the host")
    func readOnly() throws {
        let script = try LuaScript()
        for body in ["a[1] = 1", "a.x = 1", "a[1].lag = 0", "rawset(a, 1, 1)", "table.insert(a, 1)", "rawget(a, 1)"] {
            #expect(throws: LuaFailure.self) { try script.run(body, .rows(Self.rows)) }
        }
        let error = try script.error("b({ row = a[1] })", .rows(Self.rows), script.host.answering(.value(1)))
        #expect(error == "test.lua:1: a row inside a table cannot be passed to the host (at row)")
    }

    @Test("rows compare by list and index, and show no address")
    func equality() throws {
        #expect(
            try values("return a[1] == a[1], a[1] == a[2], tostring(a[1]), tostring(a), ('%p'):format(a), a == a")
                == [true, false, "row", "result list", "(null)", true])
    }

    @Test("pairs of a row goes through what it has, sorted")
    func fieldsOfRow() throws {
        let body = "local t = {} for k in pairs(a[tonumber(b)]) do t[#t + 1] = k end return table.concat(t, ' ')"
        #expect(try LuaScript().values(body, .rows(Self.rows), .value("1")) == ["lag partition topic"])
        #expect(try LuaScript().values(body, .rows(Self.rows), .value("2")) == ["error lag partition topic"])
        #expect(try LuaScript().values(body, .rows(Self.rows), .value("3")) == ["partition topic"])
    }

    @Test("a row may hold a list of rows")
    func nested() throws {
        let topics = TestRows(fields: ["name", "partitions"], count: 2) { topic in
            LuaRow(values: [.value("t"), .rows(TestRows(count: topic + 1) { _ in LuaRow(values: [nil, .value(7)]) })])
        }
        #expect(
            try values("return #a[1].partitions, #a[2].partitions, a[2].partitions[2].partition", rows: topics)
                == [1, 2, 7])
    }

    @Test("a list that the script holds no more is dropped on the host's side")
    func release() throws {
        let script = try LuaScript()
        let made = script.host.answering(.rows(TestRows(count: 1) { _ in LuaRow(values: [.value("t")]) }))
        try script.run("for i = 1, 20000 do local row = a()[1] end", made)
        #expect(script.host.lentLists < 10_000)
    }

    @Test("what a list keeps alive outside of Lua counts while the script holds it")
    func heldBytes() throws {
        let script = try LuaScript()
        let made = script.host.answering(
            .rows(TestRows(count: 1, heldBytes: 10 << 20) { _ in LuaRow(values: []) }))
        try script.run("for i = 1, 100 do local rows = a() end", made)
        #expect(throws: LuaFailure.memory) { try script.run("local t = {} for i = 1, 7 do t[i] = a() end", made) }
        try script.run("local t = {} for i = 1, 6 do t[i] = a() end", made)
        #expect(script.host.peakBytes <= 64 << 20)
    }

    @Test("100,000 rows cost what is in use")
    func manyRows() throws {
        let rows = TestRows(fields: ["topic", "partition", "start", "end", "leader", "replicas"], count: 100_000) {
            let number = Value.integer(Int64($0))
            return LuaRow(values: [
                .value("a-topic-name"), .value(number), .value(0), .value(number), .value(3), .frozen([1, 2, 3]),
            ])
        }
        let script = try LuaScript()
        let body = "local n = 0 for i, p in ipairs(a) do n = n + p.partition + #p.replicas end return n"
        #expect(try script.values(body, .rows(rows)) == [.integer(4_999_950_000 + 300_000)])
        #expect(script.host.peakBytes < 8 << 20)
    }
}
