package import Evidence
package import HostSystem
package import KafkaClient
package import Secrets
package import Transport

/// The world around the agent, injected so that tests can make their own.
package struct AgentEnvironment: Sendable {
    package var host: HostSystem
    /// Every secret that is loaded is registered here, and no output may contain it.
    package var secrets: SecretRegistry
    package var clock: EvidenceClock
    /// How time passes between tries, between rounds and in `ctx:sleep`.
    package var time: Passage
    /// What opens connections.
    package var dialer: @Sendable (Reactor) -> any Dialer
    /// Of the tool, for evidence and for brokers.
    package var version: String
    package var commit: String?

    package init(
        host: HostSystem, secrets: SecretRegistry, clock: EvidenceClock, version: String, commit: String? = nil,
        time: Passage = .real, dialer: @escaping @Sendable (Reactor) -> any Dialer = { TCPDialer(reactor: $0) }
    ) {
        self.host = host
        self.secrets = secrets
        self.clock = clock
        self.version = version
        self.commit = commit
        self.time = time
        self.dialer = dialer
    }

    package static func real(version: String, commit: String? = nil) -> AgentEnvironment {
        AgentEnvironment(
            host: .real, secrets: SecretRegistry(), clock: .system, version: version, commit: commit)
    }
}
