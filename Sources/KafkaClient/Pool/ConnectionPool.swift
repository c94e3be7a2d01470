import Synchronization
import Transport

/// The connections of one principal to one cluster: at most one to each address, made when first needed.
final class ConnectionPool: Sendable {
    private struct Entry {
        let connection: Connection
        var lastUse: UInt64
    }

    private struct State {
        var entries: [HostPort: Entry] = [:]
        var uses: UInt64 = 0
    }

    /// The bound on open connections; past it the one used longest ago makes room.
    static let limit = 64

    private let connector: Connector
    private let flights: SingleFlight<HostPort, Connection>
    private let state = Mutex(State())

    init(connector: Connector, reactor: Reactor) {
        self.connector = connector
        flights = SingleFlight(reactor: reactor)
    }

    /// An address with a connection that can be used at once, if any.
    var anyUsable: (address: HostPort, connection: Connection)? {
        state.withLock { state in
            state.entries.sorted { $0.key < $1.key }.first { $0.value.connection.isUsable }
                .map { ($0.key, $0.value.connection) }
        }
    }

    /// - Parameter verify: asked of each new connection before anybody gets it.
    func connection(
        to address: HostPort, by deadline: Deadline,
        verify: (Connection) async throws(KafkaError) -> Void
    ) async throws(KafkaError) -> Connection {
        if let connection = usable(address) { return connection }
        let result = await flights.run(address, by: deadline) {
            if let connection = usable(address) { return .success(connection) }
            do throws(KafkaError) {
                let connection = try await connector.connect(to: address, by: deadline)
                do throws(KafkaError) {
                    try await verify(connection)
                } catch {
                    connection.close()
                    throw error
                }
                keep(connection, at: address)
                return .success(connection)
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    private func usable(_ address: HostPort) -> Connection? {
        state.withLock { state in
            guard let entry = state.entries[address], entry.connection.isUsable else { return nil }
            state.uses += 1
            state.entries[address]?.lastUse = state.uses
            return entry.connection
        }
    }

    private func keep(_ connection: Connection, at address: HostPort) {
        let surplus = state.withLock { state -> [Connection] in
            var surplus: [Connection] = []
            if let old = state.entries.removeValue(forKey: address) { surplus.append(old.connection) }
            if state.entries.count >= Self.limit,
                let oldest = state.entries.filter({ $0.value.connection.isIdle })
                    .min(by: { $0.value.lastUse < $1.value.lastUse })
            {
                state.entries[oldest.key] = nil
                surplus.append(oldest.value.connection)
            }
            state.uses += 1
            state.entries[address] = Entry(connection: connection, lastUse: state.uses)
            return surplus
        }
        for connection in surplus { connection.close() }
    }

    func closeAll() {
        let all = state.withLock { state in
            defer { state.entries = [:] }
            return state.entries.values.map(\.connection)
        }
        for connection in all { connection.close() }
    }
}
