import Guarding
import KafkaWire
import TLS
package import Transport

/// A Kafka cluster inside this process: real protocol bytes over loopback or memory, a state that tests can change.
///
/// One lock holds the state; answers are worked out under it one at a time, so a run of the same requests gives the
/// same answers.
package final class EmbeddedCluster: Sendable {
    package let faults = FaultPlan()
    package let authorities: CertificateAuthorities
    let reactor: Reactor
    let changes: ChangeSignal
    private let state: Guarded<ClusterState>
    /// Milliseconds since 1970; nil: time stands still unless ``advance(ms:)`` moves it.
    private let clock: (@Sendable () -> Int64)?
    private let listeners = Guarded<[Listening]>([])
    /// What is being served, by the number of its arrival.
    private let connections = Guarded<(next: Int, open: [Int: Arrival])>((0, [:]))
    private let arrivals = AsyncStream.makeStream(of: Arrival.self)

    /// A connection that came in.
    private struct Arrival: Sendable {
        let stream: any ByteStream
        let broker: Int32
        let listener: Listener
    }

    private struct Listening: Sendable {
        let socket: TCPListener
        let broker: Int32
        let listener: Listener
    }

    package init(
        _ state: ClusterState, reactor: Reactor, authorities: CertificateAuthorities = CertificateAuthorities(),
        clock: (@Sendable () -> Int64)? = nil
    ) {
        var state = state
        self.authorities = authorities
        for index in state.brokers.indices {
            for (place, listener) in Listener.allCases.enumerated()
            where state.brokers[index].endpoints[listener] == nil {
                state.brokers[index].endpoints[listener] = .init(
                    host: "memory", port: UInt16(9092 + place * 1000 + Int(state.brokers[index].id)))
            }
        }
        self.state = Guarded(state)
        self.reactor = reactor
        self.clock = clock
        changes = ChangeSignal(reactor: reactor)
    }

    // MARK: The state

    package func read<R: Sendable>(_ body: (ClusterState) throws -> R) rethrows -> R {
        try state.withLock { try body($0) }
    }

    /// Changes the world, and wakes fetches that wait for news.
    @discardableResult
    package func change<R: Sendable>(_ body: (inout ClusterState) throws -> R) rethrows -> R {
        defer { changes.notify() }
        return try state.withLock { state in
            if let clock { state.nowMs = clock() }
            return try body(&state)
        }
    }

    /// Whether time passes without ``advance(ms:)``.
    var hasClock: Bool { clock != nil }

    /// Lets members go that were not heard of; wakes nobody where there are none.
    func expireMembers() {
        let isChanged = state.withLock { state in
            if let clock { state.nowMs = clock() }
            return state.expireMembers()
        }
        if isChanged { changes.notify() }
    }

    /// Answers a request; only one that changed something wakes the others.
    func answering<R: Sendable>(_ api: ApiKey, _ body: (inout ClusterState) -> R) -> R {
        var isChanged = !api.isReadOnly
        defer { if isChanged { changes.notify() } }
        return state.withLock { state in
            if let clock {
                state.nowMs = clock()
                isChanged = state.expireTransactions() || isChanged
            }
            return body(&state)
        }
    }

    /// Moves the cluster's clock, which takes along what retention then ends.
    package func advance(ms: Int64) { change { $0.advance(toMs: $0.nowMs + ms) } }

    // MARK: Connections

    /// Opens a loopback port for each broker and listener, and advertises it.
    package func listen(_ kinds: [Listener] = [.plaintext]) throws(TransportError) {
        let brokers = read { $0.brokers.map(\.id) }
        for broker in brokers {
            for kind in kinds {
                let socket = try TCPListener(reactor: reactor)
                listeners.withLock { $0.append(Listening(socket: socket, broker: broker, listener: kind)) }
                change { state in
                    guard let index = state.brokers.firstIndex(where: { $0.id == broker }) else { return }
                    state.brokers[index].endpoints[kind] = .init(host: "127.0.0.1", port: socket.port)
                }
            }
        }
    }

    /// `HOST:PORT,…` of one kind of listener.
    package func bootstrap(_ kind: Listener = .plaintext) -> String {
        read { state in
            state.brokers.compactMap { $0.endpoints[kind] }.map { "\($0.host):\($0.port)" }.joined(separator: ",")
        }
    }

    /// A connection in memory to a broker; it is served while ``serve()`` runs.
    package func connect(to broker: Int32, _ kind: Listener = .plaintext) -> MemoryStream {
        let peer = read { $0.broker(broker)?.endpoints[kind] }.map { "\($0.host):\($0.port)" } ?? "memory:0"
        let (client, server) = MemoryStream.pair(server: peer, reactor: reactor)
        arrivals.continuation.yield(Arrival(stream: server, broker: broker, listener: kind))
        return client
    }

    /// Serves connections until ``close()`` or cancellation.
    package func serve() async {
        await withTaskCancellationHandler {
            await withDiscardingTaskGroup { group in
                for listening in listeners.withLock({ $0 }) {
                    group.addTask { await self.accept(listening) }
                }
                for await arrival in arrivals.stream {
                    group.addTask { await self.serve(arrival) }
                }
                group.cancelAll()
            }
        } onCancel: {
            close()
        }
    }

    private func serve(_ arrival: Arrival) async {
        let number = connections.withLock { connections in
            connections.next += 1
            connections.open[connections.next] = arrival
            return connections.next
        }
        defer { connections.withLock { _ = $0.open.removeValue(forKey: number) } }
        guard arrival.listener.hasTLS else { return await serve(arrival, over: arrival.stream, subject: nil) }
        do throws(TransportError) {
            let stream = try await secured(arrival)
            let subject = arrival.listener == .ssl ? stream.facts.chain.first?.subject : nil
            await serve(arrival, over: stream, subject: subject)
        } catch {
            arrival.stream.close()
        }
    }

    private func serve(_ arrival: Arrival, over stream: any ByteStream, subject: String?) async {
        await BrokerConnection(
            cluster: self, stream: stream,
            session: Session(broker: arrival.broker, listener: arrival.listener, subject: subject)
        ).serve()
    }

    private func secured(_ arrival: Arrival) async throws(TransportError) -> TLSStream {
        let (broker, asksClients, nowMs) = read { state in
            (state.broker(arrival.broker), state.asksForCertificates && arrival.listener == .ssl, state.nowMs)
        }
        guard let broker, !broker.isDown, let certificate = broker.certificate else {
            throw TransportError(.closed, peer: arrival.stream.peer)
        }
        let context: TLSServerContext
        do throws(TLSFailure) {
            let host = broker.endpoints[arrival.listener]?.host ?? "memory"
            context = try authorities.context(certificate, host: host, asksClients: asksClients)
        } catch {
            throw TransportError(.tls(error), peer: arrival.stream.peer)
        }
        return try await TLSStream.accept(
            over: arrival.stream, context, at: nowMs / 1000, by: .after(.seconds(60)))
    }

    /// Closes the connections that a broker has at the moment, as one does with those that idle; it takes new ones.
    package func disconnectClients(of broker: Int32) {
        let streams = connections.withLock { $0.open.values.filter { $0.broker == broker }.map(\.stream) }
        for stream in streams { stream.close() }
    }

    /// Ends every connection and listener.
    package func close() {
        for listening in listeners.withLock({ $0 }) { listening.socket.close() }
        arrivals.continuation.finish()
        changes.notify(closing: true)
    }

    private func accept(_ listening: Listening) async {
        // Nothing but the end of the listener ends the wait.
        while let stream = try? await listening.socket.accept(by: .after(.seconds(365 * 86_400))) {
            arrivals.continuation.yield(
                Arrival(stream: stream, broker: listening.broker, listener: listening.listener))
        }
    }

    func isDown(_ broker: Int32) -> Bool { read { $0.broker(broker)?.isDown ?? true } }
}
