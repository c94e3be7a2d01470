import KafkaClient
import KafkaFacts
import KafkaWire
import ScriptedBroker
import Testing
import Transport

@Suite struct ScaleTests {
    @Test("100,000 partitions are described and measured, each", arguments: [1, 1000])
    func hundredThousand(topics: Int) async throws {
        var model = ClusterModel()
        let each = 100_000 / topics
        for topic in 0..<topics {
            model.topics["t\(topic)"] = .init((0..<each).map { .init(end: Int64($0), leader: Int32($0 % 3)) })
        }
        try await Scene.with(brokers: 3, model) { _, client in
            let context = CallContext.within(.seconds(300))
            let facts = try await client.topics(nil, context)
            let partitions = facts.flatMap { fact in
                (fact.metadata.value?.partitions ?? []).map { TopicPartition(fact.name, $0.index) }
            }
            #expect(facts.count == topics && partitions.count == 100_000)
            let ends = await client.offsets(.end, of: partitions, context)
            let right = zip(partitions, ends).count { $1.value?.offset == Int64($0.partition) }
            #expect(right == 100_000)
        }
    }
}
