import Testing
import Value

@testable import LuaKit

@Suite("Host objects, records and frozen tables")
struct LuaObjectTests {
    let script: LuaScript
    let cluster: LuaObjectKind

    init() throws {
        script = try LuaScript()
        let host = script.host
        let name = host.register { call throws(LuaRaise) in
            guard case .object(let object)? = call.arguments.first else { throw LuaRaise("no self") }
            return [.value(.text("cluster \(object.handle)")), .value(call.arguments.last?.plain ?? nil)]
        }
        cluster = try host.define(
            class: "cluster", methods: [("topics", name), ("lag", name)],
            properties: [("side", .value("source")), ("limits", .frozen(["max": 5]))])
    }

    func object(_ handle: UInt64) -> LuaReply { .object(LuaObject(kind: cluster, handle: handle)) }

    @Test("a method gets its object and its arguments")
    func methods() throws {
        #expect(
            try script.values("local n, x = a:lag { group = 'g' } return n, x.group", object(.max))
                == [.text("cluster \(UInt64.max)"), "g"])
    }

    @Test("properties are read, nothing is assigned")
    func properties() throws {
        #expect(try script.values("return a.side, a.limits.max", object(1)) == ["source", 5])
        #expect(try script.error("a.side = 'x'", object(1)) == "test.lua:1: 'side' cannot be assigned: it is read-only")
        #expect(try script.error("a.limits.max = 6", object(1)).contains("read-only"))
    }

    @Test("an unknown method raises with the nearest name")
    func unknownMethod() throws {
        #expect(
            try script.error("a:topcs {}", object(1))
                == "test.lua:1: cluster has no 'topcs'; did you mean 'topics'?")
    }

    @Test("objects compare by handle, show no address and hide their metatable")
    func identity() throws {
        #expect(
            try script.values("return a == b, a == c, tostring(a), getmetatable(a)", object(1), object(1), object(2))
                == [true, false, "cluster", false])
    }

    @Test("an object is released once, when nothing stands for it any more")
    func release() throws {
        final class Log { var released: [UInt64] = [] }
        let log = Log()
        do {
            let script = try LuaScript()
            script.host.onRelease = { log.released.append($0.handle) }
            let kind = try script.host.define(class: "thing", methods: [])
            let make = script.host.register { call throws(LuaRaise) in
                guard case .integer(let number)? = call.arguments[0].plain else { throw LuaRaise("no number") }
                return [.object(LuaObject(kind: kind, handle: UInt64(number)))]
            }
            try script.run(
                "for i = 1, 5000 do a(i) end for i = 1, 300000 do local t = {} end return b", .function(make),
                .object(LuaObject(kind: kind, handle: 9_999_999)))
            #expect(log.released.count > 1000)
        }
        #expect(log.released.count == 5001)
        #expect(Set(log.released).count == 5001)
    }

    @Test("a record is a namespace with functions; an unknown field raises with the nearest name")
    func record() throws {
        let ctx = LuaReply.record(
            [
                (name: "source", value: object(1)), (name: "args", value: .frozen(["max_lag": 0])),
                (name: "now", value: script.host.answering(.value(7))),
                (name: "map", value: .record([(name: "x", value: .value(1))], strictName: nil)),
            ], strictName: "ctx")
        #expect(
            try script.values(
                "return a.source.side, a.args.max_lag, a.now(), a:now(), a.map.x, a.map.y, tostring(a)", ctx)
                == ["source", 0, 7, 7, 1, nil, "ctx"])
        #expect(try script.error("return a.sorce", ctx) == "test.lua:1: ctx has no 'sorce'; did you mean 'source'?")
        #expect(try script.error("a.source = 1", ctx).contains("read-only"))
        #expect(
            try script.values("local t = {} for k in pairs(a) do t[#t + 1] = k end return table.concat(t, ' ')", ctx)
                == ["args map now source"])
    }

    @Test("a record hands itself over by name where it is called with a colon")
    func recordAsSelf() throws {
        let box = ArgumentBox()
        let log = script.host.recording(box)
        let fields: [(name: ByteString, value: LuaReply)] = [(name: "log", value: log)]
        try script.run("\n\na:log('x')", .record(fields, strictName: "ctx"))
        guard case .record(let name) = box.arguments[0] else {
            Issue.record("\(box.arguments)")
            return
        }
        #expect(name == "ctx")
        #expect(box.arguments[1].plain == "x")
        #expect(box.place == LuaPlace(file: "test.lua", line: 3))
    }

    @Test("a frozen value is read like a table, and not changed")
    func frozen() throws {
        let value: Value = ["list": [10, 20, 30], "map": ["b": 2, "a": 1]]
        let body = """
            local t = {}
            for i, x in ipairs(a.list) do t[#t + 1] = i .. x end
            for k, x in pairs(a.map) do t[#t + 1] = k .. x end
            return table.concat(t, ' '), #a.list, a.none, table.concat(a.list, ','), select('#', table.unpack(a.list)),
                a.list == a.list, tostring(a)
            """
        #expect(
            try script.values(body, .frozen(value))
                == ["110 220 330 a1 b2", 3, nil, "10,20,30", 3, true, "read-only table"])
        for body in [
            "a.x = 1", "a.list[1] = 1", "a.list[4] = 1", "rawset(a, 'x', 1)", "table.insert(a.list, 1)",
            "table.sort(a.list)", "setmetatable(a, {})", "a.map.a = nil",
        ] {
            #expect(throws: LuaFailure.self) { try script.run(body, .frozen(value)) }
        }
        #expect(try script.values("return { a.list, a.map }", .frozen(value)) == [[[10, 20, 30], ["a": 1, "b": 2]]])
    }
}
