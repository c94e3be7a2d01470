package import Transport

/// How a connection logs in again before its session ends (KIP-368).
package struct SessionRenewal: Sendable {
    /// The login to be made, with a fresh token where the mechanism has one.
    package let login: @Sendable (Deadline) async throws(KafkaError) -> (any SaslExchange)?
    /// Told of the broker's refusal, which ends the connection, and whether a request waited and so heard of it.
    ///
    /// Must not come back to the connection.
    package let refused: @Sendable (_ failure: KafkaError, _ isHeard: Bool) -> Void
    /// How long the broker may take.
    package let timeout: Duration

    package init(
        timeout: Duration, refused: @escaping @Sendable (_ failure: KafkaError, _ isHeard: Bool) -> Void = { _, _ in },
        login: @escaping @Sendable (Deadline) async throws(KafkaError) -> (any SaslExchange)?
    ) {
        self.timeout = timeout
        self.refused = refused
        self.login = login
    }
}

/// When a session is renewed, and from when on no request may begin in it.
struct SessionSchedule: Hashable, Sendable {
    /// Nil: it is not renewed; a new connection takes over.
    let renewal: ContinuousClock.Instant?
    let end: ContinuousClock.Instant

    /// Kafka takes a re-authentication for an error where the last one began less than a second ago.
    private static let leastInterval = Duration.milliseconds(1050)
    /// A session is never taken to be longer, which costs a login a week and keeps every sum in bounds.
    private static let longest = Duration.seconds(7 * 86_400)

    /// Nil where the session does not end.
    ///
    /// The `jitter`, 0 to 1, keeps clients from logging in all at once.
    init?(lifetimeMs: Int64, from start: ContinuousClock.Instant, isRenewable: Bool, jitter: Double) {
        guard lifetimeMs > 0 else { return nil }
        let lifetime = min(.milliseconds(lifetimeMs), Self.longest)
        let renewal = max(lifetime * (0.85 + 0.1 * jitter), Self.leastInterval)
        if isRenewable, renewal <= lifetime * 0.95 {
            self.renewal = start + renewal
            // The broker began to count before its answer was here.
            end = start + lifetime * 0.98
        } else {
            self.renewal = nil
            end = start + lifetime * 0.85
        }
    }
}
