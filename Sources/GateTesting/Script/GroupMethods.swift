import EmbeddedKafka
import Value

extension ClusterMethod {
    static let groups: [ClusterMethod] = [
        ClusterMethod(
            method: ScriptMethod(
                "group",
                [
                    .init("name", "string", "The group."),
                    .init(
                        "options",
                        "{ state?: string, type?: \"classic\"|\"consumer\"|\"share\", "
                            + "members?: { client?: string, assignment?: table<string, integer[]> }[], "
                            + "beside?: boolean }",
                        optional: true,
                        "Without members the group is empty, else stable. `beside`: mutation leaves it alone."),
                ], "Creates a group; a commit does so too.")
        ) { call throws(WorldError) in
            let name = try call.text(0)
            let options = try call.options(1, ["state", "type", "members", "beside"])
            let members = try Self.members(options)
            let kinds: [String: Group.Kind] = ["classic": .classic, "consumer": .consumer, "share": .share]
            let kind = try meaning(options, "type", kinds) ?? .classic
            let state = try options.text("state") ?? (members.isEmpty ? "Empty" : "Stable")
            let isBeside = try options.flag("beside")
            return { side throws(WorldError) in
                var group = side.state.groups[Name(name)] ?? Group()
                group.kind = kind
                group.state = state
                group.protocolType = "consumer"
                group.assignor = members.isEmpty ? "" : "range"
                group.epoch = 1
                group.members = members
                side.state.groups[Name(name)] = group
                if isBeside { side.beside.insert(Name(name)) }
                return .null
            }
        },
        ClusterMethod(
            method: ScriptMethod(
                "commit",
                [
                    .init("group", "string", "The group."), .init("topic", "string", "The topic."),
                    .init("partition", "integer", "The partition."),
                    .init("offset", "integer", optional: true, "The next record to read; nil: the commit is gone."),
                    .init("options", "{ metadata?: string, leader_epoch?: integer }", optional: true, "Rarely needed."),
                ], "Sets where a group stands in a partition.")
        ) { call throws(WorldError) in
            let (group, topic) = (try call.text(0), try call.text(1))
            let partition = try call.number(2)
            let offset = call.any(3) == .null ? nil : try call.integer(3)
            let options = try call.options(4, ["metadata", "leader_epoch"])
            let metadata = try options.text("metadata") ?? ""
            let epoch = try options.number("leader_epoch") ?? -1
            return { side throws(WorldError) in
                if let offset {
                    if side.state.groups[Name(group)] == nil { side.state.groups[Name(group)] = Group() }
                    side.state.groups[Name(group)]?.protocolType = "consumer"
                    side.state.commit(
                        offset, of: group, topic, partition, leaderEpoch: epoch, metadata: metadata)
                } else {
                    side.state.groups[Name(group)]?.commits[Name(topic)]?[partition] = nil
                }
                return .null
            }
        },
    ]

    private static func members(_ options: ScriptOptions) throws(WorldError) -> [Group.Member] {
        var members: [Group.Member] = []
        for (index, item) in try options.list("members").enumerated() {
            guard case .map(let entries) = item else { throw options.mistake("members", "a list of tables") }
            let member = try ScriptOptions(entries, of: "a member", known: ["client", "assignment"])
            let client = try member.text("client") ?? "consumer"
            var assignment: [Name: [Int32]] = [:]
            for (topic, value) in try member.map("assignment") {
                var partitions: [Int32] = []
                for item in value.elements {
                    guard let number = item.integer.flatMap({ Int32(exactly: $0) }) else {
                        throw member.mistake("assignment", "partitions by topic")
                    }
                    partitions.append(number)
                }
                assignment[Name(topic.description)] = partitions
            }
            members.append(
                Group.Member(
                    id: "\(client)-\(index + 1)", clientID: client, subscription: assignment.keys.map(\.text).sorted(),
                    assignment: assignment))
        }
        return members
    }
}
