package import KafkaClient
import Transport

extension ServedCluster {
    /// Runs `body` with a client of this cluster, whose connections are gone when it returns.
    ///
    /// `beside` are further clusters that its network leads to.
    package func withClient<R: Sendable>(
        beside others: [ServedCluster] = [], ledger: RequestLedger = RequestLedger(), peer: KafkaCluster? = nil,
        _ body: @Sendable (KafkaCluster) async throws -> R
    ) async throws -> R {
        try await TaskNursery.with { nursery -> Result<R, any Error> in
            let connector = Connector(
                dialer: MemoryNetwork([self] + others), reactor: self.reactor, nursery: nursery, settings: .init(),
                connectTimeout: .seconds(60), login: { _, _ in nil })
            let client = KafkaCluster(
                bootstrap: self.bootstrap, connector: connector, reactor: self.reactor, ledger: ledger,
                requestTimeout: .seconds(60), peer: peer)
            defer { client.close() }
            do {
                return .success(try await body(client))
            } catch {
                return .failure(error)
            }
        }.get()
    }
}
