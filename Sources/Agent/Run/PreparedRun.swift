package import Gate
package import KafkaClient
package import TLS

/// A run with everything decided that can be decided without a cluster: what `sluice plan` shows.
package struct PreparedRun: Sendable {
    /// A gate with its arguments.
    package struct Step: Sendable {
        package let id: String
        package let file: GateFile
        package let arguments: EffectiveArguments
        /// Ids of the gates that have to pass first.
        package let needs: [String]
        /// Named on the command line: it decides whatever its severity.
        package let isNamed: Bool
        package let sides: Set<ClusterSide>

        package var manifest: GateManifest { file.manifest }
        /// Whether its verdict is the run's.
        var decides: Bool { manifest.severity == .blocker || isNamed }
    }

    /// Which share of which work the run does.
    package struct WorkShare: Sendable {
        package let shard: Shard
        /// SHA-256 of all that decides what is judged: shards of one run have the same.
        package let work: String
    }

    /// A cluster as the run will address it.
    package struct Cluster: Sendable {
        package let side: ClusterSide
        package let config: ClientConfig
        /// The id it must have.
        package let pinnedID: String?
        /// Configurations of the principals to act as, by name.
        package let principals: [String: ClientConfig]
        /// Their stores, opened; nil without TLS.
        package let tls: TLSContext?
        /// The same for the principals that have TLS, by name.
        package let principalTLS: [String: TLSContext]
    }

    package let request: RunRequest
    package let plan: Plan?
    package let planDigest: String?
    package let mapping: TopicMapping
    /// Where to connect instead, by advertised address.
    package let routes: [HostPort: HostPort]
    /// In the order in which they may run.
    package let steps: [Step]
    package let clusters: [ClusterSide: Cluster]
    package let earlier: EarlierEvidence
    /// Where this run is one of several.
    package let share: WorkShare?
    package let warnings: [String]
}

/// A gate's file: its bytes, and what they say of themselves.
package struct GateFile: Sendable {
    package let path: String
    package let source: [UInt8]
    /// SHA-256 of the bytes, in hexadecimal.
    package let digest: String
    package let manifest: GateManifest
}
