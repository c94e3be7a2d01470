import EmbeddedKafka
import KafkaWire
import Testing

/// Requests that change partitions and settings.
@Suite struct ChangeAnswerTests {
    private static func extend(_ count: Int32, validateOnly: Bool = false) -> CreatePartitionsRequest {
        .with {
            $0.validateOnly = validateOnly
            $0.topics = [.with { ($0.name, $0.count, $0.assignments) = ("orders", count, nil) }]
        }
    }

    private static func alter(
        _ name: String, _ operation: Int8, _ value: String?, validateOnly: Bool = false
    ) -> IncrementalAlterConfigsRequest {
        .with {
            $0.validateOnly = validateOnly
            $0.resources = [
                .with {
                    ($0.resourceType, $0.resourceName) = (2, "orders")
                    $0.configs = [.with { ($0.name, $0.operation, $0.value) = (name, operation, value) }]
                }
            ]
        }
    }

    @Test("A topic grows, never shrinks, and not for whoever may not alter it")
    func partitions() async throws {
        try await withCluster { cluster async throws in
            cluster.change { $0.createTopic("orders", partitions: 2) }
            func asked(_ request: CreatePartitionsRequest) async throws -> KafkaErrorCode? {
                try await cluster.ask(request)?.results.first?.error
            }
            #expect(try await asked(Self.extend(2)) == .invalidPartitions)
            #expect(try await asked(Self.extend(1)) == .invalidPartitions)
            #expect(try await asked(Self.extend(5, validateOnly: true)) == KafkaErrorCode.none)
            #expect(cluster.read { $0.topics["orders"]?.partitions.count } == 2)
            #expect(try await asked(Self.extend(5)) == KafkaErrorCode.none)
            #expect(cluster.read { $0.topics["orders"]?.partitions.count } == 5)
            cluster.change { $0.access.hasAuthorizer = true }
            #expect(try await asked(Self.extend(6)) == .topicAuthorizationFailed)
            #expect(cluster.read { $0.topics["orders"]?.partitions.count } == 5)
        }
    }

    @Test("Settings are set, taken away, and added to, and the rest of them stays")
    func incremental() async throws {
        try await withCluster { cluster async throws in
            cluster.change { $0.createTopic("orders", settings: ["segment.ms": "1000"]) }
            func asked(_ request: IncrementalAlterConfigsRequest) async throws -> KafkaErrorCode? {
                try await cluster.ask(request)?.responses.first?.error
            }
            func settings() -> [Name: String]? { cluster.read { $0.topics["orders"]?.settings } }
            #expect(try await asked(Self.alter("retention.ms", 0, "5")) == KafkaErrorCode.none)
            #expect(try await asked(Self.alter("retention.ms", 0, "6", validateOnly: true)) == KafkaErrorCode.none)
            #expect(settings() == ["segment.ms": "1000", "retention.ms": "5"])
            #expect(try await asked(Self.alter("cleanup.policy", 2, "compact")) == KafkaErrorCode.none)
            #expect(settings()?["cleanup.policy"] == "delete,compact")
            #expect(try await asked(Self.alter("retention.ms", 1, nil)) == KafkaErrorCode.none)
            #expect(settings() == ["segment.ms": "1000", "cleanup.policy": "delete,compact"])
            for wrong in [
                Self.alter("no.such", 0, "1"), Self.alter("retention.ms", 0, "soon"),
                Self.alter("retention.ms", 2, "1"),
            ] {
                #expect(try await asked(wrong) == .invalidConfig)
            }
            cluster.change { $0.access.hasAuthorizer = true }
            #expect(try await asked(Self.alter("retention.ms", 0, "7")) == .topicAuthorizationFailed)
            #expect(settings() == ["segment.ms": "1000", "cleanup.policy": "delete,compact"])
        }
    }

    @Test("All settings at once: what is not named has its default again")
    func whole() async throws {
        try await withCluster { cluster async throws in
            cluster.change { $0.createTopic("orders", settings: ["segment.ms": "1000"]) }
            let request = AlterConfigsRequest.with {
                $0.resources = [
                    .with {
                        ($0.resourceType, $0.resourceName) = (2, "orders")
                        $0.configs = [.with { ($0.name, $0.value) = ("retention.ms", "5") }]
                    }
                ]
            }
            #expect(try await cluster.ask(request)?.responses.first?.error == KafkaErrorCode.none)
            #expect(cluster.read { $0.topics["orders"]?.settings } == ["retention.ms": "5"])
        }
    }
}
