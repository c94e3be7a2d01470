import Testing

/// Whether the embedded broker says what Kafka says.
@Suite(
    .enabled(
        if: RealKafka.isAvailable && KafkaInstallation.isSet("KAFKA_SOURCE_HOME"),
        "KAFKA_HOME or KAFKA_SOURCE_HOME is not set"), .serialized)
struct ConformanceTests {
    enum Release: String, CaseIterable, Sendable { case kafka3, kafka4 }

    @Test("the embedded broker answers as Kafka does, field by field", arguments: Release.allCases)
    func conformance(release: Release) async throws {
        let report = try await ConformanceWorld.withBrokers(of: release, authorizing: true) {
            conformance, now, fixture in
            try await conformance.topics()
            try await conformance.records(from: now)
            try await conformance.transactions(from: now)
            try await conformance.groups()
            try await conformance.access(from: now)
            try await conformance.compaction(from: now)
            try await conformance.consumers(fixture)
            try await conformance.changes()
        }
        Self.judge(report, "\(release)")
        #expect(report.fields > 100_000)
    }

    @Test("a broker that is not the one to ask says so as Kafka does, and who is", arguments: Release.allCases)
    func otherBroker(release: Release) async throws {
        let report = try await ConformanceWorld.withBrokers(of: release, count: 2) { conformance, now, _ in
            try await conformance.brokers(from: now)
        }
        Self.judge(report, "two brokers of \(release)")
        #expect(report.fields > 1000)
    }

    private static func judge(_ report: Conformance.Tally, _ what: String) {
        let answers = report.answers.values.reduce(0, +)
        var lines = [
            "Conformance with \(what): \(report.fields) fields of \(answers) answers, \(report.answers.count) APIs"
        ]
        for (rule, count) in report.differences.sorted(by: { $0.key.path < $1.key.path }) {
            lines.append("  differs \(count) times: \(rule.path) (\(rule.reason))")
        }
        let wrong = report.summary
        lines += wrong.map { "  WRONG \(what.replacing(" ", with: "_")) \($0)" }
        print(lines.joined(separator: "\n"))
        #expect(wrong.count == 0)
    }

    @Test("no error code, no offset and no count may differ")
    func rules() {
        for rule in MayDiffer.rules {
            let name = String(rule.path.split(separator: ".").last ?? "")
            #expect(!name.hasSuffix("error_code") && !name.hasSuffix("offset") && !name.hasSuffix("count"))
            #expect(!rule.reason.isEmpty)
        }
        #expect(Set(MayDiffer.rules.map(\.path)).count == MayDiffer.rules.count)
    }
}
