/// Prepares a cluster through Kafka's own client: `KafkaFixture.java`, one JVM for all suites.
struct KafkaFixture: Sendable {
    enum Codec: String, CaseIterable, Sendable { case none, gzip, snappy, lz4, zstd }

    /// What record values are: `framed` has a schema id as Confluent's serialisers write it, `binary` is not UTF-8.
    enum Format: String, Sendable { case text, json, framed, binary, empty, tombstone }

    enum GroupProtocol: String, CaseIterable, Sendable { case classic, consumer }

    enum Outcome: String, Sendable { case commit, abort }

    enum Position: String, Sendable { case start, end, stable }

    enum Isolation: String, Sendable {
        case readCommitted = "read_committed"
        case readUncommitted = "read_uncommitted"
    }

    let bootstrap: String

    /// The cluster's id, as Kafka's admin client is told it.
    func clusterID() async throws -> String { try await ask("cluster-id").first ?? "" }

    // MARK: Topics

    func createTopic(
        _ name: String, partitions: Int = 1, replication: Int = 1, settings: [String: String] = [:]
    ) async throws {
        try await ask("topic", name, "\(partitions)", "replication=\(replication)", words(settings))
    }

    func addPartitions(to topic: String, total: Int) async throws {
        try await ask("partitions", topic, "\(total)")
    }

    func deleteTopic(_ name: String) async throws {
        try await ask("delete-topic", name)
    }

    func configure(_ topic: String, _ settings: [String: String]) async throws {
        try await ask("config", topic, words(settings))
    }

    // MARK: Records

    /// Produces records in one partition and answers the offset of the first.
    @discardableResult
    func produce(
        _ count: Int, to topic: String, partition: Int = 0, codec: Codec = .none, format: Format = .json
    ) async throws -> Int64 {
        let answer = try await ask(
            "produce", topic, "\(partition)", "\(count)", codec.rawValue, format.rawValue)
        return answer.first.flatMap { Int64($0) } ?? -1
    }

    /// Produces one record of these very bytes and answers its offset.
    @discardableResult
    func produce(key: [UInt8]?, value: [UInt8]?, to topic: String, partition: Int = 0) async throws -> Int64 {
        let answer = try await ask("raw", topic, "\(partition)", hex(key), hex(value))
        return answer.first.flatMap { Int64($0) } ?? -1
    }

    /// Produces records in a transaction of their own and ends it, which adds one marker to the partition.
    func transaction(_ count: Int, to topic: String, partition: Int = 0, _ outcome: Outcome) async throws {
        let id = "fixture-\(topic)-\(partition)"
        try await begin(id, count, to: topic, partition: partition)
        try await finish(id, outcome)
    }

    /// Produces records in a transaction that stays open until `finish`.
    func begin(_ transactionalID: String, _ count: Int, to topic: String, partition: Int = 0) async throws {
        try await ask("begin", transactionalID, topic, "\(partition)", "\(count)")
    }

    func finish(_ transactionalID: String, _ outcome: Outcome) async throws {
        try await ask("finish", transactionalID, outcome.rawValue)
    }

    /// Moves the start of the log to that offset.
    func deleteRecords(before offset: Int64, from topic: String, partition: Int = 0) async throws {
        try await ask("delete-records", topic, "\(partition)", "\(offset)")
    }

    /// The offset of each partition, as Kafka's admin client is told it.
    func offsets(of topic: String, at position: Position = .end) async throws -> [Int: Int64] {
        let answer = try await ask("offsets", topic, position.rawValue)
        return Dictionary(
            answer.compactMap { row in
                let pair = row.split(separator: "=")
                guard pair.count == 2, let partition = Int(pair[0]), let offset = Int64(pair[1]) else { return nil }
                return (partition, offset)
            }
        ) { first, _ in first }
    }

    /// How many records Kafka's own consumer is given between an offset and the end.
    func count(
        in topic: String, partition: Int = 0, from offset: Int64, _ isolation: Isolation = .readCommitted
    ) async throws -> Int {
        let answer = try await ask("count", topic, "\(partition)", "\(offset)", isolation.rawValue)
        return answer.first.flatMap { Int($0) } ?? -1
    }

    // MARK: Groups

    /// Commits offsets by partition, through a live member where there is one.
    func commit(_ group: String, _ topic: String, _ offsets: [Int: Int64], leaderEpoch: Int? = nil) async throws {
        let epoch = leaderEpoch.map { "@\($0)" } ?? ""
        try await ask("commit", group, topic, offsets.map { "\($0.key)=\($0.value)\(epoch)" }.joined(separator: " "))
    }

    /// Adds a live member, which reads nothing and commits nothing by itself, and waits until it has partitions.
    @discardableResult
    func join(_ group: String, _ groupProtocol: GroupProtocol, topics: String...) async throws -> [String] {
        try await ask("join", group, groupProtocol.rawValue, topics.joined(separator: ","))
    }

    /// Takes all live members out of the group.
    func leave(_ group: String) async throws {
        try await ask("leave", group)
    }

    // MARK: Permissions

    /// Allows a principal one operation on a topic or group (`resource`: `topic`, `group`, `cluster`).
    func allow(
        _ principal: String, _ operation: String, on resource: String, _ name: String, pattern: String = "literal"
    ) async throws {
        try await ask("acl", principal, operation, resource, name, pattern)
    }

    // MARK: The program

    private static let program = JavaProgram("KafkaFixture.java")

    @discardableResult
    private func ask(_ command: String, _ arguments: String...) async throws -> [String] {
        try await Self.program.ask([command, bootstrap] + arguments)
    }

    private func words(_ settings: [String: String]) -> String {
        settings.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
    }

    private func hex(_ bytes: [UInt8]?) -> String {
        guard let bytes else { return "null" }
        return bytes.isEmpty ? "-" : bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}
