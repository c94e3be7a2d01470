import Foundation

/// Kafka's own command-line tools, which say what is expected.
///
/// Each call costs a JVM's start, a second or two.
struct KafkaTools: Sendable {
    let installation: KafkaInstallation
    let bootstrap: String

    /// Runs a tool against the cluster and answers the lines of its standard output; a failure throws what it said.
    @discardableResult
    func run(
        _ tool: String, _ arguments: [String], input: [String] = [], withBootstrap: Bool = true
    ) async throws -> [String] {
        let server = withBootstrap ? ["--bootstrap-server", bootstrap] : []
        let process = try ChildProcess(
            [installation.script(tool)] + server + arguments,
            environment: installation.environment(), deadline: .seconds(90))
        for line in input { try process.send(line) }
        process.closeInput()
        let ending = await process.end()
        guard ending == .exit(0) else {
            let said = (process.output.lines + process.errors.lines).joined(separator: "\n")
            throw KafkaFixtureError("\(tool) \(arguments.joined(separator: " ")): \(ending)\n\(said)")
        }
        return process.output.lines
    }

    /// `kafka-get-offsets.sh`: the end offset of each partition.
    func endOffsets(of topic: String) async throws -> [Int: Int64] {
        let rows = try await run("kafka-get-offsets.sh", ["--topic", topic, "--time", "-1"])
        return Dictionary(
            rows.compactMap { row in
                let fields = row.split(separator: ":")
                guard fields.count == 3, let partition = Int(fields[1]), let offset = Int64(fields[2]) else {
                    return nil
                }
                return (partition, offset)
            }
        ) { first, _ in first }
    }

    /// `kafka-consumer-groups.sh --describe` for any number of groups in one go.
    func describe(groups: String...) async throws -> [GroupRow] {
        let groups = groups.flatMap { ["--group", $0] }
        return table(try await run("kafka-consumer-groups.sh", ["--describe", "--timeout", "60000"] + groups)).map(
            GroupRow.init)
    }

    /// `kafka-consumer-groups.sh --list --state`: the state of every group by its name.
    func groupStates() async throws -> [String: String] {
        let rows = try await run("kafka-consumer-groups.sh", ["--list", "--state"])
        return Dictionary(table(rows).map { ($0["GROUP"] ?? "", $0["STATE"] ?? "") }) { first, _ in first }
    }

    /// `kafka-console-producer.sh`: each line is a record without a key.
    func produce(_ lines: [String], to topic: String) async throws {
        try await run("kafka-console-producer.sh", ["--topic", topic], input: lines)
    }

    /// `kafka-console-consumer.sh`: the values of that many records from the start.
    func consume(_ count: Int, from topic: String) async throws -> [String] {
        try await run(
            "kafka-console-consumer.sh",
            ["--topic", topic, "--from-beginning", "--max-messages", "\(count)", "--timeout-ms", "30000"])
    }

    /// Rows by column name, below whichever lines name the columns.
    private func table(_ lines: [String]) -> [[String: String]] {
        var columns: [String] = []
        return lines.compactMap { line in
            let words = line.split(separator: " ").map(String.init)
            if words.first == "GROUP" {
                columns = words
                return nil
            }
            guard !columns.isEmpty, words.count >= columns.count else { return nil }
            return Dictionary(zip(columns, words)) { first, _ in first }
        }
    }
}

/// A partition of a group as `kafka-consumer-groups.sh --describe` tells it; a dash there is `nil` here.
struct GroupRow: Equatable, Sendable {
    var group: String
    var topic: String
    var partition: Int?
    var committed: Int64?
    var end: Int64?
    var lag: Int64?
    var member: String?

    fileprivate init(_ row: [String: String]) {
        group = row["GROUP"] ?? ""
        topic = row["TOPIC"] ?? ""
        partition = row["PARTITION"].flatMap { Int($0) }
        committed = row["CURRENT-OFFSET"].flatMap { Int64($0) }
        end = row["LOG-END-OFFSET"].flatMap { Int64($0) }
        lag = row["LAG"].flatMap { Int64($0) }
        member = row["CONSUMER-ID"].flatMap { $0 == "-" ? nil : $0 }
    }
}
