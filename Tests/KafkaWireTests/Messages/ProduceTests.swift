import Testing

@testable import KafkaWire

@Suite("Produce")
struct ProduceTests {
    @Test("a batch goes out as it is")
    func records() throws {
        let request = ProduceRequest.with {
            $0.acks = -1
            $0.timeoutMs = 5
            $0.topicData = [
                .with { ($0.name, $0.partitionData) = ("t", [.with { ($0.index, $0.records) = (1, [1, 2, 3]) }]) }
            ]
        }
        #expect(
            try request.encoded(version: 3)
                == hex("ffff ffff 00000005 00000001 0001 74 00000001 00000001 00000003 010203"))
        let flexible = try hex("00 ffff 00000005 02 02 74 02 00000001 04 010203 00 00 00")
        #expect(try request.encoded(version: 9) == flexible)
        #expect(try ProduceRequest.request(from: flexible, version: 9) == request)
    }

    @Test("the current leader and its address are Kafka's tagged fields, byte for byte")
    func currentLeader() throws {
        let response = ProduceResponse.with {
            $0.responses = [
                .with {
                    $0.name = "t"
                    $0.partitionResponses = [
                        .with {
                            $0.index = 1
                            $0.error = .notLeaderOrFollower
                            $0.logStartOffset = -1
                            $0.currentLeader = .with { ($0.leaderID, $0.leaderEpoch) = (2, 3) }
                        }
                    ]
                }
            ]
            $0.nodeEndpoints = [.with { ($0.nodeID, $0.host, $0.port) = (2, "h", 9092) }]
        }
        let bytes = try hex(
            """
            02 02 74 02 00000001 0006 0000000000000000 ffffffffffffffff ffffffffffffffff 01 00
            01 00 09 00000002 00000003 00 00 00000000 01 00 0d 02 00000002 02 68 00002384 00 00
            """)
        #expect(try ProduceRequest.encoded(response, version: 10) == bytes)
        #expect(try ProduceRequest.response(from: bytes, version: 10) == response)
        #expect(throws: WireError.self) { try ProduceRequest.encoded(response, version: 9) }
    }
}
