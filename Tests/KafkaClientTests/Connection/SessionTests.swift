import EmbeddedClusters
import Guarding
import KafkaClient
import KafkaWire
import ScriptedBroker
import Secrets
import Testing
import Transport

/// Sessions that end while a client is at work.
@Suite struct SessionTests {
    private static var model: ClusterModel {
        var model = ClusterModel()
        model.mechanisms = ["PLAIN"]
        model.passwords = ["gate": "right"]
        // Long enough for a client on a loaded machine to be at work before the session is renewed.
        model.sessionLifetimeMs = 8000
        return model
    }

    private static var settings: ScriptedCluster.ClientSettings {
        var settings = ScriptedCluster.ClientSettings()
        settings.login = { _, _ in PlainExchange(user: "gate", password: Secret("right")) }
        return settings
    }

    @Test("a session is renewed on its connection, though nobody asks for anything")
    func renews() async throws {
        try await ScriptedCluster.with(Self.model) { cluster in
            let renewed = Latch()
            cluster.on(SaslAuthenticateRequest.self) { _, call in
                if call.number == 2 { renewed.open() }
                return .standard
            }
            try await cluster.withClient(Self.settings) { client in
                _ = try await client.metadata(of: [], .within(.seconds(60)))
                await renewed.wait()
                _ = try await client.metadata(of: [], maxAge: .zero, .within(.seconds(60)))
            }
            #expect(cluster.connections(to: 0) == 1)
            #expect(try cluster.requests(ApiVersionsRequest.self).count == 1)
            let mechanisms = try cluster.requests(SaslHandshakeRequest.self).map(\.request.mechanism)
            #expect(mechanisms.count >= 2 && mechanisms.allSatisfy { $0 == "PLAIN" })
        }
    }

    @Test("requests that come while a session is renewed wait for it, and each is answered")
    func holds() async throws {
        try await ScriptedCluster.with(Self.model) { cluster in
            let (arrived, go) = (Latch(), Latch())
            cluster.on(SaslAuthenticateRequest.self) { _, call in
                if call.number == 2 {
                    arrived.open()
                    await go.wait()
                }
                return .standard
            }
            try await cluster.withClient(Self.settings) { client in
                _ = try await client.metadata(of: [], .within(.seconds(60)))
                await arrived.wait()
                let before = cluster.log.count
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for index in 0..<8 {
                        group.addTask { _ = try await client.metadata(of: ["t\(index)"], .within(.seconds(60))) }
                    }
                    // One more waits no longer than it may, and takes nobody with it.
                    let error = await failure {
                        try await client.metadata(of: ["late"], .within(.milliseconds(200)))
                    }
                    #expect(error?.reason == .deadline)
                    #expect(cluster.log.count == before)
                    go.open()
                    try await group.waitForAll()
                }
            }
            #expect(cluster.connections(to: 0) == 1)
        }
    }

    @Test("a refused renewal is told to the next who asks, and the password is not shown again for it")
    func refused() async throws {
        try await ScriptedCluster.with(Self.model) { cluster in
            let refused = Latch()
            cluster.on(SaslAuthenticateRequest.self) { _, call in
                guard call.number == 2 else { return .standard }
                refused.open()
                return .answer(
                    .with {
                        $0.error = .saslAuthenticationFailed
                        $0.errorMessage = "the password has changed"
                    })
            }
            try await cluster.withClient(Self.settings) { client in
                _ = try await client.metadata(of: [], .within(.seconds(60)))
                await refused.wait()
                let error = await failure {
                    // The refusal may still be on its way.
                    while true { _ = try await client.metadata(of: [], maxAge: .zero, .within(.seconds(60))) }
                }
                #expect(error?.errorClass == .auth)
                #expect(error?.message.contains("re-authentication") == true, "\(String(describing: error))")
                #expect(error?.message.contains("the password has changed") == true)
                #expect(try cluster.requests(SaslAuthenticateRequest.self).count == 2)
                // Once it has been told, a new login is a new question. Who came in the very moment was told as well.
                let told = await failure { try await client.metadata(of: [], maxAge: .zero, .within(.seconds(60))) }
                #expect(told == nil || told?.message == error?.message)
                _ = try await client.metadata(of: [], maxAge: .zero, .within(.seconds(60)))
            }
            #expect(cluster.connections(to: 0) == 2)
        }
    }

    @Test(
        "a broker that cannot re-authenticate, by word or by hanging up, gets a new connection",
        arguments: [true, false])
    func incapable(saysSo: Bool) async throws {
        try await ScriptedCluster.with(Self.model) { cluster in
            let asked = Latch()
            cluster.on(SaslHandshakeRequest.self) { _, call in
                guard call.number == 2 else { return .standard }
                asked.open()
                return saysSo ? .answer(.with { $0.error = .illegalSaslState }) : .hangUp
            }
            try await cluster.withClient(Self.settings) { client in
                _ = try await client.metadata(of: [], .within(.seconds(60)))
                await asked.wait()
                while cluster.connections(to: 0) < 2 {
                    _ = try await client.metadata(of: [], maxAge: .zero, .within(.seconds(60)))
                }
            }
        }
    }

    @Test("a login that cannot be had any more costs no request: a new connection is asked for, and says why not")
    func noLogin() async throws {
        try await ScriptedCluster.with(Self.model) { cluster in
            let logins = Guarded(0)
            let failed = Latch()
            var settings = ScriptedCluster.ClientSettings()
            settings.login = { _, _ throws(KafkaError) in
                let number = logins.withLock { logins in
                    logins += 1
                    return logins
                }
                if number == 1 { return PlainExchange(user: "gate", password: Secret("right")) }
                failed.open()
                throw KafkaError(.loginAborted("no token: the provider is down"))
            }
            try await cluster.withClient(settings) { client in
                _ = try await client.metadata(of: [], .within(.seconds(60)))
                await failed.wait()
                let error = await failure {
                    while true { _ = try await client.metadata(of: [], maxAge: .zero, .within(.seconds(60))) }
                }
                #expect(error?.message == "no token: the provider is down")
            }
            #expect(cluster.connections(to: 0) == 1)
        }
    }
}
