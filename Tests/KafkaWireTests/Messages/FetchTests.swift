import Testing

@testable import KafkaWire

@Suite("Fetch")
struct FetchTests {
    /// As Kafka 4.3's own classes write it.
    private static let flexible = """
        00000001 0000 00000000 02 02 74 02
        00000003 0006 ffffffffffffffff ffffffffffffffff ffffffffffffffff 00 ffffffff 04 010203
        03 00 0d 00000005 0000000000000006 00
           01 09 00000002 00000009 00
           02 0d 0000000000000007 00000008 00
        00 00
        """

    private static let response = FetchResponse.with {
        $0.throttleTimeMs = 1
        $0.responses = [
            .with {
                $0.name = "t"
                $0.partitions = [
                    .with {
                        $0.index = 3
                        $0.error = .notLeaderOrFollower
                        $0.highWatermark = -1
                        $0.divergingEpoch = .with { ($0.epoch, $0.endOffset) = (5, 6) }
                        $0.currentLeader = .with { ($0.leaderID, $0.leaderEpoch) = (2, 9) }
                        $0.snapshotID = .with { ($0.endOffset, $0.epoch) = (7, 8) }
                        $0.abortedTransactions = nil
                        $0.records = [1, 2, 3]
                    }
                ]
            }
        ]
    }

    @Test("the tagged fields of a response are Kafka's, byte for byte")
    func taggedFields() throws {
        let bytes = try hex(Self.flexible)
        #expect(try FetchRequest.response(from: bytes, version: 12) == Self.response)
        #expect(try FetchRequest.encoded(Self.response, version: 12) == bytes)
    }

    @Test("version 4 has the bytes the protocol guide lays out")
    func firstVersion() throws {
        var request = FetchRequest.with {
            $0.maxBytes = 1
            $0.topics = [.with { ($0.name, $0.partitions) = ("t", [.with { $0.fetchOffset = 2 }]) }]
        }
        #expect(
            try request.encoded(version: 4)
                == hex(
                    """
                    ffffffff 00000000 00000000 00000001 00 00000001 0001 74
                    00000001 00000000 0000000000000002 00000000
                    """))
        request.topics = []
        (request.clusterID, request.rackID) = ("c", "r")
        #expect(
            try request.encoded(version: 12)
                == hex("ffffffff 00000000 00000000 00000001 00 00000000 ffffffff 01 01 02 72 01 00 02 02 63"))
    }

    @Test("records are a part of the buffer they came in, at their place in it")
    func recordsAreNotCopied() throws {
        // The body begins in the middle of a frame, as it does behind a header.
        let frame = try [0xAA, 0xBB] + hex(Self.flexible)
        let response = try FetchRequest.response(from: frame.dropFirst(2), version: 12)
        let records = try #require(response.responses.first?.partitions.first?.records)
        // A copy would have indices of its own, from 0.
        #expect(frame[records.indices] == records)
        #expect(Array(records) == [1, 2, 3])
    }

    @Test("null records and null lists of aborted transactions stay null", arguments: FetchRequest.versions)
    func nulls(version: Int16) throws {
        let response = FetchResponse.with {
            $0.responses = [.with { $0.partitions = [.with { $0.abortedTransactions = nil }] }]
        }
        let bytes = try FetchRequest.encoded(response, version: version)
        #expect(try FetchRequest.response(from: bytes, version: version) == response)
    }

    @Test("a session, forgotten topics and a follower to prefer need versions that have them")
    func lossyDowngrade() {
        let forget = FetchRequest.with { $0.forgottenTopicsData = [.init()] }
        #expect(throws: WireError.self) { try forget.encoded(version: 6) }
        #expect(throws: Never.self) { try forget.encoded(version: 7) }
        let prefer = FetchResponse.with {
            $0.responses = [.with { $0.partitions = [.with { $0.preferredReadReplica = 1 }] }]
        }
        #expect(throws: WireError.self) { try FetchRequest.encoded(prefer, version: 10) }
        #expect(throws: WireError.self) { try FetchRequest.encoded(Self.response, version: 11) }
    }
}
