import Testing

@testable import KafkaWire

@Suite("ListOffsets")
struct ListOffsetsTests {
    static let request = ListOffsetsRequest.with {
        $0.topics = [
            .with {
                $0.name = "orders"
                $0.partitions = [.with { $0.index = 7 }]
            }
        ]
    }

    static let response = ListOffsetsResponse.with {
        $0.topics = [
            .with {
                $0.name = "orders"
                $0.partitions = [.with { $0.offset = 42 }]
            }
        ]
    }

    @Test("a request comes back as it went out", arguments: ListOffsetsRequest.versions)
    func requestRoundTrip(version: Int16) throws {
        let bytes = try Self.request.encoded(version: version)
        #expect(try ListOffsetsRequest.request(from: bytes, version: version) == Self.request)
    }

    @Test("a response comes back as it went out", arguments: ListOffsetsRequest.versions)
    func responseRoundTrip(version: Int16) throws {
        let bytes = try ListOffsetsRequest.encoded(Self.response, version: version)
        #expect(try ListOffsetsRequest.response(from: bytes, version: version) == Self.response)
    }

    @Test(
        "the first, the first flexible and the last version have the bytes the protocol guide lays out",
        arguments: [
            (2, "ffffffff 00 00000001 0006 6f7264657273 00000001 00000007 ffffffffffffffff"),
            (6, "ffffffff 00 02 07 6f7264657273 02 00000007 ffffffff ffffffffffffffff 00 00 00"),
            (11, "ffffffff 00 02 07 6f7264657273 02 00000007 ffffffff ffffffffffffffff 00 00 00000000 00"),
        ] as [(Int16, String)])
    func knownBytes(version: Int16, bytes: String) throws {
        #expect(try Self.request.encoded(version: version) == hex(bytes))
    }

    @Test(
        "the layout is the protocol guide's, version by version",
        arguments: [
            (2, ["replica_id: int32", "isolation_level: int8"], [], []),
            (4, ["replica_id: int32", "isolation_level: int8"], ["current_leader_epoch: int32"], []),
            (
                11, ["replica_id: int32", "isolation_level: int8"], ["current_leader_epoch: int32"],
                ["timeout_ms: int32"]
            ),
        ] as [(Int16, [String], [String], [String])])
    func layout(version: Int16, before: [String], partition: [String], after: [String]) throws {
        let fields = ["partition_index: int32"] + partition + ["timestamp: int64"]
        #expect(
            try WireLayout.of(ListOffsetsRequest.self, version: version, isFlexible: version >= 6)
                == before + ["topics[].name: string"] + fields.map { "topics[].partitions[].\($0)" } + after)
    }

    @Test("an error says where")
    func errorPath() throws {
        let bytes = try hex(
            "00000000 00000001 0006 6f7264657273 00000002 00000007 0000 0000000000000001 0000000000000002 0000")
        let error = #expect(throws: WireError.self) { try ListOffsetsRequest.response(from: bytes, version: 2) }
        #expect(error?.description == "topics[0].partitions[1].partition_index: 4 bytes needed, 2 left")
    }

    @Test("a leader epoch is refused where the response cannot carry it")
    func lossyResponse() {
        let response = ListOffsetsResponse.with {
            $0.topics = [.with { $0.partitions = [.with { $0.leaderEpoch = 3 }] }]
        }
        let error = #expect(throws: WireError.self) { try ListOffsetsRequest.encoded(response, version: 3) }
        #expect(error?.description == "topics[0].partitions[0].leader_epoch: version 3 cannot carry this field")
    }
}
