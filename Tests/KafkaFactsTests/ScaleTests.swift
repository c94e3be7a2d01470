import EmbeddedClusters
import EmbeddedKafka
import KafkaClient
import KafkaFacts
import KafkaWire
import Testing
import Transport

@Suite struct ScaleTests {
    @Test("100,000 partitions are described and measured, each", arguments: [1, 1000])
    func hundredThousand(topics: Int) async throws {
        let each = 100_000 / topics
        try await EmbeddedScene.with(brokers: 3) { state in
            for topic in 0..<topics {
                state.createTopic("t\(topic)", partitions: each)
                for index in 0..<each { state.begin("t\(topic)", Int32(index), at: Int64(index)) }
            }
        } _: { scene in
            let context = VirtualClock().within(.seconds(300))
            let facts = try await scene.client.topics(nil, context)
            let partitions = facts.flatMap { fact in
                (fact.metadata.value?.partitions ?? []).map { TopicPartition(fact.name, $0.index) }
            }
            #expect(facts.count == topics && partitions.count == 100_000)
            let ends = await scene.client.offsets(.end, of: partitions, context)
            let right = zip(partitions, ends).count { $1.value?.offset == Int64($0.partition) }
            #expect(right == 100_000)
        }
    }
}
