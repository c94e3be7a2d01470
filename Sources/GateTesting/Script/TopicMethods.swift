import EmbeddedKafka
import Value

extension ClusterMethod {
    static let topics: [ClusterMethod] = [
        ClusterMethod(
            method: ScriptMethod(
                "topic",
                [
                    .init("name", "string", "The topic."),
                    .init("partitions", "integer", optional: true, "How many; 1 where left out."),
                    .init(
                        "configs", "table<string, string|integer|boolean>", optional: true,
                        "Settings of the topic itself, such as `{ [\"retention.ms\"] = 3600000 }`."),
                    .init(
                        "options", "{ replication?: integer, internal?: boolean, beside?: boolean }", optional: true,
                        "`beside`: the topic stands beside the question, and mutation leaves it alone."),
                ], "Creates a topic.")
        ) { call throws(WorldError) in
            let name = try call.text(0)
            let partitions = try call.integer(1, or: 1)
            let configs = try ScriptOptions.properties(try call.map(2), "configs", of: ":topic")
            let options = try call.options(3, ["replication", "internal", "beside"])
            let replication = try options.int("replication") ?? 1
            let (isInternal, isBeside) = (try options.flag("internal"), try options.flag("beside"))
            guard (1...100_000).contains(partitions), replication > 0 else {
                throw WorldError("a topic has 1 to 100,000 partitions, each with at least one replica")
            }
            return { side throws(WorldError) in
                guard side.state.topics[Name(name)] == nil else { throw WorldError("topic '\(name)' is there already") }
                side.state.createTopic(
                    name, partitions: Int(partitions), replication: replication, settings: configs)
                side.state.topics[Name(name)]?.isInternal = isInternal
                if isBeside { side.beside.insert(Name(name)) }
                return .null
            }
        },
        ClusterMethod(
            method: ScriptMethod(
                "delete_topic", [.init("name", "string", "The topic.")], "Deletes a topic with all it holds.")
        ) { call throws(WorldError) in
            let name = try call.text(0)
            return { side throws(WorldError) in
                _ = try side.topic(name)
                side.state.topics[Name(name)] = nil
                return .null
            }
        },
        ClusterMethod(
            method: ScriptMethod(
                "config",
                [
                    .init("topic", "string", "The topic."), .init("name", "string", "The setting."),
                    .init("value", "string|integer|boolean", optional: true, "Its value; nil: the default again."),
                ], "Changes a setting of a topic.")
        ) { call throws(WorldError) in
            let (topic, name) = (try call.text(0), try call.text(1))
            let value = call.any(2)
            let text =
                value == .null
                ? nil : try ScriptOptions.properties([ByteString(name): value], "value", of: ":config")[name]
            return { side throws(WorldError) in
                _ = try side.topic(topic)
                side.state.topics[Name(topic)]?.settings[Name(name)] = text
                return .null
            }
        },
        ClusterMethod(
            method: ScriptMethod(
                "partitions",
                [.init("topic", "string", "The topic."), .init("count", "integer", "How many it has from here on.")],
                "Gives a topic more partitions, or takes its last ones away.")
        ) { call throws(WorldError) in
            let topic = try call.text(0)
            let count = try call.integer(1)
            guard (1...100_000).contains(count) else { throw WorldError("a topic has 1 to 100,000 partitions") }
            return { side throws(WorldError) in
                _ = try side.topic(topic)
                side.state.setPartitions(of: topic, to: Int(count))
                return .null
            }
        },
        ClusterMethod(
            method: ScriptMethod(
                "hide", [.init("topic", "string", "The topic.")],
                "Has the brokers deny all knowledge of a topic, as they do to whoever may not describe it.")
        ) { call throws(WorldError) in
            let topic = try call.text(0)
            return { side throws(WorldError) in
                _ = try side.topic(topic)
                side.state.hide(topic)
                return .null
            }
        },
        ClusterMethod(
            method: ScriptMethod(
                "move_leader",
                [
                    .init("topic", "string", "The topic."), .init("partition", "integer", "The partition."),
                    .init("broker", "integer", optional: true, "The new leader; nil: there is none."),
                    .init(
                        "options", "{ announced?: boolean }", optional: true,
                        "`announced = false`: Metadata keeps naming the old one."),
                ], "Makes another broker the leader of a partition.")
        ) { call throws(WorldError) in
            let (topic, partition) = (try call.text(0), try call.number(1))
            let broker = call.any(2) == .null ? nil : try call.number(2)
            let options = try call.options(3, ["announced"])
            let isAnnounced = options["announced"] == nil ? true : try options.flag("announced")
            return { side throws(WorldError) in
                try side.partition(topic, partition)
                guard let broker else {
                    side.state.removeLeader(of: topic, partition)
                    return .null
                }
                guard side.state.brokers.contains(where: { $0.id == broker }) else {
                    throw WorldError("there is no broker \(broker)")
                }
                side.state.moveLeader(of: topic, partition, to: broker, announced: isAnnounced)
                return .null
            }
        },
        ClusterMethod(
            method: ScriptMethod(
                "delete_records",
                [
                    .init("topic", "string", "The topic."), .init("partition", "integer", "The partition."),
                    .init("before", "integer", "The first offset that stays."),
                ], "Moves the start of a log, as retention does.")
        ) { call throws(WorldError) in
            let (topic, partition) = (try call.text(0), try call.number(1))
            let before = try call.integer(2)
            return { side throws(WorldError) in
                try side.partition(topic, partition)
                side.state.deleteRecords(of: topic, partition, before: before)
                return .null
            }
        },
        ClusterMethod(
            method: ScriptMethod(
                "compact",
                [
                    .init("topic", "string", "The topic."), .init("partition", "integer", "The partition."),
                    .init(
                        "before", "integer", optional: true,
                        "The first offset that stays as it is; nil: everything stable is compacted."),
                ], "Leaves the last record of each key alone, as compaction does; where the log starts stays.")
        ) { call throws(WorldError) in
            let (topic, partition) = (try call.text(0), try call.number(1))
            let before = call.any(2) == .null ? nil : try call.integer(2)
            return { side throws(WorldError) in
                try side.partition(topic, partition)
                do {
                    try side.state.compact(topic, partition, below: before)
                } catch {
                    throw WorldError("topic '\(topic)' cannot be compacted: \(error)")
                }
                return .null
            }
        },
        ClusterMethod(
            method: ScriptMethod(
                "truncate",
                [
                    .init("topic", "string", "The topic."), .init("partition", "integer", "The partition."),
                    .init("to", "integer", "Where the log ends from here on."),
                ], "Loses the end of a log, as an unclean leader election does.")
        ) { call throws(WorldError) in
            let (topic, partition) = (try call.text(0), try call.number(1))
            let to = try call.integer(2)
            return { side throws(WorldError) in
                try side.partition(topic, partition)
                side.state.truncate(topic, partition, to: to)
                return .null
            }
        },
    ]
}

extension World.Side {
    func topic(_ name: String) throws(WorldError) -> Topic {
        guard let topic = state.topics[Name(name)] else { throw WorldError("there is no topic '\(name)'") }
        return topic
    }

    func partition(_ topic: String, _ partition: Int32) throws(WorldError) {
        let count = try self.topic(topic).partitions.count
        guard partition >= 0, Int(partition) < count else {
            throw WorldError("topic '\(topic)' has no partition \(partition): it has \(count)")
        }
    }
}
