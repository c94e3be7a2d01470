package import Value

/// A cluster as it was found before any gate ran.
package struct ClusterLine: EvidenceLine {
    package static let type = "cluster"

    /// `source` or `target`.
    package var role: String
    package var bootstrap: String
    package var clusterID: String?
    package var controller: Int?
    package var brokers: Value?
    package var software: String?
    package var security: Security

    package init(
        role: String, bootstrap: String, clusterID: String? = nil, controller: Int? = nil, brokers: Value? = nil,
        software: String? = nil, security: Security
    ) {
        self.role = role
        self.bootstrap = bootstrap
        self.clusterID = clusterID
        self.controller = controller
        self.brokers = brokers
        self.software = software
        self.security = security
    }

    package var gateID: String? { nil }

    package func write(to fields: inout EvidenceFields) {
        fields.word("role", role)
        fields.text("bootstrap", bootstrap)
        fields.text("cluster_id", clusterID)
        fields.integer("controller", controller)
        fields.value("brokers", brokers)
        fields.text("software", software)
        fields.part("security", security)
    }
}

extension ClusterLine {
    /// How the connection was protected.
    package struct Security: EvidencePart {
        /// As in Kafka's `security.protocol`.
        package var securityProtocol: String
        package var mechanism: String?
        package var principal: String?
        package var tls: TLS?
        package var verifiesHost: Bool?

        package init(
            securityProtocol: String, mechanism: String? = nil, principal: String? = nil, tls: TLS? = nil,
            verifiesHost: Bool? = nil
        ) {
            self.securityProtocol = securityProtocol
            self.mechanism = mechanism
            self.principal = principal
            self.tls = tls
            self.verifiesHost = verifiesHost
        }

        package func write(to fields: inout EvidenceFields) {
            fields.word("protocol", securityProtocol)
            fields.word("mechanism", mechanism)
            fields.text("principal", principal)
            fields.part("tls", tls)
            fields.flag("verify_host", verifiesHost)
        }
    }

    /// What was negotiated, and with whom.
    package struct TLS: EvidencePart {
        package var version: String
        package var cipher: String
        package var peerSHA256: String?
        /// RFC 3339.
        package var notAfter: String?

        package init(version: String, cipher: String, peerSHA256: String? = nil, notAfter: String? = nil) {
            self.version = version
            self.cipher = cipher
            self.peerSHA256 = peerSHA256
            self.notAfter = notAfter
        }

        package func write(to fields: inout EvidenceFields) {
            fields.word("version", version)
            fields.word("cipher", cipher)
            fields.word("peer_sha256", peerSHA256)
            fields.word("not_after", notAfter)
        }
    }
}
