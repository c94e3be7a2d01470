import EmbeddedKafka
import Value

extension ClusterMethod {
    private static let day: Int64 = 86_400_000

    static let certificates: [ClusterMethod] = [
        ClusterMethod(
            method: ScriptMethod(
                "tls", [.init("options", "sluice.test.TLS", optional: true, "What the brokers show, and to whom.")],
                """
                Gives brokers a certificate, and so listeners with TLS: for SSL and, behind a login, SASL_SSL. Clients \
                trust its issuer unless they say otherwise.
                """)
        ) { call throws(WorldError) in
            let options = try call.options(0, Self.tlsOptions.map(\.name))
            let hosts = try options["hosts"].map { _ throws(WorldError) in try options.texts("hosts") }
            let issuer = try options.text("issuer")
            let days = try options.int("days") ?? 365
            let startsIn = try options.int("starts_in") ?? -1
            let intermediate = try options.int("intermediate_days")
            let broker = try options.number("broker")
            let asksClients = options["client_certificates"] == nil ? nil : try options.flag("client_certificates")
            let limit = 20_000
            guard [days, startsIn, intermediate ?? 0].allSatisfy({ (-limit...limit).contains($0) }), startsIn < days
            else { throw WorldError("days of :tls are at most \(limit), and it starts before it ends") }
            return { side throws(WorldError) in
                func end(_ days: Int) -> Int64 { side.state.nowMs + Int64(days) * day }
                var certificate = BrokerCertificate(notBeforeMs: end(startsIn), notAfterMs: end(days))
                certificate.hosts = hosts
                if let issuer { certificate.issuer = issuer }
                certificate.intermediateNotAfterMs = intermediate.map(end)
                if let broker {
                    side.state.brokers[try side.index(ofBroker: broker)].certificate = certificate
                } else {
                    for index in side.state.brokers.indices { side.state.brokers[index].certificate = certificate }
                }
                if let asksClients { side.state.asksForCertificates = asksClients }
                return .null
            }
        }
    ]

    /// The options of `:tls`.
    static let tlsOptions: [ScriptMethod.Parameter] = [
        .init("days", "integer", optional: true, "How long it is valid from now on, 365 where left out."),
        .init("starts_in", "integer", optional: true, "In how many days it begins; -1, yesterday, where left out."),
        .init("hosts", "string[]", optional: true, "Whom it is for. Default: the host of the broker."),
        .init("issuer", "string", optional: true, "The name of another authority, which no client trusts by itself."),
        .init(
            "intermediate_days", "integer", optional: true,
            "How long an authority between it and the root is valid. Default: there is none."),
        .init("broker", "integer", optional: true, "The broker that shows it, from 1. Default: each has one."),
        .init(
            "client_certificates", "boolean", optional: true,
            "Whether clients have to show one themselves where there is no login: `certificate` of a login."),
    ]
}
