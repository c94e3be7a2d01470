import EmbeddedKafka
import Glibc
import KafkaClient
import KafkaFacts
import KafkaWire
import Testing
import Transport

@Suite struct ScaleTests {
    /// Of the process, in bytes; nil where the system does not say.
    private static var resident: Int? {
        guard let file = unsafe fopen("/proc/self/statm", "r") else { return nil }
        defer { unsafe fclose(file) }
        var buffer = [CChar](repeating: 0, count: 128)
        guard unsafe fgets(&buffer, 128, file) != nil else { return nil }
        let words = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            .split(separator: " ")
        return words.count > 1 ? Int(words[1]).map { $0 * 4096 } : nil
    }

    @Test("Two clusters of 100,000 partitions are listed by the real client, in less than 2 GiB together")
    func twice() async throws {
        let reactor = try Reactor()
        defer { reactor.stop() }
        let before = try #require(Self.resident)
        let clusters = ["source", "target"].map { id in
            var state = ClusterState(profile: .kafka4, clusterID: id, brokers: 3, nowMs: 1_700_000_000_000)
            for topic in 0..<1000 { state.createTopic("topic-\(topic)", partitions: 100, replication: 3) }
            return EmbeddedCluster(state, reactor: reactor)
        }
        for cluster in clusters {
            try cluster.listen()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await cluster.serve() }
                defer { cluster.close() }
                let found = try await Self.ends(of: cluster, reactor)
                #expect(found == 100_000)
            }
        }
        let after = try #require(Self.resident)
        print("2 x 100,000 partitions: \((after - before) >> 20) MiB more than the \(before >> 20) MiB before")
        #expect(after - before < 2 << 30)
        _ = clusters
    }

    /// How many partitions have an end offset that the client could read.
    private static func ends(of cluster: EmbeddedCluster, _ reactor: Reactor) async throws -> Int {
        let bootstrap = cluster.read { state in
            state.brokers.compactMap { $0.endpoints[.plaintext] }.map { HostPort(host: $0.host, port: $0.port) }
        }
        return try await TaskNursery.with { nursery -> Result<Int, any Error> in
            let connector = Connector(
                dialer: TCPDialer(reactor: reactor), reactor: reactor, nursery: nursery, settings: .init(),
                connectTimeout: .seconds(60), login: { _, _ in nil })
            let client = KafkaCluster(
                bootstrap: bootstrap, connector: connector, reactor: reactor, ledger: RequestLedger(),
                requestTimeout: .seconds(120))
            defer { client.close() }
            let context = CallContext(deadline: .after(.seconds(300)))
            do {
                let facts = try await client.topics(nil, context)
                let partitions = facts.flatMap { fact in
                    (fact.metadata.value?.partitions ?? []).map { TopicPartition(fact.name, $0.index) }
                }
                let ends = await client.offsets(.end, of: partitions, context)
                return .success(ends.count { $0.value?.offset == 0 })
            } catch {
                return .failure(error)
            }
        }.get()
    }
}
