import KafkaWire

/// All that a cluster knows: a value, so that every answer is a function of it and the request.
package struct ClusterState: Sendable {
    package internal(set) var profile: BrokerProfile
    package var clusterID: String
    package var controller: Int32
    package var brokers: [Broker]
    package var topics: [Name: Topic] = [:]
    package var groups: [Name: Group] = [:]
    package var transactions: [Name: Transaction] = [:]
    package var access = AccessControl()
    package var quotas: [Quota] = []
    package var scramUsers: [Name: [ScramCredential]] = [:]
    /// Passwords of SASL/PLAIN, by user.
    package var passwords: [Name: String] = [:]
    /// Milliseconds since 1970, as every broker of the cluster sees it.
    package var nowMs: Int64
    /// Whether clients have to show a certificate at the listener with TLS and without SASL.
    package var asksForCertificates = false
    /// Settings of `server.properties` that differ from Kafka's defaults.
    package var brokerSettings: [Name: String] = ["auto.create.topics.enable": "false"]
    /// Settings for all brokers that were changed while they ran.
    package var dynamicBrokerSettings: [Name: String]
    var nextProducerID: Int64 = 0
    var nextTopicNumber: UInt64 = 1
    var nextMemberNumber: UInt64 = 1

    package init(profile: BrokerProfile, clusterID: String, brokers: Int = 1, nowMs: Int64) {
        self.profile = profile
        dynamicBrokerSettings = profile.dynamicDefaults
        self.clusterID = clusterID
        self.nowMs = nowMs
        self.brokers = (1...Int32(max(1, brokers))).map { Broker(id: $0) }
        controller = 1
    }

    /// A broker and where its listeners are reached.
    package struct Broker: Sendable {
        package let id: Int32
        package var rack: String?
        package var endpoints: [Listener: Endpoint] = [:]
        package var isDown = false
        /// Its release, where that is another than the cluster's: brokers are upgraded one after the other.
        package var profile: BrokerProfile?
        /// What it shows at listeners with TLS; nil: it has none, and hangs up there.
        package var certificate: BrokerCertificate?
    }

    package struct Endpoint: Hashable, Sendable {
        package let host: String
        package let port: UInt16
        package init(host: String, port: UInt16) {
            self.host = host
            self.port = port
        }
    }

    /// A quota of a user, a client id or both; a nil name is the default.
    package struct Quota: Sendable {
        package var entity: [(type: String, name: String?)]
        package var values: [(key: String, value: Double)]

        package init(entity: [(type: String, name: String?)], values: [(key: String, value: Double)]) {
            self.entity = entity
            self.values = values
        }
    }

    package struct ScramCredential: Sendable {
        /// 1: SCRAM-SHA-256, 2: SCRAM-SHA-512.
        package var mechanism: Int8
        package var iterations: Int32
        /// Nil: the credential is shown, but nobody logs in with it.
        var secret: ScramSecret?

        package init(mechanism: Int8, iterations: Int32) {
            self.mechanism = mechanism
            self.iterations = iterations
        }
    }

    package struct Transaction: Sendable {
        package var producerID: Int64
        package var epoch: Int16
        package var state = "Empty"
        package var timeoutMs: Int32
        package var startMs: Int64 = -1
        package var partitions: [Name: [Int32]] = [:]
        /// Groups that it commits offsets of.
        var groups: Set<Name> = []
        /// The epoch before this one, from which a lost answer may be asked for again.
        var lastEpoch: Int16 = -1
    }

    var liveBrokers: [Broker] { brokers.filter { !$0.isDown } }

    func profile(of broker: Int32) -> BrokerProfile { self.broker(broker)?.profile ?? profile }

    /// Works an answer out as the release of a broker does.
    mutating func served<R, E: Error>(
        by broker: Int32, _ body: (inout ClusterState) throws(E) -> R
    ) throws(E) -> R {
        let common = profile
        profile = profile(of: broker)
        defer { profile = common }
        return try body(&self)
    }

    func broker(_ id: Int32) -> Broker? { brokers.first { $0.id == id } }

    /// The broker that answers for a group or a transactional id.
    ///
    /// As in Kafka: by the hash of the name over the 50 partitions of the internal topic, whose leaders go round.
    package func coordinator(of name: Name) -> Int32 { coordinator(of: name, in: "__consumer_offsets") }

    /// The same for a transactional id, of which another topic keeps what is known.
    package func transactionCoordinator(of name: Name) -> Int32 { coordinator(of: name, in: "__transaction_state") }

    private func coordinator(of name: Name, in topic: Name) -> Int32 {
        let partition = internalPartition(of: name)
        if let partitions = topics[topic]?.partitions, partition < partitions.count {
            return partitions[partition].leader
        }
        return brokers[partition % brokers.count].id
    }

    /// The partition of the internal topics that holds what is known of a group or a transactional id.
    func internalPartition(of name: Name) -> Int {
        Int(name.javaHash & .max) % (topics["__consumer_offsets"]?.partitions.count ?? 50)
    }

    /// Makes the topics in which brokers keep offsets and transactions, as they do themselves at the first need.
    ///
    /// Nothing is ever read from them here, so they stay empty.
    package mutating func createInternalTopics(partitions: Int = 50) {
        for name: Name in ["__consumer_offsets", "__transaction_state"] where topics[name] == nil {
            addTopic(
                name, replicas: placement(partitions: partitions, replication: 1),
                settings: ["cleanup.policy": "compact"], isInternal: true)
        }
    }

    func topic(withID id: KafkaUUID) -> (name: Name, topic: Topic)? {
        topics.first { $0.value.id == id }.map { ($0.key, $0.value) }
    }
}

/// Where clients come in: the first asks nobody who they are.
package enum Listener: String, CaseIterable, Hashable, Sendable {
    case plaintext = "PLAINTEXT"
    /// SASL/PLAIN without TLS.
    case sasl = "SASL_PLAINTEXT"
    case ssl = "SSL"
    case saslSSL = "SASL_SSL"

    package var hasTLS: Bool { self == .ssl || self == .saslSSL }
    var hasLogin: Bool { self == .sasl || self == .saslSSL }
}
