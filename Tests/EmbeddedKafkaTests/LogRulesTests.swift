import EmbeddedKafka
import KafkaRecords
import KafkaWire
import Testing

@Suite struct LogRulesTests {
    private static func keys(_ cluster: EmbeddedCluster) async throws -> [String] {
        let records = try await cluster.ask(FetchRequest.one("t", from: 0))?.first?.records ?? []
        var cursor = BatchCursor(records)
        var found: [String] = []
        while case .batch(let batch)? = try cursor.next() {
            try batch.verifyChecksum()
            var records = try RecordCursor(batch, using: Decompressor())
            while let record = try records.next() {
                let value = record.value.map { String(decoding: $0, as: UTF8.self) } ?? "gone"
                found.append("\(record.offset) \(String(decoding: record.key ?? [], as: UTF8.self)) \(value)")
            }
        }
        return found
    }

    @Test("Compaction keeps the newest record of each key under its offset, and a tombstone until its time")
    func compaction() async throws {
        try await withCluster { cluster async throws in
            try cluster.change { state in
                state.createTopic("t", settings: ["cleanup.policy": "compact", "delete.retention.ms": "1000"])
                try state.append([.init("a", "1"), .init("b", "1"), .init("a", "2")], to: "t", codec: .gzip)
                try state.append([.init("b", nil), .init("c", "1")], to: "t")
                try state.compact("t")
            }
            #expect(try await Self.keys(cluster) == ["2 a 2", "3 b gone", "4 c 1"])
            cluster.advance(ms: 999)
            try cluster.change { try $0.compact("t") }
            #expect(try await Self.keys(cluster).count == 3)
            cluster.advance(ms: 1)
            try cluster.change { try $0.compact("t") }
            #expect(try await Self.keys(cluster) == ["2 a 2", "4 c 1"])
            #expect(cluster.read { $0.log(of: "t")?.bounds.end } == 5)
        }
    }

    @Test("Compaction drops what was aborted, stops at an open transaction, and leaves the rest alone")
    func transactions() async throws {
        try await withCluster { cluster async throws in
            try cluster.change { state in
                state.createTopic("t", settings: ["cleanup.policy": "compact"])
                try state.transaction("x", .abort, [("t", 0, [.init("a", "aborted")])])
                try state.transaction("y", .commit, [("t", 0, [.init("a", "committed")])])
                try state.transaction("z", .open, [("t", 0, [.init("a", "open")])])
                try state.append([.init("a", "behind it")], to: "t")
                try state.compact("t")
            }
            let log = try #require(cluster.read { $0.log(of: "t") })
            #expect(log.lastStableOffset == 4 && log.highWatermark == 6)
            let fetched = try await cluster.ask(FetchRequest.one("t", from: 0, committed: false))?.first?.records ?? []
            #expect(!fetched.isEmpty)
            #expect(try await Self.keys(cluster).contains("2 a committed"))
            #expect(try await !Self.keys(cluster).contains { $0.hasSuffix("aborted") && !$0.hasPrefix("0 ") })
        }
    }

    @Test(
        "A setting that no topic may have is refused in Kafka's words",
        arguments: [
            ("retention.ms", "soon", "Not a number of type LONG"), ("min.insync.replicas", "0", "at least 1"),
            ("segment.bytes", "99999999999", "Not a number of type INT"),
            ("preallocate", "maybe", "either true or false"),
            ("cleanup.policy", "compact,forget", "String must be one of: compact, delete"),
            ("min.cleanable.dirty.ratio", "1.5", "no more than 1"),
        ])
    func settings(name: String, value: String, why: String) async throws {
        try await withCluster { cluster async throws in
            let answer = try await cluster.ask(
                CreateTopicsRequest.with {
                    $0.topics = [
                        .with {
                            $0.name = "t"
                            $0.numPartitions = 1
                            $0.replicationFactor = 1
                            $0.configs = [
                                .with {
                                    $0.name = name
                                    $0.value = value
                                }
                            ]
                        }
                    ]
                })
            #expect(answer?.topics.first?.error == .invalidConfig)
            #expect(answer?.topics.first?.errorMessage?.contains(why) == true, "\(answer?.topics.first as Any)")
            #expect(cluster.read { $0.topics.isEmpty })
        }
    }

    @Test("ACLs come and go by request, and decide at once")
    func accessChanges() async throws {
        try await withCluster { cluster async throws in
            cluster.change { state in
                state.createTopic("t")
                state.access.hasAuthorizer = true
            }
            func error() async throws -> KafkaErrorCode? {
                try await cluster.ask(ListOffsetsRequest.one("t", at: -1))?.first?.error
            }
            #expect(try await error() == .topicAuthorizationFailed)
            let creation = CreateAclsRequest.with {
                $0.creations = [
                    .with {
                        $0.resourceType = 2
                        $0.resourceName = "t"
                        $0.principal = "User:ANONYMOUS"
                        $0.host = "*"
                        $0.operation = 3
                        $0.permissionType = 3
                    }
                ]
            }
            #expect(try await cluster.ask(creation)?.results.first?.error == .clusterAuthorizationFailed)
            cluster.change { $0.access.superUsers = ["User:ANONYMOUS"] }
            for _ in 0..<2 { _ = try await cluster.ask(creation) }
            #expect(cluster.read { $0.access.entries.count } == 1)
            cluster.change { $0.access.superUsers = [] }
            #expect(try await error() == KafkaErrorCode.none)
            cluster.change { $0.access.superUsers = ["User:ANONYMOUS"] }
            let removal = DeleteAclsRequest.with {
                $0.filters = [
                    .with {
                        $0.resourceTypeFilter = 2
                        $0.resourceNameFilter = nil
                        $0.patternTypeFilter = 1
                        $0.principalFilter = nil
                        $0.hostFilter = nil
                        $0.operation = 1
                        $0.permissionType = 1
                    }
                ]
            }
            #expect(try await cluster.ask(removal)?.filterResults.first?.matchingAcls.count == 1)
            cluster.change { $0.access.superUsers = [] }
            #expect(try await error() == .topicAuthorizationFailed)
        }
    }
}
