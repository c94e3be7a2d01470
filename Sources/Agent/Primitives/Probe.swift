import KafkaClient
import KafkaFacts
import KafkaWire
import Transport
import Value

extension Primitive {
    static let probe = Primitive(
        "probe",
        "Connects to each broker anew and says how far it came: name, TCP, TLS, versions, login, its cluster's id. One "
            + "attempt each.",
        apis: ["ApiVersions", "SaslHandshake", "SaslAuthenticate", "Metadata"],
        parameters: [
            Parameter(
                "brokers", .word(["all", "bootstrap"]),
                "`all` (default): every broker the cluster advertises, or, where this login is refused the list, the "
                    + "addresses given to the run; `bootstrap`: those addresses.")
        ],
        fields: [
            Field("broker", "string", "`host:port`, as advertised."),
            Field("node", "integer?", "The node id; nil for a bootstrap address."),
            Field("advertised", "boolean", "The cluster itself named the broker."),
            Field("listener", "string", "The security protocol in use."),
            Field("dns", "boolean", "The name resolved."),
            Field("tcp", "boolean", "The connection was accepted."),
            Field("addresses", "table[]", "`{ address, error }` of each address tried."),
            Field(
                "tls", "table?",
                "`{ version, cipher, chain, verified, verify_error, verify_host, client_certificate_requested }`; `chain`: "
                    + "`{ subject, issuer, san, not_before, not_after, not_before_ms, not_after_ms, sha256 }` each, up to "
                    + "the root where it is verified, else as the broker sent it. Nil without TLS, or where it showed "
                    + "nothing."),
            Field("sasl", "table?", "`{ mechanism, mechanisms, session_lifetime_ms }`; nil without SASL."),
            Field(
                "login", "boolean",
                "The login was accepted (without SASL: the connection was set up), by a broker of this cluster."),
            Field("refused", "boolean", "The broker refused the login itself."),
            Field("api_versions", "table<string, integer[]>", "`{ min, max }` of each API, by name."),
            Field(
                "throttle_time_ms", "integer?",
                "How long the broker asked to be left alone; nil where it did not answer."),
            Field("rtt_us", "integer?", "From the attempt to connect to the end of the login."),
            Field("failure", "table?", "What went wrong, as in a row's `error`; the row itself is a measurement."),
        ]
    ) { question throws(KafkaError) in
        let targets = try await question.probeTargets()
        let found = await withTaskGroup(of: (Int, ProbeFact).self) { group in
            var facts: [Int: ProbeFact] = [:]
            for (index, target) in targets.enumerated() {
                // No more at a time than connections are allowed: what a cluster advertises is not bounded.
                if index >= KafkaCluster.connectionLimit, let (index, fact) = await group.next() { facts[index] = fact }
                group.addTask { (index, await question.probe(target)) }
            }
            for await (index, fact) in group { facts[index] = fact }
            return targets.indices.compactMap { facts[$0] }
        }
        return question.rows(found.count, bytes: found.count * 4_000) { Row(found[$0].values) }
    }
}

/// A broker to try.
private struct ProbeTarget: Sendable {
    let address: HostPort
    let node: Int32?
}

/// How far one attempt came.
private struct ProbeFact: Sendable {
    let target: ProbeTarget
    let listener: String
    let mechanism: String?
    let report: ConnectReport

    var values: [ByteString: Value] {
        let versions = report.versions.ranges.map { key, range -> (ByteString, Value) in
            (ByteString("\(key)"), [.integer(Int64(range.lowerBound)), .integer(Int64(range.upperBound))])
        }
        var sasl = Value.null
        if let mechanism {
            sasl = [
                "mechanism": .text(mechanism),
                "mechanisms": .list(report.offeredMechanisms.map { .text($0) }),
                "session_lifetime_ms": .integer(report.sessionLifetimeMs),
            ]
        }
        return [
            "broker": .text("\(target.address)"), "node": Value(target.node),
            "advertised": .bool(target.node != nil), "listener": .text(listener),
            "dns": .bool(report.isResolved), "tcp": .bool(report.isConnected),
            "addresses": .list(
                report.attempts.map {
                    ["address": .text($0.address), "error": Value($0.failure.map { "\($0)" })]
                }),
            "tls": report.tls.map(\.value) ?? .null, "sasl": sasl, "login": .bool(report.failure == nil),
            "refused": .bool(report.isRefusal),
            "api_versions": .map(Dictionary(versions, uniquingKeysWith: { first, _ in first })),
            "throttle_time_ms": report.versions.ranges.isEmpty
                ? .null : .integer(Int64(report.versions.throttleTimeMs)),
            "rtt_us": report.failure == nil ? .integer(report.elapsed.microseconds) : .null,
            "failure": report.failure.map(\.value) ?? .null,
        ]
    }
}

extension TLSFacts {
    fileprivate var value: Value {
        [
            "version": Value(version), "cipher": Value(cipher), "verified": .bool(verified),
            "verify_error": Value(verifyError), "verify_host": .bool(verifiesHost),
            "client_certificate_requested": .bool(requestedCertificate),
            "chain": .list(
                chain.map {
                    [
                        "subject": .text($0.subject), "issuer": .text($0.issuer),
                        "san": .list($0.subjectAltNames.map { .text($0) }), "sha256": .text($0.sha256),
                        "not_before": .text($0.notBefore.text), "not_before_ms": .integer($0.notBefore.epochMs),
                        "not_after": .text($0.notAfter.text), "not_after_ms": .integer($0.notAfter.epochMs),
                    ]
                }),
        ]
    }
}

extension Question {
    /// Every advertised broker; the list comes from any broker that lets this principal, or the run itself, in.
    fileprivate func probeTargets() async throws(KafkaError) -> [ProbeTarget] {
        let bootstrap = cluster.config.bootstrap.map { ProbeTarget(address: $0, node: nil) }
        if string("brokers") == "bootstrap" { return bootstrap }
        do throws(KafkaError) {
            let metadata = try await cluster.advertised(context)
            return metadata.brokers.map { ProbeTarget(address: $0.address, node: $0.node) }
        } catch {
            // The connector remembers the refusal with all that it saw, so that no password is shown twice.
            guard case .authentication = error.reason else { throw error }
            return bootstrap
        }
    }

    fileprivate func probe(_ target: ProbeTarget) async -> ProbeFact {
        let report = await cluster.cluster.report(on: target.address, context)
        return ProbeFact(
            target: target, listener: cluster.config.securityProtocol.rawValue,
            mechanism: cluster.config.sasl?.mechanism.rawValue, report: report)
    }
}
