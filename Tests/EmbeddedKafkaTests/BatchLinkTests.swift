import KafkaRecords
import KafkaWire
import Testing

@testable import EmbeddedKafka

@Suite struct BatchLinkTests {
    private func clusters(
        _ body: @Sendable (_ source: EmbeddedCluster, _ target: EmbeddedCluster) async throws -> Void
    ) async throws {
        try await withCluster { source async throws in
            try source.change { state in
                state.createTopic("payments", partitions: 2, settings: ["retention.ms": "-1"])
                try state.append(records(2), to: "payments", codec: .lz4)
                try state.transaction("a", .abort, [("payments", 0, records(3))])
                try state.transaction("b", .commit, [("payments", 0, records(2))])
                state.commit(8, of: "billing", "payments")
            }
            try await withCluster { target async throws in try await body(source, target) }
        }
    }

    /// What a reader of either cluster gets, from an offset on.
    private func expectSame(
        _ source: EmbeddedCluster, _ target: EmbeddedCluster, _ topic: String = "payments", from offset: Int64
    ) async throws {
        let original = try await source.ask(FetchRequest.one("payments", from: offset), 12)?.first
        let copy = try await target.ask(FetchRequest.one(topic, from: offset), 12)?.first
        #expect(original?.error == KafkaErrorCode.none)
        let isSame = original == copy
        #expect(isSame)
        #expect(original?.records?.isEmpty == false)
    }

    @Test("Batches keep their bytes and offsets, with aborted records, markers and what is known of transactions")
    func same() async throws {
        try await clusters { source, target async throws in
            source.change { $0.deleteRecords(of: "payments", before: 1) }
            let link = BatchLink(from: source, to: target, prefix: "src.")
            try link.copy(["payments", "absent"])
            try await expectSame(source, target, "src.payments", from: 1)
            try source.change { state in
                try state.transaction("c", .open, [("payments", 0, records(1))])
                try state.append(records(1), to: "payments")
            }
            try link.copy(["payments"])
            try await expectSame(source, target, "src.payments", from: 1)
            #expect(target.read { $0.log(of: "src.payments")?.lastStableOffset } == 9)
            #expect(target.read { $0.topics["src.payments"]?.settings } == ["retention.ms": "-1"])
            #expect(target.read { $0.topics["src.payments"]?.partitions.count } == 2)
        }
    }

    @Test("What is not replicated on the source is not copied, and what the source loses goes")
    func bounds() async throws {
        try await clusters { source, target async throws in
            let link = BatchLink(from: source, to: target)
            source.change { $0.replicate("payments", 0, to: 6) }
            try link.copy(["payments"])
            #expect(target.read { $0.log(of: "payments")?.bounds.end } == 6)
            link.copyCommits(of: ["billing"])
            #expect(target.read { $0.groups["billing"]?.commits["payments"]?[0]?.offset } == 6)

            source.change { $0.replicate("payments", 0, to: nil) }
            try link.copy(["payments"])
            link.copyCommits(of: ["billing"])
            #expect(target.read { $0.groups["billing"]?.commits["payments"]?[0]?.offset } == 8)
            source.change { state in
                state.deleteRecords(of: "payments", before: 2)
                state.truncate("payments", to: 6)
            }
            try source.change { _ = try $0.append(records(4), to: "payments") }
            source.change { $0.truncate("payments", to: 6) }
            try link.copy(["payments"])
            #expect(target.read { $0.log(of: "payments")?.bounds.end } == 6)
            try await expectSame(source, target, from: 2)
            #expect(target.read { $0.log(of: "payments")?.bounds.start } == 2)
        }
    }

    @Test func `A group that is in use on the target keeps its commits`() async throws {
        try await clusters { source, target async throws in
            let link = BatchLink(from: source, to: target)
            try link.copy(["payments"])
            target.change { state in
                state.commit(3, of: "billing", "payments")
                state.groups["billing"]?.members = [.init(id: "m")]
            }
            link.copyCommits(of: ["billing"])
            #expect(target.read { $0.groups["billing"]?.commits["payments"]?[0]?.offset } == 3)
        }
    }
}
