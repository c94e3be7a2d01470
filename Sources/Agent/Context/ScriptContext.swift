import Evidence
import Gate
import LuaKit
import Value

/// Builds `ctx`: all that a gate's script can reach.
struct ScriptContext {
    let session: GateSession
    // The functions it registers belong to the host: held strongly, neither would ever be freed.
    private unowned let host: LuaHost

    init(session: GateSession, host: LuaHost) {
        self.session = session
        self.host = host
    }

    func reply() throws(LuaFailure) -> LuaReply {
        let subjects = try SubjectClass(session: session, host: host)
        var entries: [(name: ByteString, value: LuaReply)] = [
            ("args", .frozen(session.step.arguments.value)),
            ("plan", .frozen(session.declared)),
            ("json", json()),
            ("clock", clock()),
            ("map", map()),
            ("prior", .rows(EarlierReplies.prior(session.earlier.prior))),
            ("freeze", freeze()),
            ("subject", subjects.constructor),
            ("note", function(note)),
            ("acknowledge", function(acknowledge)),
            ("log", function(log)),
            ("sleep", function(sleep)),
        ]
        for side in ClusterSide.allCases where session.step.sides.contains(side) {
            guard let handle = session.connections.handle(side) else { continue }
            let kind = try ClusterClass.define(side, session: session, host: host)
            entries.append(
                (ByteString(side.rawValue), .object(LuaObject(kind: kind, handle: session.add(handle)))))
        }
        entries += namespaces()
        return .record(entries, strictName: "ctx")
    }

    /// Questions that are not about one cluster alone.
    private func namespaces() -> [(name: ByteString, value: LuaReply)] {
        let sides = ClusterSide.allCases.filter { session.step.sides.contains($0) }
        let clusters = sides.compactMap { session.connections.handle($0) }
        guard let first = clusters.first else { return [] }
        var found = [
            (name: ByteString("mm2"), value: questions(Primitive.mirrorMaker, first, clusters.dropFirst().first))
        ]
        if clusters.count == 2 {
            found.append((name: "compare", value: questions(Primitive.comparisons, first, clusters[1])))
        }
        return found
    }

    /// `ctx.compare` and its like: `ctx.compare.records{…}`.
    private func questions(_ primitives: [Primitive], _ first: ClusterHandle, _ second: ClusterHandle?) -> LuaReply {
        let entries = primitives.map { primitive -> (name: ByteString, value: LuaReply) in
            let ask = function { call throws(LuaRaise) in
                let given = call.argument(0) == nil ? .map([:]) : call.plain(0)
                guard call.argument(1) == nil, let given else {
                    throw call.mistake("\(primitive.callName) takes one table of named parameters, after a dot")
                }
                do throws(ArgumentMistake) {
                    let arguments = try primitive.checked(given)
                    return [.rows(call.ask(primitive, arguments, of: first, and: second))]
                } catch {
                    throw call.mistake(error.message)
                }
            }
            return (ByteString(primitive.shortName), ask)
        }
        return .record(entries, strictName: "ctx.\(primitives[0].name.prefix { $0 != "." })")
    }

    private func function(_ body: @escaping (ScriptCall) throws(LuaRaise) -> [LuaReply]) -> LuaReply {
        let session = session
        return .function(host.register { call throws(LuaRaise) in try body(ScriptCall(call, of: session)) })
    }

    // MARK: Methods of ctx

    private func note(_ call: ScriptCall) throws(LuaRaise) -> [LuaReply] {
        let name = try call.text(1, "the name of a note")
        let facts = try call.table(2, "the facts of a note")
        try call.ledger { (ledger) throws(GateError) in try ledger.note(name, facts: facts, at: call.place) }
        return []
    }

    private func acknowledge(_ call: ScriptCall) throws(LuaRaise) -> [LuaReply] {
        guard let key = call.readKey(1) else { throw call.mistake("acknowledge takes a row and a reason") }
        let reason = try call.text(2, "the reason of an acknowledgement")
        try call.ledger { (ledger) throws(GateError) in
            try ledger.acknowledge(key, reason: reason, at: call.place)
        }
        return []
    }

    private func log(_ call: ScriptCall) throws(LuaRaise) -> [LuaReply] {
        session.log(try call.text(1, "what is logged"))
        return []
    }

    private func sleep(_ call: ScriptCall) throws(LuaRaise) -> [LuaReply] {
        guard case .integer(let milliseconds)? = call.plain(1), milliseconds >= 0 else {
            throw call.mistake("sleep takes milliseconds, an integer of at least 0")
        }
        session.sleep(milliseconds: milliseconds)
        return []
    }

    // MARK: Namespaces

    private func json() -> LuaReply {
        let encode = function { call throws(LuaRaise) in
            // A row or the missing value of one is no data: to write it as null would be to make something up.
            guard let value = call.plain(0) else {
                throw LuaRaise("json.encode takes data, not a row or a host object")
            }
            do throws(JSONError) {
                return [.value(.string(ByteString(bytes: try JSONWriter.write(value))))]
            } catch {
                throw LuaRaise(ByteString("json.encode: \(error)"))
            }
        }
        let decode = function { call throws(LuaRaise) in
            guard case .string(let text)? = call.plain(0) else { throw LuaRaise("json.decode takes a string") }
            do throws(JSONError) {
                return [.value(try JSONReader.read(text.bytes))]
            } catch {
                throw LuaRaise(ByteString("json.decode: \(error)"))
            }
        }
        let valid = function { call throws(LuaRaise) in
            guard case .string(let text)? = call.plain(0) else { throw LuaRaise("json.valid takes a string") }
            do throws(JSONError) {
                try JSONSyntax.check(text.bytes)
                return [.value(.bool(true))]
            } catch {
                return [.value(.bool(false)), .value(.text("\(error)"))]
            }
        }
        let digest = function { call throws(LuaRaise) in
            guard let value = call.plain(0) else {
                throw LuaRaise("json.digest takes data, not a row or a host object")
            }
            do {
                return [.value(.text(try SHA256.hex(JSONWriter.write(value))))]
            } catch {
                throw LuaRaise(ByteString("json.digest: \(error)"))
            }
        }
        let entries: [(name: ByteString, value: LuaReply)] = [
            ("encode", encode), ("decode", decode), ("valid", valid), ("digest", digest),
        ]
        return .record(entries, strictName: "ctx.json")
    }

    private func freeze() -> LuaReply {
        guard let vector = session.earlier.freeze else { return EarlierReplies.none }
        return EarlierReplies.freeze(
            vector,
            topics: function { call throws(LuaRaise) in [try selected(call, "topics", vector.topics)] },
            groups: function { call throws(LuaRaise) in [try selected(call, "groups", vector.groups)] })
    }

    /// Those of the names that an argument's names and globs select; without an argument all of them.
    private func selected(
        _ call: ScriptCall, _ what: String, _ names: [GlobList.Candidate]
    ) throws(LuaRaise) -> LuaReply {
        let given = call.argument(0) == nil ? .null : call.plain(0)
        var patterns: [ByteString] = []
        switch given {
        case .null?: return .value(.list(names.map { .string($0.name) }))
        case .list(let items)?:
            for case .string(let text) in items { patterns.append(text) }
            guard patterns.count == items.count else {
                throw call.mistake("freeze.\(what) takes a list of names and globs, or nothing")
            }
        case .map(let entries)? where entries.isEmpty: break
        default: throw call.mistake("freeze.\(what) takes a list of names and globs, or nothing")
        }
        do throws(GateError) {
            return .value(.list(try GlobList(patterns).select(from: names).names.map { .string($0) }))
        } catch {
            throw call.mistake("freeze.\(what): \(error)")
        }
    }

    private func clock() -> LuaReply {
        let session = session
        let now = function { _ throws(LuaRaise) in [.value(.integer(session.nowMs.wall))] }
        let monotonic = function { _ throws(LuaRaise) in [.value(.integer(session.nowMs.monotonic))] }
        let left = function { _ throws(LuaRaise) in [.value(.integer(session.leftMs))] }
        let entries: [(name: ByteString, value: LuaReply)] = [
            ("now_ms", now), ("monotonic_ms", monotonic), ("left_ms", left),
        ]
        return .record(entries, strictName: "ctx.clock")
    }

    private func map() -> LuaReply {
        let mapping = session.mapping
        let topic = function { call throws(LuaRaise) in
            [.value(.string(mapping.target(of: try call.text(0, "a topic"))))]
        }
        let group = function { call throws(LuaRaise) in
            [.value(.string(mapping.group(of: try call.text(0, "a group"))))]
        }
        let entries: [(name: ByteString, value: LuaReply)] = [("topic", topic), ("group", group)]
        return .record(entries, strictName: "ctx.map")
    }
}
