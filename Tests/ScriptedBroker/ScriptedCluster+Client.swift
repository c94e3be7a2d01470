package import KafkaClient
import Transport

extension ScriptedCluster {
    /// How a client of the scripted brokers is set up.
    package struct ClientSettings: Sendable {
        package var requestTimeout = Duration.seconds(30)
        package var login: Connector.Login = { _, _ in nil }
        package init() {}
    }

    /// Runs `body` with a client of this cluster, whose connections are gone when it returns.
    package func withClient<R: Sendable>(
        _ settings: ClientSettings = ClientSettings(), ledger: RequestLedger = RequestLedger(),
        _ body: @Sendable (KafkaCluster) async throws -> R
    ) async throws -> R {
        try await TaskNursery.with { nursery -> Result<R, any Error> in
            let connector = Connector(
                dialer: TCPDialer(reactor: self.reactor), reactor: self.reactor, nursery: nursery,
                settings: .init(), connectTimeout: .seconds(60), login: settings.login)
            let client = KafkaCluster(
                bootstrap: self.bootstrap, connector: connector, reactor: self.reactor,
                ledger: ledger, requestTimeout: settings.requestTimeout)
            defer { client.close() }
            do {
                return .success(try await body(client))
            } catch {
                return .failure(error)
            }
        }.get()
    }
}

extension CallContext {
    /// A call with this long to live.
    package static func within(_ duration: Duration) -> CallContext { CallContext(deadline: .after(duration)) }
}
