import Foundation
import KafkaWire
import ScriptedBroker
import TLSFixtures
import Testing
import Transport

/// Networks that stop in the middle of a login or of an answer: each run ends by its deadline, says nothing that it does
/// not know, and names the step and the broker.
@Suite(
    .enabled(if: RealKafka.isAvailable, "KAFKA_HOME is not set"),
    .enabled(if: Toxiproxy.isAvailable, "there is no ../shared/tools/toxiproxy-server"))
struct StallTests {
    struct Stall: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let listener: Listener
        let toxics: @Sendable (Sizes) -> [Toxiproxy.Toxic]
        var probe = "inconclusive"
        var lag = "inconclusive"
        /// What the message of each gate that does not pass says of the step.
        var step = ""

        static let all = [
            Stall(
                testDescription: "TLS: no answer to the first message", listener: .tls,
                toxics: { _ in [.silence] }, step: "TLS handshake"),
            Stall(
                testDescription: "TLS: silence in the broker's certificates", listener: .tls,
                toxics: { _ in Toxiproxy.Toxic.silence(after: 1000) }, step: "TLS handshake"),
            Stall(
                testDescription: "TLS: a byte every 20 ms", listener: .tls,
                toxics: { _ in [.slices(of: 1, every: 20_000)] }, step: "TLS handshake"),
            Stall(
                testDescription: "TLS: the end in the broker's certificates", listener: .tls,
                toxics: { _ in [.hangUp(after: 1000)] }, probe: "fail", step: "hung up during the handshake"),
            Stall(
                testDescription: "TLS: a reset", listener: .tls, toxics: { _ in [.reset] }, probe: "fail",
                step: "the first message of TLS"),
            Stall(
                testDescription: "SASL: no answer to the choice of a mechanism", listener: .sasl,
                toxics: { Toxiproxy.Toxic.silence(after: $0.apiVersions, isUpstream: true) }, step: "SaslHandshake"),
            Stall(
                testDescription: "SASL: no answer to the first message", listener: .sasl,
                toxics: { Toxiproxy.Toxic.silence(after: $0.apiVersions + $0.handshake, isUpstream: true) },
                step: "SaslAuthenticate"),
            Stall(
                testDescription: "SASL: the end after the choice of a mechanism", listener: .sasl,
                toxics: { [.hangUp(after: $0.apiVersions, isUpstream: true)] }, step: "SaslHandshake"),
            Stall(
                testDescription: "silence within an answer", listener: .open,
                toxics: { Toxiproxy.Toxic.silence(after: $0.apiVersionsAnswer + 14) }, step: "Metadata"),
            // The login itself works there; which other brokers there are is not known.
            Stall(
                testDescription: "the end within an answer", listener: .open,
                toxics: { [.hangUp(after: $0.apiVersionsAnswer + 14)] }, step: "Metadata"),
            Stall(
                testDescription: "small pieces, but all of them", listener: .tls,
                toxics: { _ in [.slices(of: 64, every: 100)] }, probe: "pass", lag: "pass"),
        ]
    }

    enum Listener: Sendable { case tls, sasl, open }

    /// How many bytes go over a connection before its login, sizes included.
    struct Sizes: Sendable {
        let apiVersions: Int
        let handshake: Int
        let apiVersionsAnswer: Int
    }

    @Test("a run ends by its deadline, with the step and the broker", arguments: Stall.all)
    func stalls(stall: Stall) async throws {
        let folder = try TemporaryFolder()
        let (broker, properties) = try await Self.broker(stall.listener)
        let file = try folder.write(properties, to: "client.properties")
        let proxy = try await Toxiproxy.shared.proxy(to: broker, stall.toxics(try await Self.sizes.value))
        let clock = ContinuousClock()
        let start = clock.now
        let run = try await SluiceCommand.gates(
            ["auth_probe", "lag_budget"], target: broker,
            set: ["lag_budget.cluster=target", "lag_budget.groups=\(TLSKafka.group)"],
            [
                "--target-config", file, "--dial", "\(broker)=\(proxy)", "--gate-timeout", "4s",
                "-X", "socket.connection.setup.timeout.ms=2000",
            ])
        // The first contact gives up after ten seconds, each gate after its own.
        #expect(run.exitCode != nil && start.duration(to: clock.now) < .seconds(40))
        let evidence = try run.evidence
        #expect(evidence.verdict(of: "auth_probe") == stall.probe, "\(run.errors)")
        #expect(evidence.verdict(of: "lag_budget") == stall.lag, "\(run.errors)")
        for (gate, verdict) in [("auth_probe", stall.probe), ("lag_budget", stall.lag)] where verdict != "pass" {
            // By the name that the cluster gives the broker, though the connection went elsewhere.
            let lines = run.output.dropFirst().filter { $0.contains("\"gate\":\"\(gate)\"") }
            #expect(lines.contains { $0.contains(broker) && $0.contains(stall.step) }, "\(gate): \(lines)")
            #expect(!lines.contains { $0.contains(proxy) }, "\(lines)")
        }
    }

    private static func broker(_ listener: Listener) async throws -> (address: String, properties: String) {
        switch listener {
        case .tls:
            let tls = try await TLSKafka.shared
            return (tls.kafka.bootstrap("SSL"), KafkaSecurity.tlsClient(trusting: tls.authority.root))
        case .sasl:
            return (
                try await SaslKafka.shared.kafka.bootstrap("SASL"),
                ScramServer.properties.replacingOccurrences(of: "alice-pencil", with: "alice-secret")
            )
        case .open: return (try await SaslKafka.shared.kafka.bootstrap, "")
        }
    }

    private static let sizes = Task {
        // The same client says the same to any broker.
        let folder = try TemporaryFolder()
        let file = try folder.write(ScramServer.properties, to: "client.properties")
        let frames = try await ScramServer.forged.serving { cluster in
            _ = try await SluiceCommand.gates(
                ["auth_probe"], target: "\(cluster.address(of: 0))", ["--target-config", file])
            return cluster.log
        }
        func size(_ key: ApiKey) throws -> Int { 4 + (try #require(frames.first { $0.call.key == key })).frame.count }

        let reactor = try Reactor()
        defer { reactor.stop() }
        let deadline = Deadline.after(.seconds(30))
        let port = try #require(try await SaslKafka.shared.kafka.nodes.first?.ports["PLAINTEXT"])
        let stream = try await TCPDialer(reactor: reactor).connect(to: "127.0.0.1", port: port, by: deadline)
            .stream.get()
        defer { stream.close() }
        let request = ApiVersionsRequest.with {
            $0.clientSoftwareName = "sluice"
            $0.clientSoftwareVersion = "0"
        }
        try await stream.write(request.frame(version: 3, correlationID: 1, clientID: "sluice"), by: deadline)
        var head = [UInt8](repeating: 0, count: 4)
        var filled = 0
        while filled < 4 {
            let count = try await stream.read(into: &head, from: filled, by: deadline)
            try #require(count > 0)
            filled += count
        }
        return Sizes(
            apiVersions: try size(.apiVersions), handshake: try size(.saslHandshake),
            apiVersionsAnswer: 4 + head.reduce(0) { $0 << 8 | Int($1) })
    }
}
