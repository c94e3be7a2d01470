import Guarding
package import KafkaWire
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
        /// The newest version that the broker has, which tells releases apart.
        package let newest: Int16
        /// Nil where an address was asked without knowing which broker it is.
        package let node: Int32?
        package let broker: String
    }

    struct State {
        var clusterID: String?
        var controller: Int32 = -1
        var brokers: [Int32: BrokerInfo] = [:]
        var brokersReadAt: ContinuousClock.Instant?
        var topics: [String: CachedTopic] = [:]
        var allTopicsReadAt: ContinuousClock.Instant?
        /// Brokers that could not be reached where the metadata said: it may be out of date.
        var doubtful: Set<Int32> = []
        var coordinators: [ExactText: Int32] = [:]
    }

    struct CachedTopic {
        let topic: MetadataResponse.Topic
        let readAt: ContinuousClock.Instant
    }

    /// The most connections to one cluster at a time.
    package static let connectionLimit = ConnectionPool.limit

    package let bootstrap: [HostPort]
    package let ledger: RequestLedger
    /// A request's own bound; what remains to the deadline may be less.
    let requestTimeout: Duration
    let connector: Connector
    let pool: ConnectionPool
    let reactor: Reactor
    let state: Guarded<State>
    /// The same cluster as another principal sees it, or over other connections.
    private let peer: KafkaCluster?
    let metadataFlights: SingleFlight<Set<String>?, ClusterMetadata>
    let coordinatorFlights: SingleFlight<ExactText, Int32>

    /// `peer` is the same cluster as another principal sees it, or over other connections: what answers here and is
    /// another one is refused.
    package init(
        bootstrap: [HostPort], connector: Connector, reactor: Reactor, ledger: RequestLedger,
        requestTimeout: Duration = .seconds(30), peer: KafkaCluster? = nil
    ) {
        self.peer = peer
        self.bootstrap = bootstrap
        self.ledger = ledger
        self.requestTimeout = requestTimeout
        self.reactor = reactor
        self.connector = connector
        pool = ConnectionPool(connector: connector, reactor: reactor)
        state = Guarded(State())
        metadataFlights = SingleFlight(reactor: reactor)
        coordinatorFlights = SingleFlight(reactor: reactor)
    }

    /// The id of the cluster, once something has been read from it.
    package var clusterID: String? { state.withLock { $0.clusterID } }

    /// What TLS showed of a broker that is connected to; nil without TLS or without a connection.
    package var tls: TLSFacts? { pool.anyUsable?.connection.tls }

    package func close() { pool.closeAll() }

    // MARK: Connections

    /// A connection to ask over, and which broker is behind it, where that is known.
    struct Route {
        let lease: ConnectionPool.Lease
        let node: Int32?

        var connection: Connection { lease.connection }
    }

    func route(to destination: Destination, _ context: CallContext) async throws(KafkaError) -> Route {
        switch destination {
        case .any: return try await anyRoute(context)
        case .node(let node): return try await route(toNode: node, context)
        case .controller:
            // Asked each time: a controller that has moved says so only in the answers of some APIs.
            let controller = try await metadata(of: [], maxAge: .zero, context).controller
            return try await route(toNode: controller, context)
        case .group(let group):
            let node = try await coordinator(of: group, context)
            return try await route(toNode: node, context)
        }
    }

    private func route(toNode node: Int32, _ context: CallContext) async throws(KafkaError) -> Route {
        let isDoubtful = state.withLock { $0.brokers[node] == nil || $0.doubtful.contains(node) }
        if isDoubtful { _ = try await metadata(of: [], maxAge: .zero, context) }
        guard let broker = state.withLock({ $0.brokers[node] }) else {
            throw KafkaError(.broker(.brokerNotAvailable, message: "broker \(node) is not in the metadata"), node: node)
        }
        do {
            return Route(lease: try await connection(at: broker.address, context), node: node)
        } catch {
            // It may have come back at another address.
            state.withLock { _ = $0.doubtful.insert(node) }
            throw error.with { $0.node = node }
        }
    }

    private func connection(
        at address: HostPort, _ context: CallContext
    ) async throws(KafkaError) -> ConnectionPool.Lease {
        try await pool.connection(to: address, by: context.deadline) { connection throws(KafkaError) in
            try await self.verify(connection, context)
        }
    }

    /// The broker behind a bootstrap address or, where none answers, behind one that the metadata named.
    private func anyRoute(_ context: CallContext) async throws(KafkaError) -> Route {
        if let usable = pool.anyUsable {
            let lease = ConnectionPool.Lease(connection: usable.connection, isFresh: false)
            return Route(lease: lease, node: node(at: usable.address))
        }
        let known = state.withLock { $0.brokers.values.map(\.address).sorted() }
        let addresses = bootstrap + known.filter { !bootstrap.contains($0) }
        var last = KafkaError(.transport(.unresolved("no bootstrap server")))
        for (index, address) in addresses.enumerated() {
            // One that does not answer must leave time for those behind it.
            let share = max(.seconds(3), context.deadline.remaining / (addresses.count - index))
            var attempt = context
            attempt.deadline = context.deadline.atMost(share)
            do {
                return Route(lease: try await connection(at: address, attempt), node: node(at: address))
            } catch {
                let isOwnShare = error.reason == .deadline && !context.deadline.hasPassed
                last = isOwnShare ? error.with { $0.reason = .transport(.connectTimeout) } : error
                // One attempt on a wrong password: the next broker would count it too.
                if !last.isAboutOneBroker { throw last }
            }
        }
        throw last
    }

    /// Connects to a broker anew, in one attempt, and hangs up again: how far it came.
    ///
    /// A login that a broker of another cluster accepts is a failure like one that is refused.
    package func report(on address: HostPort, _ context: CallContext) async -> ConnectReport {
        await connector.report(on: address, by: context.deadline) { connection throws(KafkaError) in
            try check(try await metadata(over: connection, context).response, from: connection.peer)
        }
    }

    /// The finalized feature levels that the broker behind any connection reports.
    package func features(_ context: CallContext) async throws(KafkaError) -> [String: Int16] {
        try await route(to: .any, context).connection.versions.finalizedFeatures
    }

    private func node(at address: HostPort) -> Int32? {
        state.withLock { $0.brokers.values.first { $0.address == address }?.node }
    }

    /// Reads the cluster id over a new connection: an advertised address may lead to another cluster.
    private func verify(_ connection: Connection, _ context: CallContext) async throws(KafkaError) {
        let readAt = ContinuousClock.now
        let reply = try await metadata(over: connection, context)
        try check(reply.response, from: connection.peer)
        _ = try take(reply.response, from: reply, readAt: readAt)
    }

    private func metadata(
        over connection: Connection, _ context: CallContext
    ) async throws(KafkaError) -> Reply<MetadataResponse> {
        try await exchange(
            MetadataRequest.self, on: connection, node: nil, versions: MetadataRequest.spoken, context
        ) { _ in
            .with {
                $0.topics = []
                $0.allowAutoTopicCreation = false
            }
        }
    }

    /// Makes sure that an answer is one of this cluster's; the first one says which that is.
    func check(_ response: MetadataResponse, from peer: String) throws(KafkaError) {
        let found = response.clusterID
        guard let expected = identity(or: found), expected != found else { return }
        throw KafkaError(.otherCluster(expected: expected, found: found ?? "without an id"), broker: peer)
    }

    /// The id of the cluster: that of the first answer, here or to a peer; where there was none, what was `found` now.
    private func identity(or found: String?) -> String? {
        let known = peer.map { $0.identity(or: found) } ?? nil
        return state.withLock { state in
            state.clusterID = known ?? state.clusterID ?? found
            return state.clusterID
        }
    }

    /// Keeps what a Metadata answer says about the brokers.
    func take(
        _ response: MetadataResponse, from reply: Reply<MetadataResponse>, readAt: ContinuousClock.Instant
    ) throws(KafkaError) -> [BrokerInfo] {
        func failure(_ reason: KafkaError.Reason) -> KafkaError {
            KafkaError(reason, broker: reply.broker, node: reply.node, api: "Metadata", version: reply.version)
        }
        var brokers: [Int32: BrokerInfo] = [:]
        for broker in response.brokers {
            // Leaving it out would make "every broker was asked" untrue.
            guard let port = UInt16(exactly: broker.port), port > 0 else {
                throw failure(.malformed("broker \(broker.nodeID) advertises port \(broker.port)"))
            }
            brokers[broker.nodeID] = BrokerInfo(
                node: broker.nodeID, address: HostPort(host: broker.host, port: port), rack: broker.rack)
        }
        guard !brokers.isEmpty else {
            throw failure(.broker(.brokerNotAvailable, message: "the answer names no broker"))
        }
        state.withLock { state in
            state.controller = response.controllerID
            state.brokers = brokers
            state.brokersReadAt = readAt
            state.doubtful = []
        }
        return brokers.values.sorted { $0.node < $1.node }
    }

    // MARK: Calls

    /// Asks once: no retry but that of a connection that had gone stale while idle, and that only by `replacesStale`.
    package func call<R: WireRequest>(
        _ type: R.Type, to destination: Destination, versions: ClosedRange<Int16> = R.spoken,
        replacesStale: Bool = true, _ context: CallContext, build: (_ version: Int16) throws(KafkaError) -> R
    ) async throws(KafkaError) -> Reply<R.Response> {
        // Each connection that turns out to be stale is gone afterwards, so there are no more tries than connections.
        for _ in 0..<ConnectionPool.limit {
            let route = try await route(to: destination, context)
            do throws(KafkaError) {
                return try await exchange(
                    type, on: route.connection, node: route.node, versions: versions, context, build: build)
            } catch {
                // Brokers close what idles. What changes something may have been done, and is not asked again.
                guard replacesStale, !route.lease.isFresh, error.isLossOfConnection, R.key.isReadOnly else {
                    throw error
                }
            }
        }
        throw KafkaError(.transport(.closed), api: "\(R.key)")
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
            error.with {
                $0.broker = connection.peer
                $0.node = node
                $0.api = api
                $0.version = version
            }
        }
        let request = try build(version)
        do throws(KafkaError) {
            try await connection.unmuted(context)
        } catch {
            throw placed(error)
        }
        let start = ContinuousClock.now
        let sent = Guarded(0)
        let answer: Connection.Answer
        do throws(KafkaError) {
            answer = try await connection.exchange(
                key: R.key, version: version, hasFlexibleAnswer: R.hasFlexibleResponseHeader(version),
                by: context.deadline.atMost(requestTimeout)
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
        context.meter.add(bytesOut: bytesOut, bytesIn: answer.frameBytes, roundTrip: time)
        ledger.add(
            .init(broker: connection.peer, api: api, version: version), bytesOut: bytesOut,
            bytesIn: answer.frameBytes, time: time)
        do {
            let response = try R.response(from: answer.body, version: version)
            if let throttled = response as? any ThrottledResponse, throttled.throttleTimeMs > 0 {
                connection.mute(for: Int64(throttled.throttleTimeMs), context.time)
                context.meter.throttled(Int64(throttled.throttleTimeMs))
            }
            return Reply(
                response: response, version: version,
                newest: connection.versions.ranges[R.key]?.upperBound ?? version, node: node, broker: connection.peer)
        } catch {
            throw placed(KafkaError(.malformed("\(error)")))
        }
    }
}
