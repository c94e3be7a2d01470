package import Transport

/// What came of dialling a broker.
package struct Dialled: Sendable {
    package let stream: Result<any ByteStream, TransportError>
    /// Each address tried, in order; empty where the name did not resolve.
    package let attempts: [DialAttempt]
    /// What TLS showed of the broker, where there is TLS and it came that far.
    package let tls: TLSFacts?

    package init(
        stream: Result<any ByteStream, TransportError>, attempts: [DialAttempt] = [], tls: TLSFacts? = nil
    ) {
        self.stream = stream
        self.attempts = attempts
        self.tls = tls
    }
}

/// Opens the byte stream to a broker.
package protocol Dialer: Sendable {
    func dial(_ address: HostPort, by deadline: Deadline) async -> Dialled
}

extension TCPDialer: Dialer {
    package func dial(_ address: HostPort, by deadline: Deadline) async -> Dialled {
        let (stream, attempts) = await connect(to: address.host, port: address.port, by: deadline)
        return Dialled(stream: stream.map { $0 }, attempts: attempts)
    }
}

/// How far an attempt to connect and log in came.
package struct ConnectReport: Sendable {
    package fileprivate(set) var attempts: [DialAttempt] = []
    package fileprivate(set) var isResolved = false
    package fileprivate(set) var isConnected = false
    /// Nil: there is no TLS, or it did not come far enough to show anything.
    package fileprivate(set) var tls: TLSFacts?
    package fileprivate(set) var versions = ApiVersionTable()
    /// The mechanisms that the broker offers, where it was asked.
    package fileprivate(set) var offeredMechanisms: [String] = []
    /// 0: the session does not end.
    package fileprivate(set) var sessionLifetimeMs: Int64 = 0
    /// Until the connection was set up and logged in.
    package fileprivate(set) var elapsed = Duration.zero
    /// Nil: the connection is set up and logged in, and leads to a broker of the cluster.
    package fileprivate(set) var failure: KafkaError?

    package init() {}

    /// Whether the broker itself refused the login, which is an observation; all else is the lack of one.
    package var isRefusal: Bool {
        switch failure?.reason {
        case .authentication: true
        case .tls(let failure): failure.kind == .clientCertificate
        default: false
        }
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
    private let refusals: Refusals

    /// For as long as `refusalsLast` a login that a broker refused is not tried there again, since some lock the
    /// principal out after a few.
    package init(
        dialer: any Dialer, reactor: Reactor, nursery: TaskNursery, settings: ConnectionMachine.Settings,
        connectTimeout: Duration = .seconds(10), refusalsLast: Duration = .zero, login: @escaping Login
    ) {
        self.dialer = dialer
        self.reactor = reactor
        self.nursery = nursery
        self.settings = settings
        self.connectTimeout = connectTimeout
        refusals = Refusals(lasting: refusalsLast)
        self.login = login
    }

    /// A connection that has negotiated and logged in.
    package func connect(to address: HostPort, by deadline: Deadline) async throws(KafkaError) -> Connection {
        var report = ConnectReport()
        return try await connect(to: address, by: deadline, &report)
    }

    /// Connects, logs in, has `verify` ask whose broker it is, and hangs up again: how far it came.
    func report(
        on address: HostPort, by deadline: Deadline, verify: (Connection) async throws(KafkaError) -> Void
    ) async -> ConnectReport {
        var report = ConnectReport()
        let start = ContinuousClock.now
        do throws(KafkaError) {
            let connection = try await connect(to: address, by: deadline, &report)
            report.elapsed = start.duration(to: .now)
            defer { connection.close() }
            try await verify(connection)
        } catch {
            report.failure = error
        }
        return report
    }

    private func connect(
        to address: HostPort, by deadline: Deadline, _ report: inout ConnectReport
    ) async throws(KafkaError) -> Connection {
        if let known = refusals.report(on: address), let failure = known.failure {
            report = known
            throw failure
        }
        do throws(KafkaError) {
            return try await negotiate(with: address, by: deadline, &report)
        } catch {
            if case .authentication = error.reason {
                var known = report
                known.failure = error
                refusals.keep(known, on: address)
            }
            throw error
        }
    }

    private func negotiate(
        with address: HostPort, by deadline: Deadline, _ report: inout ConnectReport
    ) async throws(KafkaError) -> Connection {
        do throws(KafkaError) {
            return try await connect(to: address, firstApiVersions: settings.firstApiVersions, by: deadline, &report)
        } catch {
            // Brokers and proxies that do not know ApiVersions v3 may hang up on it.
            guard error.reason == .hungUp, error.api == "ApiVersions", settings.firstApiVersions > 0 else {
                throw error
            }
            return try await connect(to: address, firstApiVersions: 0, by: deadline, &report)
        }
    }

    private func connect(
        to address: HostPort, firstApiVersions: Int16, by deadline: Deadline, _ report: inout ConnectReport
    ) async throws(KafkaError) -> Connection {
        var settings = settings
        settings.firstApiVersions = firstApiVersions
        settings.sasl = try await login(address, deadline)
        let limit = deadline.atMost(connectTimeout)
        let dialled = await dialer.dial(address, by: limit)
        report.attempts = dialled.attempts
        report.isResolved = !dialled.attempts.isEmpty
        report.isConnected = dialled.attempts.contains { $0.failure == nil }
        report.tls = dialled.tls
        let stream: any ByteStream
        switch dialled.stream {
        case .success(let opened): stream = opened
        case .failure(let error):
            let timedOut = error.reason == .deadline && !deadline.hasPassed
            // Connected, yet without a stream: it was the handshake.
            let step: String? = if report.isConnected { "TLS handshake" } else { nil }
            guard timedOut else {
                throw KafkaError(error).with { failure in
                    failure.broker = "\(address)"
                    // A failure of TLS itself has words of its own for it.
                    if case .tls = error.reason { return }
                    failure.api = step
                }
            }
            throw KafkaError(
                report.isConnected ? .requestTimeout : .transport(.connectTimeout), broker: "\(address)", api: step)
        }
        report.isResolved = true
        report.isConnected = true
        let connection = Connection(
            stream: stream, peer: "\(address)", settings: settings, reactor: reactor, tls: dialled.tls,
            renewal: settings.sasl.map { _ in renewal(with: address, report) })
        nursery.start { await connection.run() }
        defer {
            report.versions = connection.versions
            report.offeredMechanisms = connection.offeredMechanisms
            report.sessionLifetimeMs = connection.sessionLifetimeMs
        }
        do {
            try await connection.open(by: limit)
        } catch {
            connection.close()
            throw error.reason == .deadline && !deadline.hasPassed ? error.with { $0.reason = .requestTimeout } : error
        }
        return connection
    }

    /// A refusal in the middle of a connection's life is remembered as one at its beginning is; where nobody waited for
    /// an answer just then, whoever wants the next connection is told.
    private func renewal(with address: HostPort, _ report: ConnectReport) -> SessionRenewal {
        SessionRenewal(timeout: connectTimeout) { [refusals] failure, isHeard in
            var known = report
            known.failure = failure
            refusals.keep(known, on: address, isUnheard: !isHeard)
        } login: { [login] deadline throws(KafkaError) in
            try await login(address, deadline)
        }
    }
}
