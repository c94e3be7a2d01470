import Testing

@testable import KafkaWire

@Suite("ApiKey")
struct ApiKeyTests {
    @Test(
        "a key prints as Kafka's name",
        arguments: [
            (2, "ListOffsets"), (77, "ShareGroupDescribe"), (92, "DeleteShareGroupOffsets"), (93, "API 93"),
            (-1, "API -1"),
        ]
            as [(Int16, String)])
    func description(key: Int16, text: String) {
        #expect(ApiKey(rawValue: key).description == text)
    }

    @Test("only what reads is on the allow-list of a client that only reads")
    func readOnly() {
        let allowed = (-1...100).map { ApiKey(rawValue: $0) }.filter(\.isReadOnly).map(\.rawValue)
        #expect(
            allowed == [
                1, 2, 3, 9, 10, 15, 16, 17, 18, 23, 29, 32, 35, 36, 46, 48, 50, 55, 60, 61, 65, 66, 69, 74, 75, 77, 89,
                90,
            ])
        let writes: [ApiKey] = [
            .produce, .offsetCommit, .createTopics, .deleteTopics, .deleteRecords, .initProducerId, .deleteGroups,
            .offsetDelete, .joinGroup, .syncGroup, .heartbeat, .leaveGroup, .addPartitionsToTxn, .addOffsetsToTxn,
            .endTxn,
            .txnOffsetCommit, .createAcls, .deleteAcls, .alterConfigs, .describeDelegationToken,
        ]
        #expect(writes.allSatisfy { !$0.isReadOnly })
    }
}
