import Testing

@testable import KafkaWire

/// Versions in which topics go by ids, in bytes as the classes of Kafka 4.3 write them.
@Suite("Messages with topic ids")
struct TopicIDMessagesTests {
    private static let id = KafkaUUID(high: 0x0102_0304_0506_0708, low: 0x090A_0B0C_0D0E_0F10)

    @Test("Fetch requests are written and read as by Kafka, at every version")
    func fetchRequest() throws {
        try check(
            FetchRequest.self,
            [
                13...14: "ffffffff000000010000000200000003010000000400000005020102030405060708090a0b0c0d0e0f10"
                    + "0200000006000000070000000000000008ffffffffffffffffffffffff00000009000002010203040506"
                    + "0708090a0b0c0d0e0f10020000000a00027200",
                15...16: "000000010000000200000003010000000400000005020102030405060708090a0b0c0d0e0f1002000000"
                    + "06000000070000000000000008ffffffffffffffffffffffff000000090000020102030405060708090a"
                    + "0b0c0d0e0f10020000000a00027201010d0000000b000000000000000c00",
                17...17: "000000010000000200000003010000000400000005020102030405060708090a0b0c0d0e0f1002000000"
                    + "06000000070000000000000008ffffffffffffffffffffffff000000090100100102030405060708090a"
                    + "0b0c0d0e0f1000020102030405060708090a0b0c0d0e0f10020000000a00027201010d0000000b000000"
                    + "000000000c00",
                18...18: "000000010000000200000003010000000400000005020102030405060708090a0b0c0d0e0f1002000000"
                    + "06000000070000000000000008ffffffffffffffffffffffff000000090200100102030405060708090a"
                    + "0b0c0d0e0f100108000000000000000d00020102030405060708090a0b0c0d0e0f10020000000a000272"
                    + "01010d0000000b000000000000000c00",
            ]
        ) { version in
            .with {
                ($0.maxWaitMs, $0.minBytes, $0.maxBytes, $0.isolationLevel) = (1, 2, 3, 1)
                ($0.sessionID, $0.sessionEpoch, $0.rackID) = (4, 5, "r")
                $0.topics = [
                    .with {
                        $0.topicID = Self.id
                        $0.partitions = [
                            .with {
                                ($0.index, $0.currentLeaderEpoch) = (6, 7)
                                ($0.fetchOffset, $0.partitionMaxBytes) = (8, 9)
                                if version >= 17 { $0.replicaDirectoryID = Self.id }
                                if version >= 18 { $0.highWatermark = 13 }
                            }
                        ]
                    }
                ]
                $0.forgottenTopicsData = [.with { ($0.topicID, $0.partitions) = (Self.id, [10]) }]
                if version >= 15 { $0.replicaState = .with { ($0.replicaID, $0.replicaEpoch) = (11, 12) } }
            }
        }
    }

    @Test("Fetch responses are written and read as by Kafka, at every version")
    func fetchResponse() throws {
        try checkResponse(
            FetchRequest.self,
            [
                13...15: "00000000000000000001020102030405060708090a0b0c0d0e0f10020000000200060000000000000003"
                    + "ffffffffffffffffffffffffffffffff01ffffffff00000000",
                16...18: "00000000000000000001020102030405060708090a0b0c0d0e0f10020000000200060000000000000003"
                    + "ffffffffffffffffffffffffffffffff01ffffffff00000001000d02000000040268000000050000",
            ]
        ) { version in
            .with {
                $0.sessionID = 1
                $0.responses = [
                    .with {
                        $0.topicID = Self.id
                        $0.partitions = [
                            .with { ($0.index, $0.error, $0.highWatermark) = (2, .notLeaderOrFollower, 3) }
                        ]
                    }
                ]
                if version >= 16 { $0.nodeEndpoints = [.with { ($0.nodeID, $0.host, $0.port) = (4, "h", 5) }] }
            }
        }
    }

    @Test("Produce is written and read as by Kafka")
    func produce() throws {
        try check(
            ProduceRequest.self, [13...13: "00ffff00000001020102030405060708090a0b0c0d0e0f10020000000200000000"]
        ) { _ in
            .with {
                ($0.acks, $0.timeoutMs) = (-1, 1)
                $0.topicData = [.with { ($0.topicID, $0.partitionData) = (Self.id, [.with { $0.index = 2 }]) }]
            }
        }
        try checkResponse(
            ProduceRequest.self,
            [
                13...13: "020102030405060708090a0b0c0d0e0f10020000000100000000000000000002ffffffffffffffffffff"
                    + "ffffffffffff010000000000000000"
            ]
        ) { _ in
            .with {
                $0.responses = [
                    .with {
                        $0.topicID = Self.id
                        $0.partitionResponses = [.with { ($0.index, $0.baseOffset) = (1, 2) }]
                    }
                ]
            }
        }
    }

    @Test("OffsetCommit is written and read as by Kafka")
    func offsetCommit() throws {
        try check(
            OffsetCommitRequest.self,
            [
                10...10: "026700000001026d00020102030405060708090a0b0c0d0e0f1002000000020000000000000003ffffff"
                    + "ff0278000000"
            ]
        ) { _ in
            .with {
                ($0.groupID, $0.generationIDOrMemberEpoch, $0.memberID) = ("g", 1, "m")
                $0.topics = [
                    .with {
                        $0.topicID = Self.id
                        $0.partitions = [.with { ($0.index, $0.committedOffset, $0.committedMetadata) = (2, 3, "x") }]
                    }
                ]
            }
        }
        try checkResponse(
            OffsetCommitRequest.self, [10...10: "00000000020102030405060708090a0b0c0d0e0f1002000000010064000000"]
        ) { _ in
            .with {
                $0.topics = [
                    .with {
                        ($0.topicID, $0.partitions) = (Self.id, [.with { ($0.index, $0.error) = (1, .unknownTopicID) }])
                    }
                ]
            }
        }
    }

    @Test("OffsetFetch is written and read as by Kafka")
    func offsetFetch() throws {
        try check(
            OffsetFetchRequest.self, [10...10: "020267026d00000001020102030405060708090a0b0c0d0e0f10020000000200000100"]
        ) { _ in
            .with {
                $0.requireStable = true
                $0.groups = [
                    .with {
                        ($0.groupID, $0.memberID, $0.memberEpoch) = ("g", "m", 1)
                        $0.topics = [.with { ($0.topicID, $0.partitionIndexes) = (Self.id, [2]) }]
                    }
                ]
            }
        }
        try checkResponse(
            OffsetFetchRequest.self,
            [
                10...10: "00000000020267020102030405060708090a0b0c0d0e0f1002000000010000000000000002ffffffff02"
                    + "780000000000000000"
            ]
        ) { _ in
            .with {
                $0.groups = [
                    .with {
                        $0.groupID = "g"
                        $0.topics = [
                            .with {
                                $0.topicID = Self.id
                                $0.partitions = [.with { ($0.index, $0.committedOffset, $0.metadata) = (1, 2, "x") }]
                            }
                        ]
                    }
                ]
            }
        }
    }

    @Test("What else is new in Kafka 4 is written and read as by it")
    func others() throws {
        try checkResponse(MetadataRequest.self, [13...13: "000000000102630000000101008100"]) { _ in
            .with { ($0.clusterID, $0.controllerID, $0.error) = ("c", 1, KafkaErrorCode(rawValue: 129)) }
        }
        try checkResponse(
            DescribeLogDirsRequest.self, [5...5: "000000000000020000032f640100000000000000010000000000000002010000"]
        ) { _ in
            .with {
                $0.results = [
                    .with { ($0.logDir, $0.totalBytes, $0.usableBytes, $0.isCordoned) = ("/d", 1, 2, true) }
                ]
            }
        }
    }
}
