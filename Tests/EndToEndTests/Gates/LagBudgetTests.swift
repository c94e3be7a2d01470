import Testing

/// `lag_budget` against what `kafka-consumer-groups.sh` describes of the same groups.
@Suite(.enabled(if: RealKafka.isAvailable, "KAFKA_HOME is not set"))
struct LagBudgetTests {
    private static let positions: [(SharedCluster, String)] = SharedCluster.allCases.flatMap { side in
        LagWorld.groups.map { (side, $0) }
    }

    @Test("A lag at the budget passes, and is the one that Kafka's tool tells", arguments: positions)
    func atTheBudget(side: SharedCluster, group: String) async throws {
        let told = try await Self.lags(of: group, on: side)
        let budget = try #require(told.values.max())
        let run = try await gate(side, group, ["max_lag=\(budget)"])
        #expect(run.exitCode == 0, "\(run.errors)")
        // The empty partition has no commit, and nobody is behind in it.
        #expect(try lags(run) == told.merging([2: 0]) { $1 })
        #expect(try run.evidence.verdict(of: "lag_budget") == "pass")
    }

    @Test("A lag one above the budget fails, and says whose it is and where", arguments: positions)
    func aboveTheBudget(side: SharedCluster, group: String) async throws {
        let told = try await Self.lags(of: group, on: side)
        let worst = try #require(told.max { $0.value < $1.value })
        let run = try await gate(side, group, ["max_lag=\(worst.value - 1)"])
        #expect(run.exitCode == 1)
        let evidence = try run.evidence
        let failed = evidence.checks("lag", gate: "lag_budget", ok: false)
        #expect(failed.count == 1)
        let subject: JSON = .object([
            "group": .string(group), "topic": "lag-orders", "partition": .integer(Int64(worst.key)),
        ])
        #expect(failed.first?["subject"] == subject)
        #expect(failed.first?["actual"].integer == worst.value)
        #expect(failed.first?["limit"].integer == worst.value - 1)
        #expect(failed.first?["op"] == "<=")
        #expect(failed.first?["unit"] == "records")
        #expect(failed.first?["at"].string?.hasPrefix("lag_budget.lua:") == true)
        #expect(evidence.reasons(of: "lag_budget") == ["check_failed"])
        #expect(evidence.reason("lag_budget")["subject"] == subject)
        let said = run.errors.joined(separator: "\n")
        #expect(said.contains("lag \(worst.value) of at most \(worst.value - 1) records"))
        for word in [group, "lag-orders", "\(worst.key)"] { #expect(said.contains(word)) }
    }

    @Test("Behind a commit before a marker there is no record: a span, and no lag", arguments: SharedCluster.allCases)
    func markersOnly(side: SharedCluster) async throws {
        let kafka = try await LagWorld.kafka(side)
        #expect(try await kafka.fixture.count(in: "lag-markers", from: 10) == 0)
        let run = try await gate(side, "lag-markers")
        #expect(run.exitCode == 0, "\(run.errors)")
        let check = try #require(try run.evidence.checks("lag", gate: "lag_budget").first)
        #expect(check["actual"] == 0)
        #expect(check["facts"]["span"] == 1)
        #expect(check["facts"]["basis"] == "records")
        #expect(check["facts"]["markers"] == 1)
        #expect(check["facts"]["committed"] == 10)
        #expect(check["facts"]["end_offset"] == 11)
        #expect(check["facts"]["stable_offset"] == 11)
        #expect(check["facts"]["start_offset"] == 0)
    }

    @Test(
        "Aborted records count only for who reads uncommitted",
        arguments: SharedCluster.allCases, [KafkaFixture.Isolation.readCommitted, .readUncommitted])
    func aborted(side: SharedCluster, isolation: KafkaFixture.Isolation) async throws {
        let fixture = try await LagWorld.kafka(side).fixture
        let expected = try await Int64(fixture.count(in: "lag-aborted", from: 4, isolation))
        #expect(expected == (isolation == .readCommitted ? 2 : 5))
        for (budget, exitCode) in [(expected, Int32(0)), (expected - 1, 1)] {
            let run = try await gate(
                side, "lag-aborted", ["max_lag=\(budget)", "isolation=\(isolation.rawValue)"])
            #expect(run.exitCode == exitCode, "\(run.errors)")
            let check = try #require(try run.evidence.checks("lag", gate: "lag_budget").first)
            #expect(check["actual"].integer == expected)
            #expect(check["facts"]["aborted"] == 3)
            #expect(check["facts"]["markers"] == 2)
        }
    }

    @Test("Records of an open transaction count, as they may yet be read", arguments: SharedCluster.allCases)
    func openTransaction(side: SharedCluster) async throws {
        let told = try await Self.lags(of: "lag-open", on: side)
        #expect(told == [0: 3])
        let stable = try await LagWorld.kafka(side).fixture.offsets(of: "lag-open", at: .stable)
        let run = try await gate(side, "lag-open", ["max_lag=2"])
        #expect(run.exitCode == 1)
        let check = try #require(try run.evidence.checks("lag", gate: "lag_budget").first)
        #expect(check["actual"] == 3)
        #expect(check["facts"]["open_transaction_records"] == 3)
        #expect(check["facts"]["stable_offset"].integer == stable[0])
        #expect(try await gate(side, "lag-open", ["max_lag=3"]).exitCode == 0)
    }

    @Test("No commit in a partition with data is unknown, whatever the budget", arguments: SharedCluster.allCases)
    func noCommit(side: SharedCluster) async throws {
        _ = try await LagWorld.kafka(side)
        let run = try await gate(side, "lag-partial", ["max_lag=1000000"])
        #expect(run.exitCode == 2)
        let evidence = try run.evidence
        #expect(evidence.of("unknown", gate: "lag_budget").map { $0["subject"]["partition"] } == [1])
        #expect(evidence.measured("lag", gate: "lag_budget").map { $0.subject["partition"] } == [0, 2])
        #expect(evidence.verdict(of: "lag_budget") == "inconclusive")
        #expect(evidence.reason("lag_budget")["message"].string?.contains("no commit") == true)
    }

    @Test("A group that does not exist is no group without lag", arguments: SharedCluster.allCases)
    func unknownGroup(side: SharedCluster) async throws {
        _ = try await LagWorld.kafka(side)
        let run = try await gate(side, "lag-nobody")
        #expect(run.exitCode == 2)
        let evidence = try run.evidence
        #expect(evidence.reasons(of: "lag_budget").contains("GROUP_ID_NOT_FOUND"))
        #expect(evidence.of("unknown", gate: "lag_budget").first?["subject"]["group"] == "lag-nobody")
    }

    @Test(
        "A commit that the log does not reach fails as such, not as a lag",
        arguments: SharedCluster.allCases, [("lag-below", Int64(5)), ("lag-beyond", 20)])
    func outOfRange(side: SharedCluster, position: (group: String, committed: Int64)) async throws {
        _ = try await LagWorld.kafka(side)
        let run = try await gate(side, position.group, ["max_lag=1000000"])
        #expect(run.exitCode == 1)
        let evidence = try run.evidence
        let failed = evidence.checks("in_range", gate: "lag_budget", ok: false)
        #expect(failed.map { $0["facts"]["committed"].integer } == [position.committed])
        #expect(failed.map { $0["subject"]["group"].string } == [position.group])
        #expect(evidence.checks("lag", gate: "lag_budget").isEmpty)
    }

    @Test("A commit at the very start of the log is in range", arguments: SharedCluster.allCases)
    func atTheStart(side: SharedCluster) async throws {
        _ = try await LagWorld.kafka(side)
        let run = try await gate(side, "lag-at-start", ["max_lag=10"])
        #expect(run.exitCode == 0, "\(run.errors)")
        #expect(try run.evidence.checks("in_range", gate: "lag_budget", ok: true).count == 1)
    }

    @Test("Every codec is counted", arguments: SharedCluster.allCases)
    func codecs(side: SharedCluster) async throws {
        let told = try await Self.lags(of: "lag-codecs", on: side)
        #expect(told == [0: 150, 1: 151, 2: 152, 3: 153, 4: 154])
        let run = try await gate(side, "lag-codecs", ["max_lag=100"])
        #expect(run.exitCode == 1)
        #expect(try lags(run) == told)
        #expect(
            try run.evidence.checks("lag", gate: "lag_budget").allSatisfy { $0["facts"]["basis"] == "records" })
    }

    @Test("Far above the budget the number is a lower bound, and says so", arguments: SharedCluster.allCases)
    func lowerBound(side: SharedCluster) async throws {
        let fixture = try await LagWorld.kafka(side).fixture
        let truth = try await fixture.count(in: "lag-many", from: 100)
        #expect(truth == 24_900)
        let cut = try #require(
            try await gate(side, "lag-many").evidence.checks("lag", gate: "lag_budget", ok: false).first)
        #expect(cut["facts"]["at_least"] == true)
        let atLeast = try #require(cut["actual"].integer)
        #expect(atLeast > 10_000 && atLeast < 12_000)
        let whole = try #require(
            try await gate(side, "lag-many", ["max_lag=24899"]).evidence
                .checks("lag", gate: "lag_budget", ok: false).first)
        #expect(whole["actual"].integer == Int64(truth))
        #expect(whole["facts"]["at_least"] == .null)
    }

    private func gate(
        _ side: SharedCluster, _ groups: String, _ set: [String] = []
    ) async throws -> SluiceCommand.Result {
        try await SluiceCommand.gate("lag_budget", on: side, set: ["groups=\(groups)"] + set)
    }

    private func lags(_ run: SluiceCommand.Result) throws -> [Int: Int64] {
        let measured = try run.evidence.measured("lag", gate: "lag_budget").compactMap { measured -> (Int, Int64)? in
            guard let partition = measured.subject["partition"].integer, let lag = measured.actual.integer else {
                return nil
            }
            return (Int(partition), lag)
        }
        return Dictionary(measured) { first, _ in first }
    }

    /// The tool's LAG column, by partition.
    private static func lags(of group: String, on side: SharedCluster) async throws -> [Int: Int64] {
        let rows = try await LagWorld.rows(side).filter { $0.group == group }
        return Dictionary(
            rows.compactMap { row in
                guard let partition = row.partition, let lag = row.lag else { return nil }
                return (partition, lag)
            }
        ) { first, _ in first }
    }
}
