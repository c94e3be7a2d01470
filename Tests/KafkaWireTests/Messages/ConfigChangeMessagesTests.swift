import Testing

@testable import KafkaWire

/// Bytes as the classes of Kafka 4.3 write them.
@Suite("Messages that change partitions and settings")
struct ConfigChangeMessagesTests {
    @Test("CreatePartitions is written and read as by Kafka, at every version")
    func createPartitions() throws {
        try check(
            CreatePartitionsRequest.self,
            [
                0...1: "000000020001740000000200000001000000010000000300017500000004ffffffff0000000101",
                2...3: "0302740000000202020000000300000275000000040000000000010100",
            ]
        ) { _ in
            .with {
                ($0.timeoutMs, $0.validateOnly) = (1, true)
                $0.topics = [
                    .with { ($0.name, $0.count, $0.assignments) = ("t", 2, [.with { $0.brokerIDs = [3] }]) },
                    .with { ($0.name, $0.count, $0.assignments) = ("u", 4, nil) },
                ]
            }
        }
        try checkResponse(
            CreatePartitionsRequest.self,
            [
                0...1: "0000000100000001000174002500016d",
                2...3: "000000010202740025026d0000",
            ]
        ) { _ in
            .with {
                $0.throttleTimeMs = 1
                $0.results = [.with { ($0.name, $0.error, $0.errorMessage) = ("t", .invalidPartitions, "m") }]
            }
        }
    }

    @Test("IncrementalAlterConfigs is written and read as by Kafka, at every version")
    func incremental() throws {
        try check(
            IncrementalAlterConfigsRequest.self,
            [
                0...0: "00000001020001740000000100016101ffff01",
                1...1: "02020274020261010000000100",
            ]
        ) { _ in
            .with {
                $0.validateOnly = true
                $0.resources = [
                    .with {
                        ($0.resourceType, $0.resourceName) = (2, "t")
                        $0.configs = [.with { ($0.name, $0.operation) = ("a", 1) }]
                    }
                ]
            }
        }
        try checkResponse(
            IncrementalAlterConfigsRequest.self,
            [
                0...0: "0000000000000001002800016d02000174",
                1...1: "00000000020028026d0202740000",
            ]
        ) { _ in .with { $0.responses = [Self.refused("m")] } }
    }

    @Test("AlterConfigs is written and read as by Kafka, at every version")
    func whole() throws {
        try check(
            AlterConfigsRequest.self,
            [
                0...1: "00000001020001740000000100016100013101",
                2...2: "02020274020261023100000100",
            ]
        ) { _ in
            .with {
                $0.validateOnly = true
                $0.resources = [
                    .with {
                        ($0.resourceType, $0.resourceName) = (2, "t")
                        $0.configs = [.with { ($0.name, $0.value) = ("a", "1") }]
                    }
                ]
            }
        }
        try checkResponse(
            AlterConfigsRequest.self,
            [
                0...1: "00000000000000010028ffff02000174",
                2...2: "00000000020028000202740000",
            ]
        ) { _ in .with { $0.responses = [Self.refused(nil)] } }
    }

    private static func refused(_ message: String?) -> AlterConfigsResponse.Resource {
        .with {
            ($0.error, $0.errorMessage) = (.invalidConfig, message)
            ($0.resourceType, $0.resourceName) = (2, "t")
        }
    }
}
