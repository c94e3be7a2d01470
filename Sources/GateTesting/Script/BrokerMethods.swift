import EmbeddedKafka
import Gate
import KafkaWire
import Value

extension ClusterMethod {
    static let brokers: [ClusterMethod] = [
        ClusterMethod(
            method: ScriptMethod(
                "brokers",
                [
                    .init("count", "integer", "How many; a world begins with 2."),
                    .init("version", "\"3.9\"|\"4.3\"", optional: true, "The release of Kafka they are; 4.3."),
                ], "Makes the cluster anew, empty, of so many brokers.")
        ) { call throws(WorldError) in
            let count = try call.integer(0)
            let profiles: [String: BrokerProfile] = ["3.9": .kafka3, "4.3": .kafka4]
            let profile = call.any(1) == .null ? .kafka4 : try call.word(1, profiles)
            guard (1...100).contains(count) else { throw WorldError("a cluster has 1 to 100 brokers") }
            return { side throws(WorldError) in
                guard side.state.topics.isEmpty, side.state.groups.isEmpty else {
                    throw WorldError(":brokers comes first: the cluster holds something already")
                }
                let isSource = side.state.brokers.first?.endpoints.values.first?.host.hasPrefix("source") ?? true
                side = World.Side(isSource ? .source : .target, brokers: Int(count), profile: profile)
                return .null
            }
        },
        ClusterMethod(
            method: ScriptMethod(
                "cluster_id", [.init("id", "string", "The new one.")], "Gives the cluster another id.")
        ) { call throws(WorldError) in
            let id = try call.text(0)
            return { side throws(WorldError) in
                side.state.clusterID = id
                return .null
            }
        },
        ClusterMethod(
            method: ScriptMethod(
                "broker_config",
                [
                    .init("name", "string", "The setting, as in `server.properties`."),
                    .init("value", "string|integer|boolean", optional: true, "Its value; nil: the default again."),
                ], "Changes a setting of every broker.")
        ) { call throws(WorldError) in
            let name = try call.text(0)
            let value = call.any(1)
            let text =
                value == .null
                ? nil : try ScriptOptions.properties([ByteString(name): value], "value", of: ":broker_config")[name]
            return { side throws(WorldError) in
                side.state.brokerSettings[Name(name)] = text
                return .null
            }
        },
        ClusterMethod(
            method: ScriptMethod(
                "down", [.init("broker", "integer", "Its id, from 1.")],
                "Stops a broker: the cluster lists it no more, and what it led has no leader.")
        ) { call throws(WorldError) in
            let broker = try call.number(0)
            return { side throws(WorldError) in
                let index = try side.index(ofBroker: broker)
                side.state.brokers[index].isDown = true
                return .null
            }
        },
        ClusterMethod(
            method: ScriptMethod(
                "up", [.init("broker", "integer", "Its id, from 1.")],
                "Brings a broker back that was down or could not be reached.")
        ) { call throws(WorldError) in
            let broker = try call.number(0)
            return { side throws(WorldError) in
                let index = try side.index(ofBroker: broker)
                side.state.brokers[index].isDown = false
                side.unreachable.remove(broker)
                return .null
            }
        },
        ClusterMethod(
            method: ScriptMethod(
                "unreachable", [.init("broker", "integer", optional: true, "Its id, from 1; nil: every broker.")],
                "Leaves a broker advertised and refuses connections to it.")
        ) { call throws(WorldError) in
            let broker = call.any(0) == .null ? nil : try call.number(0)
            return { side throws(WorldError) in
                if let broker { _ = try side.index(ofBroker: broker) }
                side.unreachable.formUnion(broker.map { [$0] } ?? side.state.brokers.map(\.id))
                return .null
            }
        },
    ]

    private static let options = ScriptMethod.Parameter(
        "options", "{ times?: integer, broker?: integer }", optional: true,
        "How often (default: from now on), and on which broker (default: any).")
    private static let api = ScriptMethod.Parameter(
        "api", "string", "Kafka's name of the request, such as `ListOffsets`.")

    private static func fault(
        _ method: ScriptMethod, options at: Int,
        _ effect: @escaping @Sendable (ScriptArguments) throws(WorldError) -> WorldFault.Effect
    ) -> ClusterMethod {
        ClusterMethod(method: method) { call throws(WorldError) in
            let api = try Self.api(named: try call.text(0))
            let options = try call.options(at, ["times", "broker"])
            let fault = WorldFault(
                effect: try effect(call), api: api, broker: try options.number("broker"),
                times: try options.int("times"))
            return { side throws(WorldError) in
                side.faults.append(fault)
                return .null
            }
        }
    }

    static let faults: [ClusterMethod] = [
        fault(
            ScriptMethod(
                "fail", [api, .init("error", "string", "Kafka's name of the error."), options],
                "Has answers carry an error, where Kafka would put it."), options: 2
        ) { call throws(WorldError) in
            let name = try call.text(1)
            guard let code = KafkaErrorCode(name: name) else { throw WorldError("Kafka has no error '\(name)'") }
            return .error(code)
        },
        fault(
            ScriptMethod(
                "delay",
                [api, .init("time", "string|integer", "Such as `2s`; the world's clock moves on by it."), options],
                "Has answers come late."), options: 2
        ) { call throws(WorldError) in
            .delay(ms: try call.milliseconds(1))
        },
        fault(
            ScriptMethod(
                "throttle", [api, .init("time", "string|integer", "How long a pause the answer asks for."), options],
                "Has answers ask for a pause, as where a quota is used up."), options: 2
        ) { call throws(WorldError) in
            .throttle(ms: Int32(clamping: try call.milliseconds(1)))
        },
        fault(
            ScriptMethod("disconnect", [api, options], "Closes the connection instead of an answer."), options: 1
        ) { _ throws(WorldError) in .disconnect },
        fault(
            ScriptMethod("garbage", [api, options], "Sends bytes that are no answer."), options: 1
        ) { _ throws(WorldError) in .garbage },
    ]

    private static func api(named name: String) throws(WorldError) -> ApiKey {
        let known = (Int16(0)...100).compactMap { number in
            ApiKey(rawValue: number).name.map { ($0, ApiKey(rawValue: number)) }
        }
        if let found = known.first(where: { $0.0 == name }) { return found.1 }
        let nearest = NearestName.nearestName(to: name, among: known.map(\.0))
        throw WorldError("Kafka has no request '\(name)'" + (nearest.map { "; did you mean '\($0)'?" } ?? ""))
    }
}

extension World.Side {
    func index(ofBroker id: Int32) throws(WorldError) -> Int {
        guard let index = state.brokers.firstIndex(where: { $0.id == id }) else {
            throw WorldError("there is no broker \(id): the cluster has \(state.brokers.count)")
        }
        return index
    }
}
