package import Transport

/// Opens the byte stream to a broker.
package protocol Dialer: Sendable {
    func dial(_ address: HostPort, by deadline: Deadline) async throws(TransportError) -> any ByteStream
}

extension TCPDialer: Dialer {
    package func dial(_ address: HostPort, by deadline: Deadline) async throws(TransportError) -> any ByteStream {
        try await connect(to: address.host, port: address.port, by: deadline).stream
    }
}

/// Sets up connections: stream, versions, login.
package struct Connector: Sendable {
    package typealias Login = @Sendable (HostPort, Deadline) async throws(KafkaError) -> (any SaslExchange)?

    private let dialer: any Dialer
    private let reactor: Reactor
    private let nursery: TaskNursery
    private let settings: ConnectionMachine.Settings
    /// Makes the login for a broker; the mechanisms that sign the host name need it.
    private let login: Login
    /// At most this long for one attempt to connect.
    private let connectTimeout: Duration

    package init(
        dialer: any Dialer, reactor: Reactor, nursery: TaskNursery, settings: ConnectionMachine.Settings,
        connectTimeout: Duration = .seconds(10), login: @escaping Login
    ) {
        self.dialer = dialer
        self.reactor = reactor
        self.nursery = nursery
        self.settings = settings
        self.connectTimeout = connectTimeout
        self.login = login
    }

    /// A connection that has negotiated and logged in.
    package func connect(to address: HostPort, by deadline: Deadline) async throws(KafkaError) -> Connection {
        do {
            return try await connect(to: address, firstApiVersions: settings.firstApiVersions, by: deadline)
        } catch {
            // Brokers and proxies that do not know ApiVersions v3 may hang up on it.
            guard error.reason == .hungUp, error.api == "ApiVersions", settings.firstApiVersions > 0 else { throw error }
            return try await connect(to: address, firstApiVersions: 0, by: deadline)
        }
    }

    private func connect(
        to address: HostPort, firstApiVersions: Int16, by deadline: Deadline
    ) async throws(KafkaError) -> Connection {
        var settings = settings
        settings.firstApiVersions = firstApiVersions
        settings.sasl = try await login(address, deadline)
        let limit = deadline.atMost(connectTimeout)
        let stream: any ByteStream
        do {
            stream = try await dialer.dial(address, by: limit)
        } catch {
            let timedOut = error.reason == .deadline && !deadline.hasPassed
            throw timedOut
                ? KafkaError(.transport(.connectTimeout), broker: "\(address)")
                : KafkaError(error).with { $0.broker = "\(address)" }
        }
        let connection = Connection(stream: stream, settings: settings, reactor: reactor)
        nursery.start { await connection.run() }
        do {
            try await connection.open(by: limit)
        } catch {
            connection.close()
            throw error.reason == .deadline && !deadline.hasPassed ? error.with { $0.reason = .requestTimeout } : error
        }
        return connection
    }
}
