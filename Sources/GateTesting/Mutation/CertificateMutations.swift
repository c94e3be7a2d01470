import EmbeddedKafka
import Gate

extension Mutation {
    private static let day: Int64 = 86_400_000

    static func certificates(_ world: World.Side, _ side: ClusterSide, _ setup: RunSetup) -> [Mutation] {
        let shown = world.state.brokers.indices.filter { world.state.brokers[$0].certificate != nil }
        guard !shown.isEmpty else { return [] }
        let now = world.state.nowMs
        var found = shown.flatMap { index -> [Mutation] in
            let broker = "the certificate of broker \(world.state.brokers[index].id)"
            func change(
                _ fact: Fact, _ words: String, _ body: @escaping @Sendable (inout BrokerCertificate) -> Void
            ) -> Mutation {
                Mutation(fact, side, "\(broker) \(words)") { side in
                    guard var certificate = side.state.brokers[index].certificate else { return }
                    body(&certificate)
                    side.state.brokers[index].certificate = certificate
                }
            }
            var found = [
                change(.certificate, "has expired") { $0.notAfterMs = now - 1000 },
                change(.certificate, "is for another host") { $0.hosts = ["another.example"] },
                change(.certificate, "is of another issuer") { $0.issuer = "Another Root" },
                change(.expiry, "is valid for a day less") { $0.notAfterMs -= day },
            ]
            if world.state.brokers[index].certificate?.intermediateNotAfterMs != nil {
                found.append(
                    change(.expiry, "is of an issuer that is valid for a day less") {
                        $0.intermediateNotAfterMs = $0.intermediateNotAfterMs.map { $0 - day }
                    })
            }
            return found
        }
        // Kafka asks for none where a login follows.
        let isAsked = setup.properties[side]?["security.protocol"] == "SSL"
        if isAsked, !world.state.asksForCertificates {
            found.append(
                Mutation(.certificate, side, "brokers ask clients for a certificate") {
                    $0.state.asksForCertificates = true
                })
        }
        return found
    }
}
