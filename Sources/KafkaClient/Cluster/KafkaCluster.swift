package import KafkaWire
import Synchronization
package import Transport

/// One cluster, seen by one principal: connections, routing, metadata, retries.
///
/// Gates of a run share it, so that nothing is read twice.
package final class KafkaCluster: Sendable {
    /// Where a request goes.
    package enum Destination: Hashable, Sendable {
        case any
        case node(Int32)
        case controller
        /// The coordinator of a group.
        case group(String)
    }

    /// A decoded answer and where it came from.
    package struct Reply<Response: Sendable>: Sendable {
        package let response: Response
        package let version: Int16
        /// Nil where an address was asked without knowing which broker it is.
        package let node: Int32?
        package let broker: String
    }

    struct State {
        var clusterID: String?
        var controller: Int32 = -1
        var brokers: [Int32: BrokerInfo] = [:]
        var topics: [String: CachedTopic] = [:]
        var allTopicsReadAt: ContinuousClock.Instant?
        var coordinators: [String: Int32] = [:]
    }

    struct CachedTopic {
        let topic: MetadataResponse.Topic
        let readAt: ContinuousClock.Instant
    }

    /// The most connections to one cluster at a time.
    package static let connectionLimit = ConnectionPool.limit

    /// A request's own bound; what remains to the deadline may be less.
    static let requestTimeout = Duration.seconds(30)

    package let bootstrap: [HostPort]
    /// The cluster id that answers must come from, where the run knows it beforehand.
    package let ledger: RequestLedger
    let pool: ConnectionPool
    let reactor: Reactor
    let state: Mutex<State>
    let metadataFlights: SingleFlight<Set<String>?, ClusterMetadata>
    let coordinatorFlights: SingleFlight<String, Int32>

    package init(bootstrap: [HostPort], connector: Connector, reactor: Reactor, ledger: RequestLedger) {
        self.bootstrap = bootstrap
        self.ledger = ledger
        self.reactor = reactor
        pool = ConnectionPool(connector: connector, reactor: reactor)
        state = Mutex(State())
        metadataFlights = SingleFlight(reactor: reactor)
        coordinatorFlights = SingleFlight(reactor: reactor)
    }

    /// The id of the cluster, once something has been read from it.
    package var clusterID: String? { state.withLock { $0.clusterID } }

    /// What TLS showed of a broker that is connected to; nil without TLS or without a connection.
    package var tls: TLSFacts? { pool.anyUsable?.connection.tls }

    package func close() { pool.closeAll() }

    // MARK: Connections

    func connection(
        to destination: Destination, _ context: CallContext
    ) async throws(KafkaError) -> (connection: Connection, node: Int32?) {
        switch destination {
        case .any: return try await anyConnection(context)
        case .node(let node): return (try await connection(toNode: node, context), node)
        case .controller:
            var controller = state.withLock { $0.controller }
            if controller < 0 { controller = try await metadata(of: [], maxAge: .zero, context).controller }
            return (try await connection(toNode: controller, context), controller)
        case .group(let group):
            let node = try await coordinator(of: group, context)
            return (try await connection(toNode: node, context), node)
        }
    }

    private func connection(toNode node: Int32, _ context: CallContext) async throws(KafkaError) -> Connection {
        if state.withLock({ $0.brokers[node] }) == nil { _ = try await metadata(of: [], maxAge: .zero, context) }
        guard let broker = state.withLock({ $0.brokers[node] }) else {
            throw KafkaError(.broker(.brokerNotAvailable, message: "broker \(node) is not in the metadata"), node: node)
        }
        do {
            return try await connection(at: broker.address, context)
        } catch {
            throw error.with { $0.node = node }
        }
    }

    func connection(at address: HostPort, _ context: CallContext) async throws(KafkaError) -> Connection {
        try await pool.connection(to: address, by: context.deadline) { connection throws(KafkaError) in
            try await self.verify(connection, context)
        }
    }

    /// The broker behind a bootstrap address or, where none answers, behind one that the metadata named.
    private func anyConnection(
        _ context: CallContext
    ) async throws(KafkaError) -> (connection: Connection, node: Int32?) {
        if let usable = pool.anyUsable { return (usable.connection, node(at: usable.address)) }
        let known = state.withLock { $0.brokers.values.map(\.address).sorted() }
        var last: KafkaError?
        for address in bootstrap + known.filter({ !bootstrap.contains($0) }) {
            do {
                return (try await connection(at: address, context), node(at: address))
            } catch {
                last = error
                // One attempt on a wrong password: the next broker would count it too.
                if !error.isRetriable && !error.isAboutOneBroker { throw error }
            }
        }
        throw last ?? KafkaError(.transport(.unresolved("no bootstrap server")))
    }

    /// The finalized feature levels that the broker behind any connection reports.
    package func features(_ context: CallContext) async throws(KafkaError) -> [String: Int16] {
        try await connection(to: .any, context).connection.versions.finalizedFeatures
    }

    private func node(at address: HostPort) -> Int32? {
        state.withLock { $0.brokers.values.first { $0.address == address }?.node }
    }

    /// Reads the cluster id over a new connection: an advertised address may lead to another cluster.
    private func verify(_ connection: Connection, _ context: CallContext) async throws(KafkaError) {
        let reply = try await exchange(
            MetadataRequest.self, on: connection, node: nil, versions: MetadataRequest.spoken, context
        ) { _ in .with { $0.topics = []; $0.allowAutoTopicCreation = false } }
        guard let found = reply.response.clusterID else {
            take(reply.response)
            return
        }
        let expected = state.withLock { state in
            if state.clusterID == nil { state.clusterID = found }
            return state.clusterID
        }
        guard expected == found else {
            throw KafkaError(.otherCluster(expected: expected ?? "", found: found), broker: connection.peer)
        }
        take(reply.response)
    }

    /// Keeps what a Metadata answer says about the brokers.
    func take(_ response: MetadataResponse) {
        state.withLock { state in
            state.controller = response.controllerID
            var brokers: [Int32: BrokerInfo] = [:]
            for broker in response.brokers {
                guard let port = UInt16(exactly: broker.port) else { continue }
                brokers[broker.nodeID] = BrokerInfo(
                    node: broker.nodeID, address: HostPort(host: broker.host, port: port), rack: broker.rack)
            }
            if !brokers.isEmpty { state.brokers = brokers }
        }
    }

    // MARK: Calls

    /// Asks once: no retry but that of a connection that had gone stale while idle.
    package func call<R: WireRequest>(
        _ type: R.Type, to destination: Destination, versions: ClosedRange<Int16> = R.spoken, _ context: CallContext,
        build: (_ version: Int16) throws(KafkaError) -> R
    ) async throws(KafkaError) -> Reply<R.Response> {
        let (connection, node) = try await connection(to: destination, context)
        return try await exchange(type, on: connection, node: node, versions: versions, context, build: build)
    }

    func exchange<R: WireRequest>(
        _ type: R.Type, on connection: Connection, node: Int32?, versions: ClosedRange<Int16>, _ context: CallContext,
        build: (Int16) throws(KafkaError) -> R
    ) async throws(KafkaError) -> Reply<R.Response> {
        let api = "\(R.key)"
        guard let version = connection.versions.highest(of: R.key, in: versions) else {
            let offered = connection.versions.ranges[R.key].map { "versions \($0.lowerBound) to \($0.upperBound)" }
            throw KafkaError(
                .unsupported(
                    "\(api) versions \(versions.lowerBound) to \(versions.upperBound) are wanted; the broker has "
                        + (offered ?? "no such API")), broker: connection.peer, node: node, api: api)
        }
        func placed(_ error: KafkaError) -> KafkaError {
            error.with { $0.broker = connection.peer; $0.node = node; $0.api = api; $0.version = version }
        }
        let request = try build(version)
        let start = ContinuousClock.now
        let sent = Mutex(0)
        let answer: Connection.Answer
        do throws(KafkaError) {
            answer = try await connection.exchange(
                key: R.key, version: version, hasFlexibleAnswer: R.hasFlexibleResponseHeader(version),
                by: context.deadline.atMost(Self.requestTimeout)
            ) { correlation, client throws(WireError) in
                let frame = try request.frame(version: version, correlationID: correlation, clientID: client)
                sent.withLock { $0 = frame.count }
                return frame
            }
        } catch {
            let isOwnTimeout = error.reason == .deadline && !context.deadline.hasPassed
            throw placed(isOwnTimeout ? error.with { $0.reason = .requestTimeout } : error)
        }
        let time = start.duration(to: .now)
        let bytesOut = sent.withLock { $0 }
        context.meter.add(bytesOut: bytesOut, bytesIn: answer.frame.count, roundTrip: time)
        ledger.add(
            .init(broker: connection.peer, api: api, version: version), bytesOut: bytesOut,
            bytesIn: answer.frame.count, time: time)
        do {
            let response = try R.response(from: answer.frame[answer.offset...], version: version)
            if let throttled = response as? any ThrottledResponse, throttled.throttleTimeMs > 0 {
                connection.mute(for: Int64(throttled.throttleTimeMs))
                context.meter.throttled(Int64(throttled.throttleTimeMs))
            }
            return Reply(response: response, version: version, node: node, broker: connection.peer)
        } catch {
            throw placed(KafkaError(.malformed("\(error)")))
        }
    }
}
