import KafkaClient
import KafkaFacts
import KafkaWire
import ScriptedBroker
import Testing
import Transport

@Suite struct TopicFactsTests {
    @Test("topics come in the order of the question, those that are not there with their error")
    func named() async throws {
        var model = ClusterModel()
        model.topics["a"] = .init(partitions: 1)
        model.topics["b"] = .init(partitions: 2)
        try await Scene.with(model) { _, client in
            let facts = try await client.topics(["b", "none", "a"], Scene.context)
            #expect(facts.map(\.name) == ["b", "none", "a"])
            #expect(facts.map { $0.metadata.value?.partitions.count } == [2, nil, 1])
            #expect(facts[1].metadata.error?.name == "UNKNOWN_TOPIC_OR_PARTITION")
        }
    }

    @Test("a topic made a moment ago may show at the second look")
    func justMade() async throws {
        var model = ClusterModel()
        model.topics["a"] = .init(partitions: 1)
        try await Scene.with(model) { cluster, client in
            cluster.amend(MetadataRequest.self) { response, call in
                if call.number < 4, !response.topics.isEmpty {
                    response.topics[0] = .with {
                        $0.name = "a"; $0.error = .unknownTopicOrPartition
                    }
                }
            }
            let facts = try await client.topics(["a"], Scene.context)
            #expect(facts[0].metadata.value?.partitions.count == 1)
        }
    }

    @Test(
        "operations are told where the broker computes them", arguments: [(Int32(0b1_0000_1000), true), (.min, false)])
    func operations(bits: Int32, told: Bool) async throws {
        var model = ClusterModel()
        model.topics["a"] = .init(partitions: 1)
        model.topics["a"]?.authorizedOperations = bits
        try await Scene.with(model) { _, client in
            let facts = try await client.topics(nil, withOperations: true, Scene.context)
            #expect(facts[0].authorizedOperations == (told ? [.read, .describe] : nil))
        }
    }

    @Test("a cluster tells its brokers, features and operations, by Metadata where it has no DescribeCluster")
    func cluster() async throws {
        for isOld in [false, true] {
            var model = ClusterModel()
            model.features = ["metadata.version": 25]
            model.authorizedOperations = 1 << 8
            if isOld { model.versions[.describeCluster] = .some(nil) }
            try await Scene.with(brokers: 2, model) { _, client in
                let found = try await client.description(Scene.context)
                #expect(found.clusterID == "scripted-cluster" && found.brokers.map(\.node) == [0, 1])
                #expect(found.features == ["metadata.version": 25])
                #expect(found.authorizedOperations == [.describe])
            }
        }
    }

    @Test("configuration comes in the order of the question, a broker's from the broker itself")
    func configs() async throws {
        var model = ClusterModel()
        model.topics["a"] = .init(partitions: 1)
        model.topics["a"]?.configs = ["retention.ms": "1"]
        model.brokers[0] = .init()
        model.brokers[1] = .init()
        model.brokers[1]?.configs = ["log.dirs": "/x"]
        try await Scene.with(brokers: 2, model) { cluster, client in
            let found = await client.configs(of: [.broker(1), .topic("none"), .topic("a")], Scene.context)
            #expect(found.map { $0.value?.map(\.value) } == [["/x"], nil, ["1"]])
            #expect(found.map { $0.value?.first?.source } == ["static_broker", nil, "topic"])
            #expect(found[1].error?.code == 3)
            let broker = try cluster.requests(DescribeConfigsRequest.self).first {
                $0.request.resources.contains { $0.resourceType == 4 }
            }
            #expect(broker?.call.node == 1)
            cluster.amend(DescribeConfigsRequest.self) { response, _ in response.results = [] }
            let missing = await client.configs(of: [.topic("a")], Scene.context)
            #expect(missing[0].error?.name == "protocol")
        }
    }
}
