import Evidence
import Gate
import KafkaClient
import KafkaFacts
import Transport
import Value

/// The first contact with each cluster a run needs, before any gate.
struct Contact: Sendable {
    /// The first contact gives up after so long.
    private static let patience = Duration.seconds(10)

    /// Why a cluster could not be reached, by side.
    private(set) var unreachable: [ClusterSide: String] = [:]
    /// What makes the whole run fail: another cluster than pinned, or one cluster twice.
    private(set) var failures: [String] = []

    private typealias Answers = [ClusterSide: Result<ClusterDescription, KafkaError>]

    /// `deadline`: Of the whole run.
    static func make(_ runner: Runner, _ connections: ClusterConnections, by deadline: Deadline) async -> Contact {
        let clusters = runner.run.clusters
        let sides = ClusterSide.allCases.filter { clusters[$0] != nil }
        let time = runner.environment.time
        let limit = deadline.atMost(patience, now: time.now)
        let found =
            await runner.interruption.cancelling {
                await answers(of: sides, connections, CallContext(deadline: limit, time: time))
            } ?? [:]
        var contact = Contact()
        for side in sides {
            guard let prepared = clusters[side] else { continue }
            let result = found[side] ?? .failure(KafkaError(.cancelled))
            contact.take(
                result, prepared, connections.handle(side)?.cluster.tls, log: runner.log, observer: runner.observer)
        }
        contact.compare(found)
        return contact
    }

    private static func answers(
        of sides: [ClusterSide], _ connections: ClusterConnections, _ context: CallContext
    ) async -> Answers {
        await withTaskGroup(of: (ClusterSide, Result<ClusterDescription, KafkaError>).self) { group in
            for side in sides {
                guard let handle = connections.handle(side) else { continue }
                group.addTask {
                    // Bound before it is returned: swiftc 6.3.1 -O returns the wrong tuple from within the do and
                    // catch of a task's closure.
                    let result: Result<ClusterDescription, KafkaError>
                    do throws(KafkaError) {
                        result = .success(try await handle.cluster.description(context))
                    } catch {
                        result = .failure(error)
                    }
                    return (side, result)
                }
            }
            var found: Answers = [:]
            for await (side, result) in group { found[side] = result }
            return found
        }
    }

    private mutating func take(
        _ result: Result<ClusterDescription, KafkaError>, _ prepared: PreparedRun.Cluster, _ tls: TLSFacts?,
        log: EvidenceLog, observer: any RunObserver
    ) {
        let side = prepared.side
        let bootstrap = prepared.config.bootstrap.map { "\($0)" }.joined(separator: ",")
        switch result {
        case .success(let cluster):
            log.append(
                ClusterLine(side: side, bootstrap: bootstrap, config: prepared.config, tls: tls, cluster: cluster))
            observer.observe(
                .clusterFound(
                    side: side, bootstrap: bootstrap, clusterID: cluster.clusterID, brokers: cluster.brokers.count))
            // By bytes: two ids that only look the same are two clusters.
            if let pinned = prepared.pinnedID, cluster.clusterID.map({ ByteString($0) }) != ByteString(pinned) {
                failures.append(
                    "the \(side.rawValue) cluster at \(bootstrap) is \(cluster.clusterID ?? "without an id"), "
                        + "the plan says \(pinned)")
            }
        case .failure(let error):
            log.append(ClusterLine(side: side, bootstrap: bootstrap, config: prepared.config, tls: tls, cluster: nil))
            log.append(ReadErrorLine(error, gate: nil, isAcknowledged: false))
            let message = "the \(side.rawValue) cluster at \(bootstrap) cannot be reached: \(error)"
            unreachable[side] = message
            observer.observe(.clusterLost(side: side, bootstrap: bootstrap, message: "\(error)"))
        }
    }

    private mutating func compare(_ found: Answers) {
        guard case .success(let source)? = found[.source], case .success(let target)? = found[.target],
            let id = source.clusterID, let other = target.clusterID, ByteString(id) == ByteString(other)
        else { return }
        failures.append("source and target are one cluster (\(id)): check the addresses")
    }
}

extension ClusterLine {
    fileprivate init(
        side: ClusterSide, bootstrap: String, config: ClientConfig, tls: TLSFacts?, cluster: ClusterDescription?
    ) {
        self.init(
            role: side.rawValue, bootstrap: bootstrap, clusterID: cluster?.clusterID,
            controller: cluster.map { Int($0.controller) },
            brokers: cluster.map { cluster in
                .list(
                    cluster.brokers.map {
                        ["node": .integer(Int64($0.node)), "address": .text("\($0.address)"), "rack": Value($0.rack)]
                    })
            },
            software: cluster?.features["metadata.version"].map { "metadata.version \($0)" },
            security: Security(
                securityProtocol: config.securityProtocol.rawValue, mechanism: config.sasl?.mechanism.rawValue,
                principal: config.sasl?.principalName, tls: tls.flatMap { TLS($0) },
                verifiesHost: config.tls?.endpointIdentification))
    }
}

extension ClusterLine.TLS {
    fileprivate init?(_ facts: TLSFacts) {
        guard let version = facts.version, let cipher = facts.cipher else { return nil }
        self.init(
            version: version, cipher: cipher, peerSHA256: facts.chain.first?.sha256,
            notAfter: facts.chain.first?.notAfter.text)
    }
}

extension SaslConfig {
    /// Who logs in, where the configuration says so.
    fileprivate var principalName: String? {
        switch self {
        case .plain(let user, _), .scram256(let user, _, _), .scram512(let user, _, _): user
        case .oauthBearer, .awsMskIam, .gssapi: nil
        }
    }
}
