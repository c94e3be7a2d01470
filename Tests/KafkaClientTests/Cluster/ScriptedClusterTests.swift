import KafkaClient
import KafkaWire
import ScriptedBroker
import Testing
import Transport

@Suite struct ScriptedClusterTests {
    @Test("a client finds brokers and topics of the model, and the brokers log what it asked")
    func metadata() async throws {
        var model = ClusterModel()
        model.topics["orders"] = .init(partitions: 3)
        try await ScriptedCluster.with(brokers: 2, model) { cluster in
            try await cluster.withClient { client in
                let metadata = try await client.metadata(of: ["orders"], .within(.seconds(60)))
                #expect(metadata.clusterID == "scripted-cluster")
                #expect(metadata.brokers.map(\.address) == cluster.bootstrap)
                #expect(metadata.topics["orders"]?.partitions.count == 3)
            }
            let asked = try cluster.requests(MetadataRequest.self)
            #expect(asked.last?.request.topics?.map(\.name) == ["orders"])
            #expect(asked.allSatisfy { !$0.request.allowAutoTopicCreation })
        }
    }
}
