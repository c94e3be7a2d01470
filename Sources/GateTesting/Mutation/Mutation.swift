import EmbeddedKafka
import Gate

/// One fact of a world made otherwise than it is.
struct Mutation: Sendable {
    /// The kind of fact, as a manifest's `blind_to` names it.
    enum Fact: String, CaseIterable, Sendable {
        /// A topic is gone.
        case topic
        /// A topic has one partition more or less.
        case partitions
        /// A setting of a topic has another value.
        case config
        /// A log has one record more.
        case endOffset = "end_offset"
        /// Retention took the first record, or the first that a group has not read.
        case startOffset = "start_offset"
        /// A byte of a record's value is another.
        case record
        /// A byte of a batch is another, and its checksum wrong.
        case checksum
        /// A framed record names another schema.
        case schemaID = "schema_id"
        /// A partition has no leader.
        case leader
        /// A leader has moved, and Metadata names the old one.
        case staleLeader = "stale_leader"
        /// A replica has fallen out of those in sync.
        case isr
        /// A commit is gone, or beyond the end of the log.
        case commit
        /// A commit is one record behind.
        case commitBehind = "commit_behind"
        /// An access control entry is gone or says something else.
        case acl
        /// There is one more access control entry.
        case extraAcl = "extra_acl"
        /// An access control entry is for every resource of its kind, or for every operation.
        case broadAcl = "broad_acl"
        /// An entry is for another principal, or a password is wrong.
        case principal
        /// A quota is gone or has another value.
        case quota
        /// There is one more quota.
        case extraQuota = "extra_quota"
        /// A user whom SCRAM can log in is gone, or hashed more often.
        case scramUser = "scram_user"
        /// A broker's certificate has expired, is for another host or of another issuer, or one is asked of clients.
        case certificate
        /// A certificate of a broker's chain is valid for a day less.
        case expiry
        /// One of several brokers cannot be reached.
        case broker
        /// The cluster has another id.
        case clusterID = "cluster_id"
    }

    let fact: Fact
    let side: ClusterSide
    /// `topic orders has 3 partitions instead of 4`.
    let words: String
    let change: @Sendable (inout World.Side) -> Void

    init(
        _ fact: Fact, _ side: ClusterSide, _ words: String, _ change: @escaping @Sendable (inout World.Side) -> Void
    ) {
        self.fact = fact
        self.side = side
        self.words = words
        self.change = change
    }

    func applied(to world: World) -> World {
        var world = world
        change(&world[side])
        return world
    }

    /// So many of a kind on each side are tried, spread over what there is.
    static let most = 8

    /// Everything that can be changed in the clusters that a gate reads.
    static func all(of world: World, sides: Set<ClusterSide>, _ setup: RunSetup) -> [Mutation] {
        var chosen: [Mutation] = []
        for side in ClusterSide.allCases where sides.contains(side) {
            let found =
                topics(world[side], side) + logs(world[side], side) + groups(world[side], side)
                + access(world[side], side, setup) + certificates(world[side], side, setup) + cluster(world[side], side)
            for fact in Fact.allCases { chosen += spread(found.filter { $0.fact == fact }) }
        }
        return chosen
    }

    private static func spread(_ mutations: [Mutation]) -> [Mutation] {
        guard mutations.count > most else { return mutations }
        return (0..<most).map { mutations[$0 * (mutations.count - 1) / (most - 1)] }
    }
}
