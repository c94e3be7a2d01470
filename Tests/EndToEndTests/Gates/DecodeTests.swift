import Testing

/// `decode_test` on what Kafka's own producer wrote.
@Suite(.enabled(if: RealKafka.isAvailable, "KAFKA_HOME is not set"))
struct DecodeTests {
    private static let codecs = KafkaFixture.Codec.allCases

    private static let world = Task {
        let kafka = try await SharedKafka.target
        let fixture = kafka.fixture
        for (topic, format) in [
            ("dec-json", KafkaFixture.Format.json), ("dec-text", .text), ("dec-framed", .framed),
            ("dec-binary", .binary),
        ] {
            try await fixture.createTopic(topic, partitions: codecs.count)
            for (partition, codec) in codecs.enumerated() {
                try await fixture.produce(40, to: topic, partition: partition, codec: codec, format: format)
            }
        }
        try await fixture.createTopic("dec-one-bad")
        try await fixture.produce(7, to: "dec-one-bad")
        try await fixture.produce(key: nil, value: Array("{\"id\":1".utf8), to: "dec-one-bad")
        try await fixture.produce(4, to: "dec-one-bad")

        try await fixture.createTopic("dec-mixed")
        try await fixture.produce(3, to: "dec-mixed", format: .framed)
        try await fixture.produce(1, to: "dec-mixed", format: .json)
        try await fixture.produce(3, to: "dec-mixed", format: .framed)

        try await fixture.createTopic("dec-tombstones", partitions: 2)
        try await fixture.produce(3, to: "dec-tombstones")
        try await fixture.produce(2, to: "dec-tombstones", format: .tombstone)
        try await fixture.produce(2, to: "dec-tombstones", partition: 1, format: .tombstone)

        try await fixture.createTopic("dec-empty", partitions: 3)
        try await fixture.createTopic("dec-aborted")
        try await fixture.transaction(5, to: "dec-aborted", .abort)
        try await fixture.createTopic("dec-long")
        try await fixture.produce(1000, to: "dec-long", codec: .zstd)
        return kafka
    }

    @Test(
        "Records of each codec that decode pass, and Kafka's end offsets say how many",
        arguments: [("dec-json", "json"), ("dec-text", "utf8"), ("dec-json", "utf8")])
    func decoded(topic: String, format: String) async throws {
        let ends = try await Self.world.value.fixture.offsets(of: topic)
        let run = try await gate(topic, ["format=\(format)"])
        #expect(run.exitCode == 0, "\(run.errors)")
        let measured = try run.evidence.measured("decoded", gate: "decode_test")
        #expect(measured.map(\.subject["partition"]) == [0, 1, 2, 3, 4])
        #expect(measured.map(\.actual.integer) == (0..<5).map { ends[$0] })
    }

    @Test("Text is no JSON, and bytes are no text", arguments: [("dec-text", "json"), ("dec-binary", "utf8")])
    func undecodable(topic: String, format: String) async throws {
        let run = try await gate(topic, ["format=\(format)", "samples=5"])
        #expect(run.exitCode == 1)
        let failed = try run.evidence.checks("decoded", gate: "decode_test", ok: false)
        #expect(failed.contains { $0["subject"]["offset"] == 0 })
        #expect(failed.contains { $0["subject"]["offset"] == .null && $0["actual"] == 0 })
    }

    @Test("One bad record fails with its offset, beside its partition")
    func oneBad() async throws {
        let run = try await gate("dec-one-bad", ["format=json"])
        #expect(run.exitCode == 1)
        let failed = try run.evidence.checks("decoded", gate: "decode_test", ok: false)
        let record: JSON = .object(["topic": "dec-one-bad", "partition": 0, "offset": 7])
        #expect(failed.contains { $0["subject"] == record })
        let whole = failed.first { $0["subject"] == .object(["topic": "dec-one-bad", "partition": 0]) }
        #expect(whole?["actual"] == 11)
        #expect(whole?["limit"] == 12)
        #expect(failed.count == 2)
        #expect(run.errors.contains { $0.contains("dec-one-bad") && $0.contains("7") })
    }

    @Test("Without framing, auto has nothing to go by", arguments: ["dec-json", "dec-text", "dec-binary"])
    func schemaless(topic: String) async throws {
        let run = try await gate(topic)
        #expect(run.exitCode == 2)
        #expect(Set(try run.evidence.reasons(of: "decode_test")) == ["schemaless"])
    }

    @Test("Framed records need a registry, and their schema ids are told", arguments: ["auto", "avro"])
    func framed(format: String) async throws {
        let run = try await gate("dec-framed", ["format=\(format)"])
        #expect(run.exitCode == 2)
        let evidence = try run.evidence
        #expect(Set(evidence.reasons(of: "decode_test")) == ["no_registry"])
        if format == "auto" {
            #expect(
                evidence.of("unknown", gate: "decode_test").allSatisfy {
                    $0["facts"]["schema_ids"] == .array([7]) && $0["facts"]["sampled"] == 40
                })
        }
    }

    @Test("An unframed record among framed ones fails with its offset")
    func mixed() async throws {
        let run = try await gate("dec-mixed")
        #expect(run.exitCode == 1)
        let failed = try run.evidence.checks("decoded", gate: "decode_test", ok: false)
        #expect(failed.map { $0["subject"]["offset"] } == [3])
    }

    @Test("Tombstones are counted, not judged")
    func tombstones() async throws {
        let run = try await gate("dec-tombstones", ["format=json"])
        #expect(run.exitCode == 0, "\(run.errors)")
        let evidence = try run.evidence
        let checks = evidence.checks("decoded", gate: "decode_test")
        #expect(checks.first { $0["subject"]["partition"] == 0 }?["actual"] == 3)
        #expect(checks.first { $0["subject"]["partition"] == 0 }?["facts"]["tombstones"] == 2)
        #expect(checks.first { $0["subject"]["partition"] == 1 }?["actual"] == 0)
    }

    @Test("Keys decode as well as values", arguments: ["key", "both"])
    func parts(part: String) async throws {
        let run = try await gate("dec-framed", ["format=utf8", "part=\(part)", "samples=10"])
        let checks = try run.evidence.checks("decoded", gate: "decode_test")
        #expect(checks.contains { $0["facts"]["part"] == "key" && $0["ok"] == true })
        // A framed value is four zero bytes and a number: that happens to be UTF-8.
        #expect(run.exitCode == 0, "\(run.errors)")
        let binary = try await gate("dec-binary", ["format=utf8", "part=\(part)", "samples=3"])
        #expect(binary.exitCode == (part == "key" ? 0 : 1))
    }

    @Test("A topic without records to judge by is inconclusive, unless none are asked for")
    func empty() async throws {
        for topic in ["dec-empty", "dec-aborted", "dec-json,dec-empty"] {
            let run = try await gate(topic, ["format=json"])
            #expect(run.exitCode == 2, "\(topic): \(run.errors)")
        }
        #expect(try await gate("dec-one-bad", ["format=utf8", "min_records=12"]).exitCode == 0)
        #expect(try await gate("dec-one-bad", ["format=utf8", "min_records=13"]).exitCode == 2)
    }

    @Test("A sample takes head, tail and what lies between")
    func spread() async throws {
        _ = try await Self.world.value
        let run = try await gate("dec-long", ["format=json", "samples=60"])
        #expect(run.exitCode == 0, "\(run.errors)")
        #expect(try run.evidence.measured("decoded", gate: "decode_test").map(\.actual) == [60])
    }

    @Test("A topic that is not there, and a glob without a match, are inconclusive")
    func missing() async throws {
        for topics in ["dec-nothing", "dec-nothing-*", "dec-json,dec-nothing"] {
            let run = try await gate(topics, ["format=json"])
            #expect(run.exitCode == 2, "\(topics): \(run.errors)")
        }
    }

    private func gate(_ topics: String, _ set: [String] = []) async throws -> SluiceCommand.Result {
        let kafka = try await Self.world.value
        return try await SluiceCommand.gates(
            ["decode_test"], target: kafka.bootstrap, set: ["topics=\(topics)"] + set)
    }
}
