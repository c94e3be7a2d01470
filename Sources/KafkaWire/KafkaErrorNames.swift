extension KafkaErrorCode {
    /// Names by code, from -1, without a gap: those of Kafka 4.3.
    static let names = """
        UNKNOWN_SERVER_ERROR NONE OFFSET_OUT_OF_RANGE CORRUPT_MESSAGE UNKNOWN_TOPIC_OR_PARTITION INVALID_FETCH_SIZE
        LEADER_NOT_AVAILABLE NOT_LEADER_OR_FOLLOWER REQUEST_TIMED_OUT BROKER_NOT_AVAILABLE REPLICA_NOT_AVAILABLE
        MESSAGE_TOO_LARGE STALE_CONTROLLER_EPOCH OFFSET_METADATA_TOO_LARGE NETWORK_EXCEPTION
        COORDINATOR_LOAD_IN_PROGRESS COORDINATOR_NOT_AVAILABLE NOT_COORDINATOR INVALID_TOPIC_EXCEPTION
        RECORD_LIST_TOO_LARGE NOT_ENOUGH_REPLICAS NOT_ENOUGH_REPLICAS_AFTER_APPEND INVALID_REQUIRED_ACKS
        ILLEGAL_GENERATION INCONSISTENT_GROUP_PROTOCOL INVALID_GROUP_ID UNKNOWN_MEMBER_ID INVALID_SESSION_TIMEOUT
        REBALANCE_IN_PROGRESS INVALID_COMMIT_OFFSET_SIZE TOPIC_AUTHORIZATION_FAILED GROUP_AUTHORIZATION_FAILED
        CLUSTER_AUTHORIZATION_FAILED INVALID_TIMESTAMP UNSUPPORTED_SASL_MECHANISM ILLEGAL_SASL_STATE
        UNSUPPORTED_VERSION TOPIC_ALREADY_EXISTS INVALID_PARTITIONS INVALID_REPLICATION_FACTOR
        INVALID_REPLICA_ASSIGNMENT INVALID_CONFIG NOT_CONTROLLER INVALID_REQUEST UNSUPPORTED_FOR_MESSAGE_FORMAT
        POLICY_VIOLATION OUT_OF_ORDER_SEQUENCE_NUMBER DUPLICATE_SEQUENCE_NUMBER INVALID_PRODUCER_EPOCH
        INVALID_TXN_STATE INVALID_PRODUCER_ID_MAPPING INVALID_TRANSACTION_TIMEOUT CONCURRENT_TRANSACTIONS
        TRANSACTION_COORDINATOR_FENCED TRANSACTIONAL_ID_AUTHORIZATION_FAILED SECURITY_DISABLED
        OPERATION_NOT_ATTEMPTED KAFKA_STORAGE_ERROR LOG_DIR_NOT_FOUND SASL_AUTHENTICATION_FAILED UNKNOWN_PRODUCER_ID
        REASSIGNMENT_IN_PROGRESS DELEGATION_TOKEN_AUTH_DISABLED DELEGATION_TOKEN_NOT_FOUND
        DELEGATION_TOKEN_OWNER_MISMATCH DELEGATION_TOKEN_REQUEST_NOT_ALLOWED DELEGATION_TOKEN_AUTHORIZATION_FAILED
        DELEGATION_TOKEN_EXPIRED INVALID_PRINCIPAL_TYPE NON_EMPTY_GROUP GROUP_ID_NOT_FOUND FETCH_SESSION_ID_NOT_FOUND
        INVALID_FETCH_SESSION_EPOCH LISTENER_NOT_FOUND TOPIC_DELETION_DISABLED FENCED_LEADER_EPOCH
        UNKNOWN_LEADER_EPOCH UNSUPPORTED_COMPRESSION_TYPE STALE_BROKER_EPOCH OFFSET_NOT_AVAILABLE MEMBER_ID_REQUIRED
        PREFERRED_LEADER_NOT_AVAILABLE GROUP_MAX_SIZE_REACHED FENCED_INSTANCE_ID ELIGIBLE_LEADERS_NOT_AVAILABLE
        ELECTION_NOT_NEEDED NO_REASSIGNMENT_IN_PROGRESS GROUP_SUBSCRIBED_TO_TOPIC INVALID_RECORD
        UNSTABLE_OFFSET_COMMIT THROTTLING_QUOTA_EXCEEDED PRODUCER_FENCED RESOURCE_NOT_FOUND DUPLICATE_RESOURCE
        UNACCEPTABLE_CREDENTIAL INCONSISTENT_VOTER_SET INVALID_UPDATE_VERSION FEATURE_UPDATE_FAILED
        PRINCIPAL_DESERIALIZATION_FAILURE SNAPSHOT_NOT_FOUND POSITION_OUT_OF_RANGE UNKNOWN_TOPIC_ID
        DUPLICATE_BROKER_REGISTRATION BROKER_ID_NOT_REGISTERED INCONSISTENT_TOPIC_ID INCONSISTENT_CLUSTER_ID
        TRANSACTIONAL_ID_NOT_FOUND FETCH_SESSION_TOPIC_ID_ERROR INELIGIBLE_REPLICA NEW_LEADER_ELECTED
        OFFSET_MOVED_TO_TIERED_STORAGE FENCED_MEMBER_EPOCH UNRELEASED_INSTANCE_ID UNSUPPORTED_ASSIGNOR
        STALE_MEMBER_EPOCH MISMATCHED_ENDPOINT_TYPE UNSUPPORTED_ENDPOINT_TYPE UNKNOWN_CONTROLLER_ID
        UNKNOWN_SUBSCRIPTION_ID TELEMETRY_TOO_LARGE INVALID_REGISTRATION TRANSACTION_ABORTABLE INVALID_RECORD_STATE
        SHARE_SESSION_NOT_FOUND INVALID_SHARE_SESSION_EPOCH FENCED_STATE_EPOCH INVALID_VOTER_KEY DUPLICATE_VOTER
        VOTER_NOT_FOUND INVALID_REGULAR_EXPRESSION REBOOTSTRAP_REQUIRED STREAMS_INVALID_TOPOLOGY
        STREAMS_INVALID_TOPOLOGY_EPOCH STREAMS_TOPOLOGY_FENCED SHARE_SESSION_LIMIT_REACHED
        """.split(whereSeparator: \.isWhitespace).map(String.init)

    package static let unknownServerError = Self(rawValue: -1)
    package static let none = Self(rawValue: 0)
    package static let offsetOutOfRange = Self(rawValue: 1)
    package static let corruptMessage = Self(rawValue: 2)
    package static let unknownTopicOrPartition = Self(rawValue: 3)
    package static let invalidFetchSize = Self(rawValue: 4)
    package static let leaderNotAvailable = Self(rawValue: 5)
    package static let notLeaderOrFollower = Self(rawValue: 6)
    package static let requestTimedOut = Self(rawValue: 7)
    package static let brokerNotAvailable = Self(rawValue: 8)
    package static let replicaNotAvailable = Self(rawValue: 9)
    package static let messageTooLarge = Self(rawValue: 10)
    package static let staleControllerEpoch = Self(rawValue: 11)
    package static let offsetMetadataTooLarge = Self(rawValue: 12)
    package static let networkException = Self(rawValue: 13)
    package static let coordinatorLoadInProgress = Self(rawValue: 14)
    package static let coordinatorNotAvailable = Self(rawValue: 15)
    package static let notCoordinator = Self(rawValue: 16)
    package static let invalidTopicException = Self(rawValue: 17)
    package static let recordListTooLarge = Self(rawValue: 18)
    package static let notEnoughReplicas = Self(rawValue: 19)
    package static let notEnoughReplicasAfterAppend = Self(rawValue: 20)
    package static let invalidRequiredAcks = Self(rawValue: 21)
    package static let illegalGeneration = Self(rawValue: 22)
    package static let inconsistentGroupProtocol = Self(rawValue: 23)
    package static let invalidGroupID = Self(rawValue: 24)
    package static let unknownMemberID = Self(rawValue: 25)
    package static let invalidSessionTimeout = Self(rawValue: 26)
    package static let rebalanceInProgress = Self(rawValue: 27)
    package static let invalidCommitOffsetSize = Self(rawValue: 28)
    package static let topicAuthorizationFailed = Self(rawValue: 29)
    package static let groupAuthorizationFailed = Self(rawValue: 30)
    package static let clusterAuthorizationFailed = Self(rawValue: 31)
    package static let invalidTimestamp = Self(rawValue: 32)
    package static let unsupportedSaslMechanism = Self(rawValue: 33)
    package static let illegalSaslState = Self(rawValue: 34)
    package static let unsupportedVersion = Self(rawValue: 35)
    package static let topicAlreadyExists = Self(rawValue: 36)
    package static let invalidPartitions = Self(rawValue: 37)
    package static let invalidReplicationFactor = Self(rawValue: 38)
    package static let invalidReplicaAssignment = Self(rawValue: 39)
    package static let invalidConfig = Self(rawValue: 40)
    package static let notController = Self(rawValue: 41)
    package static let invalidRequest = Self(rawValue: 42)
    package static let unsupportedForMessageFormat = Self(rawValue: 43)
    package static let policyViolation = Self(rawValue: 44)
    package static let outOfOrderSequenceNumber = Self(rawValue: 45)
    package static let duplicateSequenceNumber = Self(rawValue: 46)
    package static let invalidProducerEpoch = Self(rawValue: 47)
    package static let invalidTxnState = Self(rawValue: 48)
    package static let invalidProducerIDMapping = Self(rawValue: 49)
    package static let invalidTransactionTimeout = Self(rawValue: 50)
    package static let concurrentTransactions = Self(rawValue: 51)
    package static let transactionCoordinatorFenced = Self(rawValue: 52)
    package static let transactionalIDAuthorizationFailed = Self(rawValue: 53)
    package static let securityDisabled = Self(rawValue: 54)
    package static let operationNotAttempted = Self(rawValue: 55)
    package static let kafkaStorageError = Self(rawValue: 56)
    package static let logDirNotFound = Self(rawValue: 57)
    package static let saslAuthenticationFailed = Self(rawValue: 58)
    package static let unknownProducerID = Self(rawValue: 59)
    package static let reassignmentInProgress = Self(rawValue: 60)
    package static let delegationTokenAuthDisabled = Self(rawValue: 61)
    package static let delegationTokenNotFound = Self(rawValue: 62)
    package static let delegationTokenOwnerMismatch = Self(rawValue: 63)
    package static let delegationTokenRequestNotAllowed = Self(rawValue: 64)
    package static let delegationTokenAuthorizationFailed = Self(rawValue: 65)
    package static let delegationTokenExpired = Self(rawValue: 66)
    package static let invalidPrincipalType = Self(rawValue: 67)
    package static let nonEmptyGroup = Self(rawValue: 68)
    package static let groupIDNotFound = Self(rawValue: 69)
    package static let fetchSessionIDNotFound = Self(rawValue: 70)
    package static let invalidFetchSessionEpoch = Self(rawValue: 71)
    package static let listenerNotFound = Self(rawValue: 72)
    package static let topicDeletionDisabled = Self(rawValue: 73)
    package static let fencedLeaderEpoch = Self(rawValue: 74)
    package static let unknownLeaderEpoch = Self(rawValue: 75)
    package static let unsupportedCompressionType = Self(rawValue: 76)
    package static let staleBrokerEpoch = Self(rawValue: 77)
    package static let offsetNotAvailable = Self(rawValue: 78)
    package static let memberIDRequired = Self(rawValue: 79)
    package static let preferredLeaderNotAvailable = Self(rawValue: 80)
    package static let groupMaxSizeReached = Self(rawValue: 81)
    package static let fencedInstanceID = Self(rawValue: 82)
    package static let eligibleLeadersNotAvailable = Self(rawValue: 83)
    package static let electionNotNeeded = Self(rawValue: 84)
    package static let noReassignmentInProgress = Self(rawValue: 85)
    package static let groupSubscribedToTopic = Self(rawValue: 86)
    package static let invalidRecord = Self(rawValue: 87)
    package static let unstableOffsetCommit = Self(rawValue: 88)
    package static let throttlingQuotaExceeded = Self(rawValue: 89)
    package static let producerFenced = Self(rawValue: 90)
    package static let resourceNotFound = Self(rawValue: 91)
    package static let duplicateResource = Self(rawValue: 92)
    package static let unacceptableCredential = Self(rawValue: 93)
    package static let inconsistentVoterSet = Self(rawValue: 94)
    package static let invalidUpdateVersion = Self(rawValue: 95)
    package static let featureUpdateFailed = Self(rawValue: 96)
    package static let principalDeserializationFailure = Self(rawValue: 97)
    package static let snapshotNotFound = Self(rawValue: 98)
    package static let positionOutOfRange = Self(rawValue: 99)
    package static let unknownTopicID = Self(rawValue: 100)
    package static let duplicateBrokerRegistration = Self(rawValue: 101)
    package static let brokerIDNotRegistered = Self(rawValue: 102)
    package static let inconsistentTopicID = Self(rawValue: 103)
    package static let inconsistentClusterID = Self(rawValue: 104)
    package static let transactionalIDNotFound = Self(rawValue: 105)
    package static let fetchSessionTopicIDError = Self(rawValue: 106)
    package static let ineligibleReplica = Self(rawValue: 107)
    package static let newLeaderElected = Self(rawValue: 108)
    package static let offsetMovedToTieredStorage = Self(rawValue: 109)
    package static let fencedMemberEpoch = Self(rawValue: 110)
    package static let unreleasedInstanceID = Self(rawValue: 111)
    package static let unsupportedAssignor = Self(rawValue: 112)
    package static let staleMemberEpoch = Self(rawValue: 113)
    package static let mismatchedEndpointType = Self(rawValue: 114)
    package static let unsupportedEndpointType = Self(rawValue: 115)
    package static let unknownControllerID = Self(rawValue: 116)
    package static let unknownSubscriptionID = Self(rawValue: 117)
    package static let telemetryTooLarge = Self(rawValue: 118)
    package static let invalidRegistration = Self(rawValue: 119)
    package static let transactionAbortable = Self(rawValue: 120)
    package static let invalidRecordState = Self(rawValue: 121)
    package static let shareSessionNotFound = Self(rawValue: 122)
    package static let invalidShareSessionEpoch = Self(rawValue: 123)
    package static let fencedStateEpoch = Self(rawValue: 124)
    package static let invalidVoterKey = Self(rawValue: 125)
    package static let duplicateVoter = Self(rawValue: 126)
    package static let voterNotFound = Self(rawValue: 127)
    package static let invalidRegularExpression = Self(rawValue: 128)
    package static let rebootstrapRequired = Self(rawValue: 129)
    package static let streamsInvalidTopology = Self(rawValue: 130)
    package static let streamsInvalidTopologyEpoch = Self(rawValue: 131)
    package static let streamsTopologyFenced = Self(rawValue: 132)
    package static let shareSessionLimitReached = Self(rawValue: 133)
}
