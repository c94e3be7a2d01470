import EmbeddedKafka
import Gate

extension Mutation {
    static func access(_ world: World.Side, _ side: ClusterSide, _ setup: RunSetup) -> [Mutation] {
        acls(world, side) + logins(world, side, setup) + quotas(world, side) + scramUsers(world, side)
    }

    private static func acls(_ world: World.Side, _ side: ClusterSide) -> [Mutation] {
        guard world.state.access.hasAuthorizer else { return [] }
        var found = [
            Mutation(.extraAcl, side, "there is one more access control entry, for User:stranger") {
                $0.state.access.entries.append(.init(.allow, "User:stranger", .read, .topic, "strange"))
            }
        ]
        for (index, entry) in world.state.access.entries.enumerated() where !world.besideEntries.contains(entry) {
            let words = words(entry)
            found.append(
                Mutation(.acl, side, "the entry '\(words)' is gone") { $0.state.access.entries.remove(at: index) })
            found.append(
                Mutation(.acl, side, "the entry '\(words)' does the opposite") {
                    $0.state.access.entries[index].permission = entry.permission == .allow ? .deny : .allow
                })
            found.append(
                Mutation(.principal, side, "the entry '\(words)' is for User:stranger") {
                    $0.state.access.entries[index].principal = "User:stranger"
                })
            if entry.permission == .allow, entry.operation != .all {
                found.append(
                    Mutation(.broadAcl, side, "the entry '\(words)' is for every operation") {
                        $0.state.access.entries[index].operation = .all
                    })
            }
            guard entry.name != "*", entry.resource != .cluster else { continue }
            found.append(
                Mutation(.broadAcl, side, "the entry '\(words)' is for every \(entry.resource)") {
                    $0.state.access.entries[index].name = "*"
                    $0.state.access.entries[index].pattern = .literal
                })
        }
        return found
    }

    private static func words(_ entry: AccessControl.Entry) -> String {
        let star = entry.pattern == .prefixed ? "*" : ""
        return "\(entry.permission) \(entry.principal) \(entry.operation) \(entry.resource) \(entry.name)\(star)"
    }

    private static func logins(_ world: World.Side, _ side: ClusterSide, _ setup: RunSetup) -> [Mutation] {
        world.state.passwords.sorted { $0.key < $1.key }.map { user, password in
            // Where another is tried than the right one, it is that which must not be let in.
            if let tried = setup.passwords[user.text], tried != password {
                return Mutation(.principal, side, "the password of \(user) is the one that is tried") {
                    $0.state.passwords[user] = tried
                }
            }
            return Mutation(.principal, side, "the password of \(user) is another") {
                $0.state.passwords[user] = password + "-changed"
            }
        }
    }

    private static func quotas(_ world: World.Side, _ side: ClusterSide) -> [Mutation] {
        let known = world.state.quotas.enumerated().flatMap { index, quota -> [Mutation] in
            let entity = quota.entityText
            guard !world.besideQuotas.contains(entity) else { return [] }
            let gone = Mutation(.quota, side, "the quota of \(entity) is gone") { $0.state.quotas.remove(at: index) }
            return [gone]
                + quota.values.indices.map { value in
                    Mutation(.quota, side, "\(quota.values[value].key) of \(entity) is one more") {
                        $0.state.quotas[index].values[value].value += 1
                    }
                }
        }
        guard !known.isEmpty else { return [] }
        return known + [
            Mutation(.extraQuota, side, "there is one more quota, for user=stranger") {
                $0.state.quotas.append(
                    .init(entity: [(type: "user", name: "stranger")], values: [(key: "consumer_byte_rate", value: 1)]))
            }
        ]
    }

    private static func scramUsers(_ world: World.Side, _ side: ClusterSide) -> [Mutation] {
        world.state.scramUsers.keys.sorted().flatMap { user -> [Mutation] in
            [
                Mutation(.scramUser, side, "SCRAM user \(user) is gone") { $0.state.scramUsers[user] = nil },
                Mutation(.scramUser, side, "SCRAM user \(user) is hashed once more") {
                    $0.state.scramUsers[user]?[0].iterations += 1
                },
            ]
        }
    }

    static func cluster(_ world: World.Side, _ side: ClusterSide) -> [Mutation] {
        var found = [
            Mutation(.clusterID, side, "the cluster has another id") { $0.state.clusterID = "AnotherClusterThanThat" }
        ]
        let live = world.state.brokers.filter { !$0.isDown && !world.unreachable.contains($0.id) }.map(\.id)
        if live.count > 1 {
            found += live.map { id in
                Mutation(.broker, side, "broker \(id) cannot be reached") { $0.unreachable.insert(id) }
            }
        }
        return found
    }
}
