import EmbeddedKafka
import Value

extension ClusterMethod {
    private static let operations: [String: AccessControl.Operation] = [
        "all": .all, "read": .read, "write": .write, "create": .create, "delete": .delete, "alter": .alter,
        "describe": .describe, "cluster_action": .clusterAction, "describe_configs": .describeConfigs,
        "alter_configs": .alterConfigs, "idempotent_write": .idempotentWrite,
    ]
    private static let resources: [String: AccessControl.Resource] = [
        "topic": .topic, "group": .group, "cluster": .cluster, "transactional_id": .transactionalID,
    ]
    private static let beside = "`beside`: it stands beside the question, and mutation leaves it alone."
    /// Who the run is where nobody logs in: a super user, until the test says who is.
    private static let ownPrincipal = Name("User:ANONYMOUS")

    private static func entry(_ name: String, _ permission: AccessControl.Permission, _ doc: String) -> ClusterMethod {
        ClusterMethod(
            method: ScriptMethod(
                name,
                [
                    .init("principal", "string", "Such as `User:billing`."),
                    .init("operation", "string", "Such as `read`; `all` is every one."),
                    .init("resource", "\"topic\"|\"group\"|\"cluster\"|\"transactional_id\"", "What kind."),
                    .init("name", "string", optional: true, "Its name; `*`: any. A cluster needs none."),
                    .init("options", "{ prefixed?: boolean, host?: string, beside?: boolean }", optional: true, beside),
                ],
                doc + " With the first entry the cluster has an authorizer, to whom the run itself is a super user "
                    + "unless `authorizer` says otherwise.")
        ) { call throws(WorldError) in
            let principal = try call.text(0)
            let operation = try call.word(1, operations)
            let resource = try call.word(2, resources)
            let name = try call.optionalText(3) ?? (resource == .cluster ? "kafka-cluster" : nil)
            let options = try call.options(4, ["prefixed", "host", "beside"])
            let isPrefixed = try options.flag("prefixed")
            let host = try options.text("host") ?? "*"
            let isBeside = try options.flag("beside")
            guard let name else { throw WorldError("name of :\(call.method.name) must be a string") }
            return { side throws(WorldError) in
                var entry = AccessControl.Entry(
                    permission, principal, operation, resource, name, pattern: isPrefixed ? .prefixed : .literal)
                entry.host = host
                if !side.state.access.hasAuthorizer {
                    side.authorize()
                    side.state.access.superUsers.insert(ownPrincipal)
                }
                side.state.access.entries.append(entry)
                if isBeside { side.besideEntries.insert(entry) }
                return .null
            }
        }
    }

    static let access: [ClusterMethod] = [
        entry("allow", .allow, "Adds an access control entry that allows something."),
        entry("deny", .deny, "Adds an access control entry that denies something."),
        ClusterMethod(
            method: ScriptMethod(
                "authorizer",
                [
                    .init(
                        "options", "{ super_users?: string[], everyone?: boolean }", optional: true,
                        "Default: the run itself is the super user. `everyone`: what has no entry is allowed to all.")
                ], "Gives the cluster an authorizer.")
        ) { call throws(WorldError) in
            let options = try call.options(0, ["super_users", "everyone"])
            let users = try options["super_users"].map { _ throws(WorldError) in try options.texts("super_users") }
            let everyone = try options.flag("everyone")
            return { side throws(WorldError) in
                side.authorize()
                side.state.access.superUsers = Set(users?.map { Name($0) } ?? [ownPrincipal])
                side.state.access.allowsEveryoneWithoutEntry = everyone
                return .null
            }
        },
        ClusterMethod(
            method: ScriptMethod(
                "login",
                [
                    .init("user", "string", "Who logs in."),
                    .init("password", "string", optional: true, "The password; nil: not any more."),
                    .init(
                        "mechanism", "\"PLAIN\"|\"SCRAM-SHA-256\"|\"SCRAM-SHA-512\"", optional: true,
                        "By which mechanism; PLAIN."),
                ], "Lets a user in at the SASL listener.")
        ) { call throws(WorldError) in
            let user = try call.text(0)
            let password = try call.optionalText(1)
            let mechanisms: [String: Int8] = ["PLAIN": 0, "SCRAM-SHA-256": 1, "SCRAM-SHA-512": 2]
            let mechanism = call.any(2) == .null ? 0 : try call.word(2, mechanisms)
            return { side throws(WorldError) in
                guard mechanism > 0 else {
                    side.state.passwords[Name(user)] = password
                    return .null
                }
                side.state.scramUsers[Name(user)]?.removeAll { $0.mechanism == mechanism }
                if side.state.scramUsers[Name(user)]?.isEmpty == true { side.state.scramUsers[Name(user)] = nil }
                guard let password else { return .null }
                do {
                    try side.state.addScramUser(user, password: password, mechanism: mechanism)
                } catch {
                    throw WorldError("\(error)")
                }
                return .null
            }
        },
        ClusterMethod(
            method: ScriptMethod(
                "scram",
                [
                    .init("user", "string", "The user."),
                    .init("mechanism", "\"SCRAM-SHA-256\"|\"SCRAM-SHA-512\"", "The mechanism."),
                    .init("iterations", "integer", optional: true, "4096 where left out."),
                ], "Lists a user whom SCRAM can log in.")
        ) { call throws(WorldError) in
            let user = try call.text(0)
            let mechanism = try call.word(1, ["SCRAM-SHA-256": Int8(1), "SCRAM-SHA-512": Int8(2)])
            let iterations = try call.number(2, or: 4096)
            return { side throws(WorldError) in
                side.state.scramUsers[Name(user), default: []].append(
                    .init(mechanism: mechanism, iterations: iterations))
                return .null
            }
        },
        ClusterMethod(
            method: ScriptMethod(
                "quota",
                [
                    .init(
                        "entity", "table<string, string>",
                        "Whom it binds: `{ user = \"billing\" }`, `{ [\"client-id\"] = \"<default>\" }`."),
                    .init("limits", "table<string, number>", "Such as `{ consumer_byte_rate = 1048576 }`."),
                    .init("options", "{ beside?: boolean }", optional: true, beside),
                ], "Sets a client quota.")
        ) { call throws(WorldError) in
            let entity = try call.map(0).sorted { $0.key < $1.key }.map { ($0.key.description, $0.value.text ?? "") }
            var limits: [(String, Double)] = []
            for (key, value) in try call.map(1).sorted(by: { $0.key < $1.key }) {
                switch value {
                case .integer(let number): limits.append((key.description, Double(number)))
                case .number(let number): limits.append((key.description, number))
                default: throw WorldError("'\(key)' in limits of :quota must be a number")
                }
            }
            let values = limits
            let isBeside = try call.options(2, ["beside"]).flag("beside")
            guard !entity.isEmpty, !values.isEmpty else {
                throw WorldError(":quota takes an entity and at least one limit")
            }
            return { side throws(WorldError) in
                let quota = ClusterState.Quota(
                    entity: entity.map { (type: $0.0, name: $0.1 == "<default>" ? nil : $0.1) },
                    values: values.map { (key: $0.0, value: $0.1) })
                side.state.quotas.append(quota)
                if isBeside { side.besideQuotas.insert(quota.entityText) }
                return .null
            }
        },
    ]
}

extension World.Side {
    /// Gives the cluster the authorizer that comes with Kafka, which brokers name in their settings.
    fileprivate mutating func authorize() {
        state.access.hasAuthorizer = true
        state.brokerSettings["authorizer.class.name"] = "org.apache.kafka.metadata.authorizer.StandardAuthorizer"
    }
}
