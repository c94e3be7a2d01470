import Testing

/// Two clusters with an authorizer whose ACLs and quotas the tests replace, one test after another.
///
/// The target is open where no ACL speaks of a resource and knows one more super user: both stand in `server.properties`
/// and in no list. Whoever comes to the `PLAINTEXT` listener may do everything.
struct AccessWorld: Sendable {
    let source: RealKafka
    let target: RealKafka
    private let folder: TemporaryFolder

    static let passwords = ["billing": "b1lling-pass", "orders": "0rders-pass", "root": "r00t-pass"]
    static let topics = ["acc-orders", "acc-payments", "acc-audit"]
    /// With a commit on the source, unknown to the target.
    static let group = "acc-billing"

    static var shared: AccessWorld { get async throws { try await start.value } }

    private static let start = Task {
        let security = KafkaSecurity.saslPlain(passwords)
        let listeners = [KafkaSecurity.listener: "SASL_PLAINTEXT"]
        async let starting = RealKafka.start(KafkaInstallation.source(), listeners: listeners, properties: security)
        async let other = RealKafka.start(
            KafkaInstallation.target(), listeners: listeners,
            properties: security.merging([
                "super.users": "User:ANONYMOUS;User:root", "allow.everyone.if.no.acl.found": "true",
            ]) { $1 })
        let world = try await AccessWorld(source: starting, target: other, folder: TemporaryFolder("access"))
        for kafka in [world.source, world.target] {
            for topic in topics {
                try await kafka.fixture.createTopic(topic)
                try await kafka.fixture.produce(1, to: topic)
            }
        }
        try await world.source.fixture.commit(group, topics[0], [0: 0])
        return world
    }

    func access(_ side: SharedCluster) -> AccessFixture { AccessFixture(kafka: side == .source ? source : target) }

    /// Makes these the ACLs of both clusters, with more on one.
    func set(_ both: [AclEntry], source: [AclEntry] = [], target: [AclEntry] = []) async throws {
        async let one: Void = access(.source).set(both + source)
        async let other: Void = access(.target).set(both + target)
        _ = try await (one, other)
    }

    /// Runs gates as super user, with principals by their user, or by `source:target` where those differ.
    func run(
        _ gates: String..., as principals: [String: String] = [:], set: [String] = [], options: [String] = []
    ) async throws -> SluiceCommand.Result {
        var all = options + ["--allow", "plaintext_password"]
        for (name, users) in principals.sorted(by: { $0.key < $1.key }) {
            let user = users.split(separator: ":").map(String.init)
            let files = try [client(user[0], on: source), client(user.last ?? "", on: target)]
            all += ["--principal", "\(name)=\(files.joined(separator: ":"))"]
        }
        return try await SluiceCommand.gates(
            gates, source: source.bootstrap, target: target.bootstrap, set: set, all)
    }

    /// A `client.properties` of a user, to log in there.
    func client(_ user: String, on kafka: RealKafka, password: String? = nil) throws -> String {
        let text = KafkaSecurity.clientProperties(user: user, password: password ?? Self.passwords[user] ?? "")
        let bootstrap = kafka.bootstrap(KafkaSecurity.listener)
        return try folder.write(
            text + "bootstrap.servers=\(bootstrap)\n",
            to: "\(user)-\(kafka.clusterID)\(password == nil ? "" : "-wrong").properties")
    }
}

/// The gates on permissions and quotas against what Kafka itself does: one at a time, since ACLs are a cluster's own.
@Suite(.enabled(if: RealKafka.isAvailable, "KAFKA_HOME is not set"), .serialized)
struct AccessGateTests {}

extension EvidenceLines {
    /// The subjects of a gate's failing checks of one name.
    func failed(_ check: String, gate: String) -> Set<JSON> {
        Set(checks(check, gate: gate, ok: false).map { $0["subject"] })
    }

    /// The names of all checks of a gate that failed.
    func failedChecks(_ gate: String) -> Set<String> {
        Set(of("check", gate: gate).filter { $0["ok"] == false }.compactMap { $0["check"].string })
    }

    /// The facts of a gate's notes of one name.
    func notes(_ name: String, gate: String) -> [JSON] {
        of("note", gate: gate).filter { $0["name"].string == name }.map { $0["facts"] }
    }
}
