import EmbeddedClusters
import KafkaClient
import KafkaWire
import ScriptedBroker
import Secrets
import Testing
import Transport

@Suite struct ConnectionTests {
    @Test("requests of many tasks share one connection, and each gets its own answer")
    func pipelines() async throws {
        var model = ClusterModel()
        for index in 0..<40 { model.topics["t\(index)"] = .init(partitions: index + 1) }
        try await ScriptedCluster.with(model) { cluster in
            try await cluster.withClient { client in
                let counts = try await withThrowingTaskGroup(of: (Int, Int?).self) { group in
                    for index in 0..<40 {
                        group.addTask {
                            let found = try await client.metadata(of: ["t\(index)"], .within(.seconds(60)))
                            return (index, found.topics["t\(index)"]?.partitions.count)
                        }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(counts.count == 40 && counts.allSatisfy { $0.1 == $0.0 + 1 })
            }
            #expect(cluster.connections(to: 0) == 1)
        }
    }

    @Test("a broker that accepts and says nothing costs the deadline, not more")
    func halfOpen() async throws {
        try await ScriptedCluster.with { cluster in
            try await cluster.withClient { client in
                _ = try await client.metadata(of: [], .within(.seconds(60)))
                cluster.on(MetadataRequest.self) { _, _ in .silence }
                let start = ContinuousClock.now
                let error = await failure {
                    try await client.metadata(of: [], maxAge: .zero, .within(.milliseconds(200)))
                }
                #expect(error?.name == "deadline" && error?.api == "Metadata")
                #expect(start.duration(to: .now) < .seconds(20))
            }
        }
    }

    @Test("a broker that does not answer within the bound of a request is a timeout, and another connection is tried")
    func requestTimeout() async throws {
        try await ScriptedCluster.with { cluster in
            cluster.on(DescribeClusterRequest.self) { _, call in call.number == 1 ? .silence : .standard }
            var settings = ScriptedCluster.ClientSettings()
            settings.requestTimeout = .milliseconds(500)
            try await cluster.withClient(settings) { client in
                let context = CallContext.within(.seconds(60))
                let id = try await client.retrying(context) { () throws(KafkaError) in
                    try await client.call(DescribeClusterRequest.self, to: .any, context) { _ in .init() }
                        .response.clusterID
                }
                #expect(id == "scripted-cluster")
            }
            #expect(cluster.connections(to: 0) >= 2)
        }
    }

    @Test("a cancelled caller leaves at once, and the connection serves the next one")
    func cancellation() async throws {
        try await ScriptedCluster.with { cluster in
            let latch = Latch()
            let arrived = Latch()
            try await cluster.withClient { client in
                _ = try await client.metadata(of: [], .within(.seconds(60)))
                cluster.on(DescribeClusterRequest.self) { _, _ in
                    arrived.open()
                    await latch.wait()
                    return .standard
                }
                let error = await withTaskGroup(of: KafkaError?.self) { group in
                    group.addTask {
                        await failure {
                            try await client.call(DescribeClusterRequest.self, to: .any, .within(.seconds(60))) { _ in
                                .init()
                            }
                        }
                    }
                    await arrived.wait()
                    group.cancelAll()
                    return await group.next() ?? nil
                }
                #expect(error?.reason == .cancelled)
                latch.open()
                _ = try await client.metadata(of: [], maxAge: .zero, .within(.seconds(60)))
            }
            #expect(cluster.connections(to: 0) == 1)
        }
    }

    @Test("an HTTP server and a TLS listener are told by their first words", arguments: ["HTTP", "TLS"])
    func notKafka(kind: String) async throws {
        try await ScriptedCluster.with { cluster in
            let bytes: [UInt8] =
                kind == "HTTP" ? Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8) : [21, 3, 3, 0, 2, 2, 50]
            cluster.on(ApiVersionsRequest.self) { _, _ in .raw(bytes) }
            try await cluster.withClient { client in
                let error = await failure { try await client.metadata(of: [], .within(.seconds(60))) }
                #expect(error?.message.contains(kind) == true)
                guard case .notKafka? = error?.reason else { throw error ?? KafkaError(.cancelled) }
            }
        }
    }

    @Test("a size that lies ends the connection as a protocol error", arguments: [Int32(-1), 0, 3, .max])
    func lyingSizes(size: Int32) async throws {
        try await ScriptedCluster.with { cluster in
            let bytes = (0..<4).reversed().map { UInt8(truncatingIfNeeded: size >> ($0 * 8)) }
            cluster.on(MetadataRequest.self) { _, _ in .bytes(bytes) }
            try await cluster.withClient { client in
                let error = await failure { try await client.metadata(of: [], .within(.seconds(60))) }
                #expect(error?.name == "protocol" && error?.tries == 2)
            }
        }
    }

    @Test("an answer with a wrong correlation id ends the connection, and is asked for once more")
    func wrongCorrelation() async throws {
        try await ScriptedCluster.with { cluster in
            let frame = try MetadataRequest.frame(.init(), version: 12, correlationID: 999)
            cluster.on(MetadataRequest.self) { _, call in call.number == 2 ? .bytes(frame) : .standard }
            try await cluster.withClient { client in
                _ = try await client.metadata(of: [], .within(.seconds(60)))
            }
            #expect(cluster.connections(to: 0) == 2)
            cluster.on(MetadataRequest.self) { _, _ in .bytes(frame) }
            try await cluster.withClient { client in
                let error = await failure { try await client.metadata(of: [], .within(.seconds(60))) }
                #expect(error?.name == "protocol")
            }
        }
    }

    @Test("a broker that hangs up on ApiVersions v3 is asked with version 0")
    func oldBroker() async throws {
        try await ScriptedCluster.with { cluster in
            cluster.on(ApiVersionsRequest.self) { _, call in call.version > 0 ? .hangUp : .standard }
            try await cluster.withClient { client in
                _ = try await client.metadata(of: [], .within(.seconds(60)))
            }
            #expect(try cluster.requests(ApiVersionsRequest.self).map(\.call.version) == [3, 0])
        }
    }

    @Test("error 35 to ApiVersions is answered on the same connection")
    func olderBroker() async throws {
        var model = ClusterModel()
        model.versions[.apiVersions] = 0...2
        try await ScriptedCluster.with(model) { cluster in
            try await cluster.withClient { client in
                _ = try await client.metadata(of: [], .within(.seconds(60)))
            }
            #expect(try cluster.requests(ApiVersionsRequest.self).map(\.call.version) == [3, 2])
            #expect(cluster.connections(to: 0) == 1)
        }
    }

    @Test("a wrong password is tried once, whatever the number of brokers and the time left")
    func wrongPassword() async throws {
        var model = ClusterModel()
        model.mechanisms = ["PLAIN"]
        model.passwords = ["gate": "right"]
        try await ScriptedCluster.with(brokers: 3, model) { cluster in
            for (password, isRight) in [("wrong", false), ("right", true)] {
                var settings = ScriptedCluster.ClientSettings()
                settings.login = { _, _ in PlainExchange(user: "gate", password: Secret(password)) }
                try await cluster.withClient(settings) { client in
                    let error = await failure { try await client.metadata(of: [], .within(.seconds(60))) }
                    #expect((error == nil) == isRight)
                    #expect(isRight || error?.errorClass == .auth)
                }
                #expect(try cluster.requests(SaslAuthenticateRequest.self).count == (isRight ? 2 : 1))
            }
        }
    }

    @Test("a login on which the broker hangs up is not tried again either")
    func hangsUpOnLogin() async throws {
        var model = ClusterModel()
        model.mechanisms = ["PLAIN"]
        try await ScriptedCluster.with(brokers: 3, model) { cluster in
            cluster.on(SaslAuthenticateRequest.self) { _, _ in .hangUp }
            var settings = ScriptedCluster.ClientSettings()
            settings.login = { _, _ in PlainExchange(user: "gate", password: Secret("x")) }
            try await cluster.withClient(settings) { client in
                let error = await failure { try await client.metadata(of: [], .within(.seconds(60))) }
                #expect(error?.name == "net.closed")
            }
            #expect(try cluster.requests(SaslAuthenticateRequest.self).count == 1)
        }
    }

    @Test("the ledger adds up requests by broker, API and version, and the meter what they cost")
    func accounts() async throws {
        try await ScriptedCluster.with { cluster in
            let ledger = RequestLedger()
            try await cluster.withClient(ledger: ledger) { client in
                let context = CallContext.within(.seconds(60))
                for _ in 0..<3 { _ = try await client.metadata(of: [], maxAge: .zero, context) }
                let metadata = ledger.all.filter { $0.key.api == "Metadata" }
                // One more verified the cluster id of the connection.
                #expect(metadata.map(\.entry.requests) == [4] && metadata.first?.key.version == 12)
                #expect(context.meter.total.requests == 4)
                #expect(context.meter.total.bytesOut == metadata.first?.entry.bytesOut)
                #expect(context.meter.total.bytesIn == metadata.first?.entry.bytesIn)
            }
        }
    }
}

/// The error that `body` ends with, if any.
func failure<T>(_ body: () async throws -> T) async -> KafkaError? {
    do {
        _ = try await body()
        return nil
    } catch {
        return error as? KafkaError
    }
}
