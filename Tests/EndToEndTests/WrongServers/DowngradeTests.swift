import Foundation
import KafkaWire
import ScriptedBroker
import Testing

/// Peers that would rather have the password: what they get of a client that was told to use SCRAM.
@Suite struct DowngradeTests {
    struct Peer: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let says: String
        let handshake: @Sendable () -> Reaction<SaslHandshakeResponse>
        /// Whether the client may begin the login that it was told to.
        var mayBegin = false

        private static func offers(_ mechanisms: String...) -> @Sendable () -> Reaction<SaslHandshakeResponse> {
            {
                .answer(
                    .with {
                        $0.error = .unsupportedSaslMechanism
                        $0.mechanisms = mechanisms
                    })
            }
        }

        static let all = [
            Peer(
                testDescription: "only PLAIN", says: "SCRAM-SHA-512 is not enabled here; offered: PLAIN",
                handshake: offers("PLAIN")),
            Peer(
                testDescription: "the weaker SCRAM", says: "offered: SCRAM-SHA-256, PLAIN",
                handshake: offers("SCRAM-SHA-256", "PLAIN")),
            Peer(testDescription: "nothing at all", says: "offered: none", handshake: offers()),
            // It agrees to SCRAM, names PLAIN alone, and takes whatever comes for the right password.
            Peer(
                testDescription: "PLAIN in a list that should have SCRAM", says: "no r=",
                handshake: { .answer(.with { $0.mechanisms = ["PLAIN"] }) }, mayBegin: true),
        ]
    }

    @Test("a peer that offers something weaker gets neither a login by it nor the password", arguments: Peer.all)
    func weaker(peer: Peer) async throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(
            ScramServer.properties.replacingOccurrences(of: "SCRAM-SHA-256", with: "SCRAM-SHA-512"),
            to: "client.properties")
        var model = ClusterModel()
        model.mechanisms = ["PLAIN"]
        try await ScriptedCluster.with(model) { cluster in
            cluster.on(SaslHandshakeRequest.self) { _, _ in peer.handshake() }
            cluster.on(SaslAuthenticateRequest.self) { _, _ in .answer(.init()) }
            let run = try await SluiceCommand.gates(
                ["auth_probe", "lag_budget"], target: "\(cluster.address(of: 0))",
                set: ["lag_budget.cluster=target", "lag_budget.groups=billing"],
                // Not even where it would be allowed.
                ["--target-config", file, "--allow", "plaintext_password"])
            #expect(run.exitCode == 1, "\(run.errors)")
            let evidence = try run.evidence
            #expect(evidence.verdict(of: "auth_probe") == "fail")
            #expect(evidence.verdict(of: "lag_budget") == "inconclusive")
            let check = try #require(evidence.checks("login", gate: "auth_probe", ok: false).first)
            #expect(check["facts"]["message"].string?.contains(peer.says) == true, "\(check["facts"])")

            // All that has reached the peer, byte by byte.
            let log = cluster.log
            #expect(!log.isEmpty)
            for request in log {
                switch request.call.key {
                case .apiVersions: break
                case .saslHandshake:
                    // An int16 length and the name of the mechanism, after a header whose client id is "sluice".
                    #expect(request.body == [0, 13] + Array("SCRAM-SHA-512".utf8))
                    #expect(Array(request.frame.prefix(4)) == [0, 17, 0, 1])
                case .saslAuthenticate:
                    let message = try request.request(SaslAuthenticateRequest.self).authBytes
                    #expect(peer.mayBegin && message.starts(with: Array("n,,n=alice,r=".utf8)))
                default: Issue.record("\(request.call.key) was sent before a login")
                }
            }
            let wire = Data(log.flatMap(\.frame))
            #expect(wire.range(of: Data("SCRAM-SHA-512".utf8)) != nil)
            for secret in [Data("alice-pencil".utf8), Data("alice-pencil".utf8).base64EncodedData()] {
                #expect(wire.range(of: secret) == nil)
            }
            #expect(wire.range(of: Data("\0alice\0".utf8)) == nil)
        }
    }
}
