/// A consumer group: its commits, and the members a test gave it.
package struct Group: Sendable {
    package enum Kind: String, Sendable { case classic, consumer, share, streams }

    package struct Commit: Equatable, Sendable {
        package var offset: Int64
        package var leaderEpoch: Int32
        package var metadata: String
        /// A transaction that has not ended holds a newer commit.
        package var isPending = false
    }

    package struct Member: Sendable {
        package var id: String
        package var instanceID: String?
        package var clientID: String
        package var clientHost: String
        package var epoch: Int32
        package var subscription: [String]
        /// Partitions by topic.
        package var assignment: [Name: [Int32]]
        /// What it brought when it joined by the protocol; nil for a member that a test made.
        var session: MemberSession?

        package init(
            id: String, clientID: String = "consumer", clientHost: String = "/127.0.0.1", epoch: Int32 = 1,
            subscription: [String] = [], assignment: [Name: [Int32]] = [:], instanceID: String? = nil
        ) {
            self.id = id
            self.clientID = clientID
            self.clientHost = clientHost
            self.epoch = epoch
            self.subscription = subscription
            self.assignment = assignment
            self.instanceID = instanceID
        }
    }

    package var kind = Kind.classic
    /// As Kafka names it for the kind; `Empty` where there are no members.
    package var state = "Empty"
    /// The classic generation, or the group epoch.
    package var epoch: Int32 = 0
    package var assignor = ""
    package var protocolType = ""
    package var members: [Member] = []
    package var commits: [Name: [Int32: Commit]] = [:]
    /// Commits of transactions that have not ended, by producer.
    var pending: [Int64: [Name: [Int32: Commit]]] = [:]
    /// The member that assigns partitions.
    var leader = ""
    /// Ids given out to members that have not come back with them.
    var announced: Set<Name> = []

    package init() {}

    /// Whether a transaction that has not ended has something to commit for the partition.
    func hasPending(_ topic: Name, _ partition: Int32) -> Bool {
        commits[topic]?[partition]?.isPending == true
            || pending.values.contains { $0[topic]?[partition] != nil }
    }
}
