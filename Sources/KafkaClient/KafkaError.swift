package import KafkaWire
package import Transport

/// Why a question to a cluster has no answer, and where it was lost.
package struct KafkaError: Error, Hashable, Sendable {
    package enum Reason: Hashable, Sendable {
        /// The broker's own verdict, with the text it sent along.
        case broker(KafkaErrorCode, message: String?)
        case transport(TransportError.Reason)
        /// TLS did not come about or broke; final, for the same peer will do the same again.
        case tls(TLSFailure)
        /// The broker hung up on a request: what Kafka does with a version, an API or a login it does not accept.
        case hungUp
        /// What came back is no answer to what was asked.
        case malformed(String)
        /// Stored records that are damaged: what is wrong (`crc_mismatch`, `corrupt_records`), and in which batch.
        case corrupt(String, baseOffset: Int64?, String)
        /// The peer speaks something else; what it seems to be.
        case notKafka(String)
        case unsupported(String)
        /// Not on the list of requests that a read-only client may send.
        case notAllowed
        /// The broker refused the login: an observation about the principal; with its own code where it gave one.
        case authentication(String, code: KafkaErrorCode? = nil)
        /// The broker did not prove that it knows the password: somebody else may be listening there.
        case serverNotAuthenticated(String)
        /// This side broke the login off, or had nothing to log in with; the broker did not refuse anything.
        case loginAborted(String)
        /// Answers come from another cluster than the one this run is about.
        case otherCluster(expected: String, found: String)
        /// No answer within the bound of one request, though the deadline is not over.
        case requestTimeout
        case deadline
        case cancelled
        /// The broker asked for a pause that outlasts the deadline.
        case throttled(milliseconds: Int64)
        case limit(String)
        /// The partition has no leader.
        case leaderless
        /// What was being read became something else meanwhile: a log that was truncated, a topic made anew.
        case changed(String)
    }

    /// What is told of an error.
    private struct Details: Hashable, Sendable {
        var reason: Reason
        var broker: String?
        var node: Int32?
        var api: String?
        var version: Int16?
        var partition: TopicPartition?
        var tries = 1
    }

    /// Keeps the details on the heap: errors are rare, yet each of 100,000 measurements has room for one.
    private indirect enum Box: Hashable, Sendable { case details(Details) }

    private var box: Box

    private var details: Details {
        get {
            switch box {
            case .details(let details): details
            }
        }
        set { box = .details(newValue) }
    }

    package init(
        _ reason: Reason, broker: String? = nil, node: Int32? = nil, api: String? = nil, version: Int16? = nil
    ) {
        box = .details(Details(reason: reason, broker: broker, node: node, api: api, version: version))
    }

    package var reason: Reason {
        get { details.reason }
        set { details.reason = newValue }
    }

    /// `host:port` as dialled; nil before a broker was chosen.
    package var broker: String? {
        get { details.broker }
        set { details.broker = newValue }
    }

    package var node: Int32? {
        get { details.node }
        set { details.node = newValue }
    }

    /// The API's name, such as `ListOffsets`.
    package var api: String? {
        get { details.api }
        set { details.api = newValue }
    }

    package var version: Int16? {
        get { details.version }
        set { details.version = newValue }
    }

    package var partition: TopicPartition? {
        get { details.partition }
        set { details.partition = newValue }
    }

    /// How often it was tried, this time included.
    package var tries: Int {
        get { details.tries }
        set { details.tries = newValue }
    }

    package init(_ error: TransportError) {
        switch error.reason {
        case .deadline: self.init(.deadline, broker: error.peer)
        case .cancelled: self.init(.cancelled, broker: error.peer)
        case .tls(let failure): self.init(.tls(failure), broker: error.peer)
        default: self.init(.transport(error.reason), broker: error.peer)
        }
    }
}

extension KafkaError {
    /// What kind of trouble it is, as evidence groups read errors.
    package enum Class: String, Sendable { case net, tls, auth, acl, `protocol`, throttle, limit }

    package var errorClass: Class {
        switch reason {
        case .broker(let code, _): Self.errorClass(of: code)
        case .transport, .hungUp, .requestTimeout, .deadline, .cancelled, .leaderless: .net
        // A certificate of this side that is refused is a login that is refused.
        case .tls(let failure): failure.kind == .clientCertificate ? .auth : .tls
        case .malformed, .corrupt, .notKafka, .unsupported, .notAllowed, .otherCluster, .changed: .protocol
        case .authentication, .serverNotAuthenticated, .loginAborted: .auth
        case .throttled: .throttle
        case .limit: .limit
        }
    }

    private static func errorClass(of code: KafkaErrorCode) -> Class {
        switch code {
        case .topicAuthorizationFailed, .groupAuthorizationFailed, .clusterAuthorizationFailed,
            .transactionalIDAuthorizationFailed, .delegationTokenAuthorizationFailed:
            .acl
        case .saslAuthenticationFailed, .unsupportedSaslMechanism, .illegalSaslState: .auth
        case .throttlingQuotaExceeded: .throttle
        default: .protocol
        }
    }

    /// The code of Kafka, where the broker gave one.
    package var code: Int16? {
        switch reason {
        case .broker(let code, _): code.rawValue
        case .authentication(_, let code): code?.rawValue
        default: nil
        }
    }

    /// Kafka's name of the error, or this client's: lower case, the class first.
    package var name: String {
        switch reason {
        case .broker(let code, _): code.name ?? "UNKNOWN"
        case .transport(.unresolved): "net.dns"
        case .transport(.refused): "net.refused"
        case .transport(.connectTimeout), .requestTimeout: "net.timeout"
        case .transport(.closed), .hungUp: "net.closed"
        case .transport: "net.system"
        case .tls(let failure): failure.kind == .clientCertificate ? "auth.tls" : "tls.\(failure.kind.rawValue)"
        case .corrupt(let kind, _, _): kind
        case .malformed, .notKafka: "protocol"
        case .unsupported: "protocol.unsupported"
        case .notAllowed: "protocol.not_allowed"
        case .otherCluster: "protocol.other_cluster"
        case .authentication(_, let code): code?.name ?? "auth"
        case .serverNotAuthenticated: "server_not_authenticated"
        case .loginAborted: "auth.aborted"
        case .deadline: "deadline"
        case .cancelled: "interrupted"
        case .throttled: "throttled"
        case .limit: "limit"
        case .leaderless: "net.leaderless"
        case .changed: "changed_underfoot"
        }
    }

    /// Whether the same request may fare better a moment later.
    package var isRetriable: Bool {
        switch reason {
        case .broker(let code, _): code.isRetriable
        case .transport, .hungUp, .requestTimeout, .leaderless: true
        case .tls, .malformed, .corrupt, .notKafka, .unsupported, .notAllowed, .authentication,
            .serverNotAuthenticated, .loginAborted, .otherCluster, .deadline, .cancelled, .throttled, .limit,
            .changed:
            false
        }
    }

    /// What happened, without the place.
    package var message: String {
        switch reason {
        // Some answers have an empty message where others have none.
        case .broker(let code, let message): message.flatMap { $0.isEmpty ? nil : "\(code): \($0)" } ?? "\(code)"
        case .transport(let reason): "\(reason)"
        case .tls(let failure): failure.message
        case .hungUp:
            "the broker closed the connection on this request, as it does with an API, a version or a login that it "
                + "does not accept"
        case .malformed(let what), .corrupt(_, _, let what): what
        case .notKafka(let what): what
        case .unsupported(let what): what
        case .notAllowed: "refused here: this request could change the cluster, and no such effect is allowed"
        case .authentication(let what, _), .serverNotAuthenticated(let what), .loginAborted(let what): what
        case .otherCluster(let expected, let found):
            "answers come from cluster \(found), not from \(expected): the advertised address leads elsewhere"
        case .requestTimeout: "no answer to the request"
        case .deadline: "no answer before the deadline"
        case .cancelled: "interrupted"
        case .throttled(let milliseconds): "throttled for \(milliseconds) ms, past the deadline"
        case .limit(let what): what
        case .leaderless: "the partition has no leader"
        case .changed(let what): what
        }
    }

    package func with(_ change: (inout KafkaError) -> Void) -> KafkaError {
        var error = self
        change(&error)
        return error
    }
}

/// The place first: `orders[7] on broker 3 (ListOffsets v7): NOT_LEADER_OR_FOLLOWER (6), gave up after 4 tries`.
extension KafkaError: CustomStringConvertible {
    package var description: String {
        var place: [String] = []
        if let partition { place.append("\(partition)") }
        switch (node, broker) {
        case (let node?, let broker?): place.append("on broker \(node) at \(broker)")
        case (let node?, nil): place.append("on broker \(node)")
        case (nil, let broker?): place.append("at \(broker)")
        case (nil, nil): break
        }
        if let api { place.append("(\(api)\(version.map { " v\($0)" } ?? ""))") }
        let tried = tries > 1 ? ", gave up after \(tries) tries" : ""
        return place.isEmpty ? message + tried : "\(place.joined(separator: " ")): \(message)\(tried)"
    }
}
