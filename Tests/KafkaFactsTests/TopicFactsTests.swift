import EmbeddedClusters
import EmbeddedKafka
import KafkaClient
import KafkaFacts
import KafkaWire
import Testing
import Transport

@Suite struct TopicFactsTests {
    @Test("topics come in the order of the question, those that are not there with their error")
    func named() async throws {
        try await Scene.with {
            $0.createTopic("a")
            $0.createTopic("b", partitions: 2)
        } _: { scene in
            let facts = try await scene.client.topics(["b", "none", "a"], Scene.context)
            #expect(facts.map(\.name) == ["b", "none", "a"])
            #expect(facts.map { $0.metadata.value?.partitions.count } == [2, nil, 1])
            #expect(facts[1].metadata.error?.name == "UNKNOWN_TOPIC_OR_PARTITION")
        }
    }

    @Test("a topic made a moment ago may show at the second look")
    func justMade() async throws {
        try await Scene.with {
            $0.createTopic("a")
            $0.hide("a")
        } _: { scene in
            // The brokers are asked for at first, then the topic, at last with success.
            scene.meet(.metadata, times: 3)
            scene.meet(.metadata, times: 1) { $0.change { $0.topics["a"]?.isHidden = false } }
            let facts = try await scene.client.topics(["a"], Scene.context)
            #expect(facts[0].metadata.value?.partitions.count == 1)
            #expect(try scene.requests(MetadataRequest.self).count { $0.request.topics?.isEmpty == false } > 1)
        }
    }

    @Test("operations are told where the brokers compute them")
    func operations() async throws {
        for profile in [BrokerProfile.kafka28, .kafka4] {
            try await Scene.with(profile) { state in
                state.access.hasAuthorizer = true
                state.access.entries = [.init(.allow, "User:ANONYMOUS", .read, .topic, "log")]
            } _: { scene in
                let facts = try await scene.client.topics(nil, withOperations: true, Scene.context)
                #expect(facts.map(\.authorizedOperations) == [[.read, .describe]])
            }
        }
        try await Scene.with(.kafka22) { scene in
            let error = await failure { try await scene.client.topics(nil, withOperations: true, Scene.context) }
            #expect(error?.name == "protocol.unsupported")
        }
    }

    @Test("a cluster tells its brokers, features and operations, by Metadata where it has no DescribeCluster")
    func cluster() async throws {
        let older = BrokerProfile.kafka4.with([.describeCluster: nil, .metadata: 0...10])
        for profile in [BrokerProfile.kafka4, older] {
            try await EmbeddedScene.with(profile, brokers: 2, clusterID: "embedded-cluster") { state in
                state.access.hasAuthorizer = true
                state.access.entries = [.init(.allow, "User:ANONYMOUS", .describe, .cluster, "kafka-cluster")]
            } _: { scene in
                let found = try await scene.client.description(Scene.context)
                #expect(found.clusterID == "embedded-cluster" && found.brokers.map(\.node) == [1, 2])
                #expect(found.features == ["group.version": 1, "metadata.version": 30, "transaction.version": 2])
                #expect(found.authorizedOperations == [.describe])
            }
        }
    }

    @Test(
        "whether the principal may describe the cluster is told by what it may do with it, or by that nothing is told",
        arguments: [BrokerProfile.kafka4, .kafka28, .kafka4.with([.describeCluster: nil, .metadata: 0...10])])
    func mayDescribeCluster(profile: BrokerProfile) async throws {
        for (operation, expected) in [(nil, true), (.describe, true), (.alter, true), (.create, false)]
            as [(AccessControl.Operation?, Bool)]
        {
            try await EmbeddedScene.with(profile) { state in
                guard let operation else { return }
                state.access.hasAuthorizer = true
                state.access.entries = [.init(.allow, "User:ANONYMOUS", operation, .cluster, "kafka-cluster")]
            } _: { scene in
                let may = try await scene.client.mayDescribeCluster(Scene.context)
                #expect(may == expected, "\(operation as Any)")
            }
        }
        try await EmbeddedScene.with(.kafka22) { scene in
            let untold = try await scene.client.mayDescribeCluster(Scene.context)
            #expect(untold == nil)
        }
    }

    @Test("configuration comes in the order of the question, a broker's from the broker itself")
    func configs() async throws {
        try await EmbeddedScene.with(brokers: 2) { state in
            state.createTopic("a", settings: ["retention.ms": "1"])
        } _: { scene in
            let found = await scene.client.configs(
                of: [.broker(2), .topic("none"), .topic("a")], Scene.context)
            let broker = found[0].value?.first { $0.name == "node.id" }
            #expect(broker?.value == "2" && broker?.source == "static_broker")
            #expect(found[1].error?.code == 3)
            let topic = found[2].value?.first { $0.name == "retention.ms" }
            #expect(topic?.value == "1" && topic?.source == "topic")
            let asked = try scene.requests(DescribeConfigsRequest.self).filter {
                $0.request.resources.contains { $0.resourceType == 4 }
            }
            #expect(asked.map(\.broker) == [2])
        }
    }
}
