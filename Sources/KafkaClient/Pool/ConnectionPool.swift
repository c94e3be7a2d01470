import Guarding
import Transport

/// The connections of one principal to one cluster: at most one to each address, made when first needed.
final class ConnectionPool: Sendable {
    private struct Entry {
        let connection: Connection
        var lastUse: UInt64
    }

    private struct State {
        var entries: [HostPort: Entry] = [:]
        /// Connections being made, which count as open.
        var dialling = 0
        var uses: UInt64 = 0
    }

    /// A connection, and whether it was made for the caller: one that was not may have gone stale while it was idle.
    struct Lease: Sendable {
        let connection: Connection
        let isFresh: Bool
    }

    /// The bound on open connections; past it the one used longest ago makes room, or the new one waits for room.
    static let limit = 64

    private let connector: Connector
    private let flights: SingleFlight<HostPort, Connection>
    private let state = Guarded(State())

    init(connector: Connector, reactor: Reactor) {
        self.connector = connector
        flights = SingleFlight(reactor: reactor)
    }

    /// An address with a connection that can be used at once, if any.
    var anyUsable: (address: HostPort, connection: Connection)? {
        state.withLock { state in
            state.entries.filter { $0.value.connection.isUsable }.min { $0.key < $1.key }
                .map { ($0.key, $0.value.connection) }
        }
    }

    /// The connection to `address`; `verify` is asked of a new one before anybody gets it.
    func connection(
        to address: HostPort, by deadline: Deadline,
        verify: (Connection) async throws(KafkaError) -> Void
    ) async throws(KafkaError) -> Lease {
        if let connection = usable(address) { return Lease(connection: connection, isFresh: false) }
        let result = await flights.run(address, by: deadline) {
            if let connection = usable(address) { return .success(connection) }
            do throws(KafkaError) {
                return .success(try await make(address, by: deadline, verify: verify))
            } catch {
                return .failure(error)
            }
        }
        return Lease(connection: try result.get(), isFresh: true)
    }

    private func make(
        _ address: HostPort, by deadline: Deadline, verify: (Connection) async throws(KafkaError) -> Void
    ) async throws(KafkaError) -> Connection {
        try await reserve(by: deadline)
        do throws(KafkaError) {
            let connection = try await connector.connect(to: address, by: deadline)
            do throws(KafkaError) {
                try await verify(connection)
            } catch {
                connection.close()
                throw error
            }
            keep(connection, at: address)
            return connection
        } catch {
            state.withLock { $0.dialling -= 1 }
            throw error
        }
    }

    private func usable(_ address: HostPort) -> Connection? {
        state.withLock { state in
            guard let entry = state.entries[address], entry.connection.isUsable else { return nil }
            state.uses += 1
            state.entries[address]?.lastUse = state.uses
            return entry.connection
        }
    }

    /// Makes room for one more connection.
    private func reserve(by deadline: Deadline) async throws(KafkaError) {
        while true {
            let (isReserved, idle) = state.withLock { state -> (Bool, Connection?) in
                if state.entries.count + state.dialling < Self.limit {
                    state.dialling += 1
                    return (true, nil)
                }
                let idle = state.entries.filter { $0.value.connection.isIdle }
                    .min { $0.value.lastUse < $1.value.lastUse }
                return (false, idle.flatMap { state.entries.removeValue(forKey: $0.key)?.connection })
            }
            if isReserved { return }
            if let idle {
                idle.retire()
                continue
            }
            // All are waiting for answers; each has a deadline, so one will be idle soon.
            let pause = deadline.atMost(.milliseconds(20))
            do { try await Task.sleep(until: pause.instant, clock: .continuous) } catch {
                throw KafkaError(.cancelled)
            }
            if deadline.hasPassed { throw KafkaError(.deadline) }
        }
    }

    private func keep(_ connection: Connection, at address: HostPort) {
        let old = state.withLock { state in
            state.dialling -= 1
            state.uses += 1
            return state.entries.updateValue(Entry(connection: connection, lastUse: state.uses), forKey: address)
        }
        old?.connection.retire()
    }

    func closeAll() {
        let all = state.withLock { state in
            defer { state.entries = [:] }
            return state.entries.values.map(\.connection)
        }
        for connection in all { connection.close() }
    }
}
