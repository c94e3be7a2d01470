import Gate
import LuaKit
import Value

/// Clusters as scripts hold them: one method for each primitive, and `as`.
enum ClusterClass {
    static func define(
        _ side: ClusterSide, session: GateSession, host: LuaHost
    ) throws(LuaFailure) -> LuaObjectKind {
        let kind = KindCell()
        func handle(_ call: LuaCall) throws(LuaRaise) -> ClusterHandle {
            guard case .object(let object)? = call.arguments.first, let cluster = session.cluster(object.handle) else {
                throw LuaRaise(ByteString("call it with a colon: ctx.\(side.rawValue):topics{…}"))
            }
            return cluster
        }
        var methods = Primitive.all.map { primitive -> (name: ByteString, function: LuaFunctionID) in
            let function = host.register { call throws(LuaRaise) in
                let cluster = try handle(call)
                let given = call.arguments.count > 1 ? call.arguments[1].plain : .map([:])
                let made = ScriptCall(call, of: session)
                guard call.arguments.count <= 2, let given else {
                    throw made.mistake(":\(primitive.name) takes one table of named parameters")
                }
                do throws(ArgumentMistake) {
                    let arguments = try primitive.checked(given)
                    return [.rows(session.ask(primitive, arguments, of: cluster))]
                } catch {
                    throw made.mistake(error.message)
                }
            }
            return (ByteString(primitive.name), function)
        }
        let acting = host.register { call throws(LuaRaise) in
            let own = try handle(call)
            guard call.arguments.count == 2, case .string(let name)? = call.arguments[1].plain else {
                throw LuaRaise(":as takes the name of a principal")
            }
            guard let cluster = session.connections.handle(own.side, as: name.description), let kind = kind.kind else {
                let known = session.connections.principals(own.side)
                let nearest = NearestName.nearestName(to: name.description, among: known)
                let hint = nearest.map { "; did you mean '\($0)'?" } ?? ""
                throw LuaRaise(
                    ByteString(
                        "no principal '\(name)' is given for the \(own.side.rawValue) cluster (--principal)\(hint)"))
            }
            return [.object(LuaObject(kind: kind, handle: session.add(cluster)))]
        }
        methods.append(("as", acting))
        let principals = session.connections.principals(side).map { Value.text($0) }
        kind.kind = try host.define(
            class: ByteString(side.rawValue), methods: methods,
            properties: [(name: "principals", value: .frozen(.list(principals)))])
        guard let made = kind.kind else { throw .unavailable }
        return made
    }

    /// The kind that `:as` returns is known only after its methods are.
    private final class KindCell {
        var kind: LuaObjectKind?
    }
}
