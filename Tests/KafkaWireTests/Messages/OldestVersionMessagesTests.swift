import Testing

@testable import KafkaWire

/// Bytes as Kafka's own classes write them.
@Suite("Messages of the oldest versions")
struct OldestVersionMessagesTests {
    @Test("FindCoordinator requests are written and read as by Kafka, at every version")
    func findCoordinatorRequest() throws {
        try check(
            FindCoordinatorRequest.self,
            [
                0...0: "000167"
            ]
        ) { _ in
            .with {
                $0.key = "g"
            }
        }
    }

    @Test("FindCoordinator responses are written and read as by Kafka, at every version")
    func findCoordinatorResponse() throws {
        try checkResponse(
            FindCoordinatorRequest.self,
            [
                0...0: "000f0000000100016800002384"
            ]
        ) { _ in
            .with {
                $0.error = .coordinatorNotAvailable
                $0.nodeID = 1
                $0.host = "h"
                $0.port = 9092
            }
        }
    }

    @Test("OffsetFetch requests are written and read as by Kafka, at every version")
    func offsetFetchRequest() throws {
        try check(
            OffsetFetchRequest.self,
            [
                1...1: "00016700000001000161000000020000000000000005"
            ]
        ) { _ in
            .with {
                $0.groupID = "g"
                $0.topics = [
                    .with {
                        $0.name = "a"
                        $0.partitionIndexes = [0, 5]
                    }
                ]
            }
        }
    }

    @Test("OffsetFetch responses are written and read as by Kafka, at every version")
    func offsetFetchResponse() throws {
        try checkResponse(
            OffsetFetchRequest.self,
            [
                1...1: "000000010001610000000100000005000000000000002affff0010"
            ]
        ) { _ in
            .with {
                $0.topics = [
                    .with {
                        $0.name = "a"
                        $0.partitions = [
                            .with {
                                $0.index = 5
                                $0.committedOffset = 42
                                $0.metadata = nil
                                $0.error = .notCoordinator
                            }
                        ]
                    }
                ]
            }
        }
    }
}
