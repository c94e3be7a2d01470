import EmbeddedKafka
import Gate
import KafkaWire

/// Two clusters as a test has built them: a value, so that a run can be repeated with one fact changed.
struct World: Sendable {
    /// When time begins in every world, 2026-01-01T00:00:00Z, so that a test gives the same evidence each time.
    static let startMs: Int64 = 1_767_225_600_000

    /// One of the two clusters, and what stands between it and its clients.
    struct Side: Sendable {
        var state: ClusterState
        var faults: [WorldFault] = []
        /// Brokers that the cluster advertises and that cannot be reached from here.
        var unreachable: Set<Int32> = []
        /// Topics, groups and logins that stand beside the question: mutation leaves them alone.
        var beside: Set<Name> = []
        /// Access control entries of the same kind.
        var besideEntries: Set<AccessControl.Entry> = []
        /// Quotas of the same kind, by their entities.
        var besideQuotas: Set<String> = []

        init(_ side: ClusterSide, brokers: Int = 2, profile: BrokerProfile = .kafka4) {
            let id = side == .source ? "SourceClusterOfTheTest" : "TargetClusterOfTheTest"
            state = ClusterState(profile: profile, clusterID: id, brokers: brokers, nowMs: World.startMs)
            for index in state.brokers.indices {
                for (place, listener) in Listener.allCases.enumerated() {
                    state.brokers[index].endpoints[listener] = .init(
                        host: "\(side.rawValue)-\(state.brokers[index].id)", port: UInt16(9092 + place))
                }
            }
        }
    }

    /// Something that happens while gates run.
    struct Event: Sendable {
        let atMs: Int64
        let side: ClusterSide
        let change: @Sendable (inout Side) throws(WorldError) -> Void
    }

    /// Whom the clusters have their certificates from; keys alone, so that copies may share them.
    let authorities = CertificateAuthorities()
    private var source = Side(.source)
    private var target = Side(.target)
    /// In the order in which they were asked for.
    var events: [Event] = []
    var nowMs = World.startMs

    subscript(side: ClusterSide) -> Side {
        get { side == .source ? source : target }
        set {
            if side == .source { source = newValue } else { target = newValue }
        }
    }

    /// Moves both clusters' clocks, which takes along what retention ends and what was to happen until then.
    mutating func advance(toMs time: Int64) throws(WorldError) {
        let due = events.filter { $0.atMs <= time }.sorted { $0.atMs < $1.atMs }
        events.removeAll { $0.atMs <= time }
        for event in due {
            move(to: event.atMs)
            try event.change(&self[event.side])
        }
        move(to: time)
    }

    private mutating func move(to time: Int64) {
        nowMs = max(nowMs, time)
        for side in ClusterSide.allCases { self[side].state.advance(toMs: nowMs) }
    }
}

extension ClusterState.Quota {
    /// `user=billing,client-id=<default>`.
    var entityText: String { entity.map { "\($0.type)=\($0.name ?? "<default>")" }.joined(separator: ",") }
}

/// Something that goes wrong with the answers of a cluster.
struct WorldFault: Sendable {
    enum Effect: Sendable {
        case error(KafkaErrorCode)
        case throttle(ms: Int32)
        case delay(ms: Int64)
        case disconnect
        /// Bytes that are no answer.
        case garbage
    }

    var effect: Effect
    /// Nil: any.
    var api: ApiKey?
    /// Nil: any.
    var broker: Int32?
    /// Nil: from now on.
    var times: Int?
}

/// Why a world cannot be as the test asks.
struct WorldError: Error {
    let message: String

    init(_ message: String) { self.message = message }
}
