import Testing

@testable import KafkaWire

@Suite("KafkaErrorCode")
struct KafkaErrorCodeTests {
    @Test(
        "a code prints with Kafka's name",
        arguments: [
            (-1, "UNKNOWN_SERVER_ERROR (-1)"), (0, "NONE (0)"), (6, "NOT_LEADER_OR_FOLLOWER (6)"),
            (69, "GROUP_ID_NOT_FOUND (69)"), (133, "SHARE_SESSION_LIMIT_REACHED (133)"), (999, "UNKNOWN (999)"),
            (134, "UNKNOWN (134)"), (.min, "UNKNOWN (-32768)"), (.max, "UNKNOWN (32767)"),
        ] as [(Int16, String)])
    func description(code: Int16, text: String) {
        #expect(KafkaErrorCode(rawValue: code).description == text)
    }

    @Test("every known code is found by its name", arguments: -1...133 as ClosedRange<Int16>)
    func lookup(code: Int16) throws {
        let name = try #require(KafkaErrorCode(rawValue: code).name)
        #expect(KafkaErrorCode(name: name)?.rawValue == code)
    }

    @Test("no other name is", arguments: ["", "none", "UNKNOWN", "NO\u{4E}E ", "\u{212A}AFKA_STORAGE_ERROR"])
    func unknownName(name: String) {
        #expect(KafkaErrorCode(name: name) == nil)
    }

    @Test("names in the code and in the table are the same")
    func constants() {
        #expect(KafkaErrorCode.unknownServerError.name == "UNKNOWN_SERVER_ERROR")
        #expect(KafkaErrorCode.coordinatorLoadInProgress.name == "COORDINATOR_LOAD_IN_PROGRESS")
        #expect(KafkaErrorCode.unstableOffsetCommit.name == "UNSTABLE_OFFSET_COMMIT")
        #expect(KafkaErrorCode.rebootstrapRequired.name == "REBOOTSTRAP_REQUIRED")
    }

    @Test("what may pass by itself is retriable, what needs a decision is not")
    func retriable() {
        let retriable: [KafkaErrorCode] = [
            .corruptMessage, .unknownTopicOrPartition, .leaderNotAvailable, .notLeaderOrFollower, .requestTimedOut,
            .brokerNotAvailable, .replicaNotAvailable, .networkException, .coordinatorLoadInProgress,
            .coordinatorNotAvailable, .notCoordinator, .notEnoughReplicas, .notEnoughReplicasAfterAppend,
            .notController, .concurrentTransactions, .kafkaStorageError, .fetchSessionIDNotFound,
            .invalidFetchSessionEpoch, .listenerNotFound, .fencedLeaderEpoch, .unknownLeaderEpoch,
            .offsetNotAvailable, .preferredLeaderNotAvailable, .eligibleLeadersNotAvailable, .electionNotNeeded,
            .unstableOffsetCommit, .throttlingQuotaExceeded, .unknownTopicID, .inconsistentTopicID,
            .fetchSessionTopicIDError, .shareSessionNotFound, .invalidShareSessionEpoch, .shareSessionLimitReached,
        ]
        for code in (-1...140).map({ KafkaErrorCode(rawValue: $0) }) {
            #expect(code.isRetriable == retriable.contains(code), "\(code)")
        }
    }
}
