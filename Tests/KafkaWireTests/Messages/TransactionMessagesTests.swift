import Testing

@testable import KafkaWire

/// Bytes as Kafka's own classes write them.
@Suite("Messages of transactions")
struct TransactionMessagesTests {
    @Test("AddPartitionsToTxn requests are written and read as by Kafka, at every version")
    func addPartitionsToTxnRequest() throws {
        try check(
            AddPartitionsToTxnRequest.self,
            [
                0...2: "0001740000000000000007000200000001000161000000020000000000000005",
                3...3: "0274000000000000000700020202610300000000000000050000",
            ]
        ) { _ in
            .with {
                $0.transactionalID = "t"
                $0.producerID = 7
                $0.producerEpoch = 2
                $0.topics = [
                    .with {
                        $0.name = "a"
                        $0.partitions = [0, 5]
                    }
                ]
            }
        }
    }

    @Test("AddPartitionsToTxn responses are written and read as by Kafka, at every version")
    func addPartitionsToTxnResponse() throws {
        try checkResponse(
            AddPartitionsToTxnRequest.self,
            [
                0...2: "00000005000000010001610000000100000005002f",
                3...3: "000000050202610200000005002f000000",
            ]
        ) { _ in
            .with {
                $0.throttleTimeMs = 5
                $0.topics = [
                    .with {
                        $0.name = "a"
                        $0.partitions = [
                            .with {
                                $0.index = 5
                                $0.error = .invalidProducerEpoch
                            }
                        ]
                    }
                ]
            }
        }
    }

    @Test("AddOffsetsToTxn requests are written and read as by Kafka, at every version")
    func addOffsetsToTxnRequest() throws {
        try check(
            AddOffsetsToTxnRequest.self,
            [
                0...2: "00017400000000000000070002000167",
                3...4: "027400000000000000070002026700",
            ]
        ) { _ in
            .with {
                $0.transactionalID = "t"
                $0.producerID = 7
                $0.producerEpoch = 2
                $0.groupID = "g"
            }
        }
    }

    @Test("AddOffsetsToTxn responses are written and read as by Kafka, at every version")
    func addOffsetsToTxnResponse() throws {
        try checkResponse(
            AddOffsetsToTxnRequest.self,
            [
                0...2: "000000050033",
                3...4: "00000005003300",
            ]
        ) { _ in
            .with {
                $0.throttleTimeMs = 5
                $0.error = .concurrentTransactions
            }
        }
    }

    @Test("EndTxn requests are written and read as by Kafka, at every version")
    func endTxnRequest() throws {
        try check(
            EndTxnRequest.self,
            [
                0...2: "0001740000000000000007000201",
                3...5: "0274000000000000000700020100",
            ]
        ) { _ in
            .with {
                $0.transactionalID = "t"
                $0.producerID = 7
                $0.producerEpoch = 2
                $0.committed = true
            }
        }
    }

    @Test("EndTxn responses are written and read as by Kafka, at every version")
    func endTxnResponse() throws {
        try checkResponse(
            EndTxnRequest.self,
            [
                0...2: "000000050030",
                3...4: "00000005003000",
                5...5: "0000000500300000000000000007000300",
            ]
        ) { version in
            .with {
                $0.throttleTimeMs = 5
                $0.error = .invalidTxnState
                if version >= 5 {
                    $0.producerID = 7
                    $0.producerEpoch = 3
                }
            }
        }
    }

    @Test("TxnOffsetCommit requests are written and read as by Kafka, at every version")
    func txnOffsetCommitRequest() throws {
        try check(
            TxnOffsetCommitRequest.self,
            [
                0...1: "00017400016700000000000000070002000000010001610000000100000005000000000000002affff",
                2...2: "00017400016700000000000000070002000000010001610000000100000005000000000000002a000000"
                    + "01ffff",
                3...5: "027402670000000000000007000200000003026d02690202610200000005000000000000002a00000001"
                    + "00000000",
            ]
        ) { version in
            .with {
                $0.transactionalID = "t"
                $0.groupID = "g"
                $0.producerID = 7
                $0.producerEpoch = 2
                if version >= 3 {
                    $0.generationID = 3
                    $0.memberID = "m"
                    $0.groupInstanceID = "i"
                }
                $0.topics = [
                    .with {
                        $0.name = "a"
                        $0.partitions = [
                            .with {
                                $0.index = 5
                                $0.committedOffset = 42
                                $0.committedLeaderEpoch = version >= 2 ? 1 : -1
                                $0.committedMetadata = nil
                            }
                        ]
                    }
                ]
            }
        }
    }

    @Test("TxnOffsetCommit responses are written and read as by Kafka, at every version")
    func txnOffsetCommitResponse() throws {
        try checkResponse(
            TxnOffsetCommitRequest.self,
            [
                0...2: "000000050000000100016100000001000000050016",
                3...5: "0000000502026102000000050016000000",
            ]
        ) { _ in
            .with {
                $0.throttleTimeMs = 5
                $0.topics = [
                    .with {
                        $0.name = "a"
                        $0.partitions = [
                            .with {
                                $0.index = 5
                                $0.error = .illegalGeneration
                            }
                        ]
                    }
                ]
            }
        }
    }
}
