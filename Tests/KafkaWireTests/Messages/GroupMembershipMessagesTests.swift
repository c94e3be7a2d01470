import Testing

@testable import KafkaWire

/// Bytes as Kafka's own classes write them.
@Suite("Messages of group membership")
struct GroupMembershipMessagesTests {
    @Test("JoinGroup requests are written and read as by Kafka, at every version")
    func joinGroupRequest() throws {
        try check(
            JoinGroupRequest.self,
            [
                0...0: "0001670000271000016d0008636f6e73756d657200000001000572616e6765000000020102",
                1...4: "000167000027100000ea6000016d0008636f6e73756d657200000001000572616e6765000000020102",
                5...5: "000167000027100000ea6000016d0001690008636f6e73756d657200000001000572616e676500000002"
                    + "0102",
                6...7: "0267000027100000ea60026d026909636f6e73756d6572020672616e67650301020000",
                8...9: "0267000027100000ea60026d026909636f6e73756d6572020672616e676503010200027200",
            ]
        ) { version in
            .with {
                $0.groupID = "g"
                $0.sessionTimeoutMs = 10_000
                if version >= 1 { $0.rebalanceTimeoutMs = 60_000 }
                $0.memberID = "m"
                if version >= 5 { $0.groupInstanceID = "i" }
                $0.protocolType = "consumer"
                $0.protocols = [
                    .with {
                        $0.name = "range"
                        $0.metadata = [1, 2]
                    }
                ]
                if version >= 8 { $0.reason = "r" }
            }
        }
    }

    @Test("JoinGroup responses are written and read as by Kafka, at every version")
    func joinGroupResponse() throws {
        try checkResponse(
            JoinGroupRequest.self,
            [
                0...1: "000000000003000572616e676500016c00016d0000000100016d000000020102",
                2...4: "00000005000000000003000572616e676500016c00016d0000000100016d000000020102",
                5...5: "00000005000000000003000572616e676500016c00016d0000000100016d000169000000020102",
                6...6: "000000050000000000030672616e6765026c026d02026d02690301020000",
                7...8: "0000000500000000000309636f6e73756d65720672616e6765026c026d02026d02690301020000",
                9...9: "0000000500000000000309636f6e73756d65720672616e6765026c01026d02026d02690301020000",
            ]
        ) { version in
            .with {
                if version >= 2 { $0.throttleTimeMs = 5 }
                $0.generationID = 3
                if version >= 7 { $0.protocolType = "consumer" }
                $0.protocolName = "range"
                $0.leader = "l"
                $0.skipAssignment = version >= 9
                $0.memberID = "m"
                $0.members = [
                    .with {
                        $0.memberID = "m"
                        $0.groupInstanceID = version >= 5 ? "i" : nil
                        $0.metadata = [1, 2]
                    }
                ]
            }
        }
    }

    @Test("SyncGroup requests are written and read as by Kafka, at every version")
    func syncGroupRequest() throws {
        try check(
            SyncGroupRequest.self,
            [
                0...2: "0001670000000300016d0000000100016d000000020102",
                3...3: "0001670000000300016d0001690000000100016d000000020102",
                4...4: "026700000003026d026902026d0301020000",
                5...5: "026700000003026d026909636f6e73756d65720672616e676502026d0301020000",
            ]
        ) { version in
            .with {
                $0.groupID = "g"
                $0.generationID = 3
                $0.memberID = "m"
                if version >= 3 { $0.groupInstanceID = "i" }
                if version >= 5 {
                    $0.protocolType = "consumer"
                    $0.protocolName = "range"
                }
                $0.assignments = [
                    .with {
                        $0.memberID = "m"
                        $0.assignment = [1, 2]
                    }
                ]
            }
        }
    }

    @Test("SyncGroup responses are written and read as by Kafka, at every version")
    func syncGroupResponse() throws {
        try checkResponse(
            SyncGroupRequest.self,
            [
                0...0: "001b000000020102",
                1...3: "00000005001b000000020102",
                4...4: "00000005001b03010200",
                5...5: "00000005001b09636f6e73756d65720672616e676503010200",
            ]
        ) { version in
            .with {
                if version >= 1 { $0.throttleTimeMs = 5 }
                $0.error = .rebalanceInProgress
                if version >= 5 {
                    $0.protocolType = "consumer"
                    $0.protocolName = "range"
                }
                $0.assignment = [1, 2]
            }
        }
    }

    @Test("Heartbeat requests are written and read as by Kafka, at every version")
    func heartbeatRequest() throws {
        try check(
            HeartbeatRequest.self,
            [
                0...2: "0001670000000300016d",
                3...3: "0001670000000300016d000169",
                4...4: "026700000003026d026900",
            ]
        ) { version in
            .with {
                $0.groupID = "g"
                $0.generationID = 3
                $0.memberID = "m"
                if version >= 3 { $0.groupInstanceID = "i" }
            }
        }
    }

    @Test("Heartbeat responses are written and read as by Kafka, at every version")
    func heartbeatResponse() throws {
        try checkResponse(
            HeartbeatRequest.self,
            [
                0...0: "001b",
                1...3: "00000005001b",
                4...4: "00000005001b00",
            ]
        ) { version in
            .with {
                if version >= 1 { $0.throttleTimeMs = 5 }
                $0.error = .rebalanceInProgress
            }
        }
    }

    @Test("LeaveGroup requests are written and read as by Kafka, at every version")
    func leaveGroupRequest() throws {
        try check(
            LeaveGroupRequest.self,
            [
                0...2: "00016700016d",
                3...3: "0001670000000100016d000169",
                4...4: "026702026d02690000",
                5...5: "026702026d026902720000",
            ]
        ) { version in
            .with {
                $0.groupID = "g"
                if version < 3 { $0.memberID = "m" }
                if version >= 3 {
                    $0.members = [
                        .with {
                            $0.memberID = "m"
                            $0.groupInstanceID = "i"
                            $0.reason = version >= 5 ? "r" : nil
                        }
                    ]
                }
            }
        }
    }

    @Test("LeaveGroup responses are written and read as by Kafka, at every version")
    func leaveGroupResponse() throws {
        try checkResponse(
            LeaveGroupRequest.self,
            [
                0...0: "0019",
                1...2: "000000050019",
                3...3: "0000000500000000000100016d0001690019",
                4...5: "00000005000002026d026900190000",
            ]
        ) { version in
            .with {
                if version >= 1 { $0.throttleTimeMs = 5 }
                if version < 3 { $0.error = .unknownMemberID }
                if version >= 3 {
                    $0.members = [
                        .with {
                            $0.memberID = "m"
                            $0.groupInstanceID = "i"
                            $0.error = .unknownMemberID
                        }
                    ]
                }
            }
        }
    }
}
