import KafkaWire

/// Partitions that are added, and settings that are changed.
extension Conformance {
    func changes() async throws {
        try await partitions()
        try await settingsOneByOne()
        try await settingsAsAWhole()
    }

    private static func extend(
        _ topics: [(String, Int32, [[Int32]]?)], validateOnly: Bool = false
    ) -> CreatePartitionsRequest {
        .with {
            $0.timeoutMs = 10_000
            $0.validateOnly = validateOnly
            $0.topics = topics.map { name, count, assignments in
                .with {
                    ($0.name, $0.count) = (name, count)
                    $0.assignments = assignments.map { list in list.map { brokers in .with { $0.brokerIDs = brokers } }
                    }
                }
            }
        }
    }

    private func partitions() async throws {
        typealias C = Conformance
        try await once("topics to change") { _ in C.createTopics(["growing", "changing"], partitions: 2) }
        try await ask("to as many") { _, _ in C.extend([("growing", 2, nil)]) }
        try await ask("to fewer") { _, _ in C.extend([("growing", 1, nil)]) }
        try await ask("of an unknown topic") { _, _ in C.extend([("nowhere", 3, nil)]) }
        try await ask("of a topic twice") { _, _ in C.extend([("growing", 3, nil), ("growing", 4, nil)]) }
        try await ask("checked only") { _, _ in C.extend([("growing", 9, nil)], validateOnly: true) }
        try await ask("with too few assignments") { _, _ in C.extend([("growing", 9, [[1]])]) }
        try await ask("on an unknown broker") { _, _ in C.extend([("growing", 3, [[9]])]) }
        try await ask("on a broker twice") { _, _ in C.extend([("growing", 3, [[1, 1]])]) }
        try await ask("one more each") { _, version in C.extend([("growing", 3 + Int32(version), nil)]) }
        try await once("where it was said") { _ in C.extend([("growing", 8, [[1]]), ("changing", 3, nil)]) }
        try await ask("what has grown", C.metadata(["growing", "changing"]))
    }

    private static func alter(
        _ type: Int8, _ name: String, _ configs: [(String, Int8, String?)], validateOnly: Bool = false
    ) -> IncrementalAlterConfigsRequest {
        .with {
            $0.validateOnly = validateOnly
            $0.resources = [
                .with {
                    ($0.resourceType, $0.resourceName) = (type, name)
                    $0.configs = configs.map { name, operation, value in
                        .with { ($0.name, $0.operation, $0.value) = (name, operation, value) }
                    }
                }
            ]
        }
    }

    private func settingsOneByOne() async throws {
        typealias C = Conformance
        let described = C.describeConfigs(2, "changing", synonyms: true)
        for (what, configs) in [
            ("set", [("retention.ms", 0, "1000"), ("cleanup.policy", 0, "delete")]),
            ("append", [("cleanup.policy", 2, "compact")]), ("append again", [("cleanup.policy", 2, "compact")]),
            ("subtract", [("cleanup.policy", 3, "delete")]), ("append to no list", [("retention.ms", 2, "5")]),
            ("delete", [("retention.ms", 1, nil)]), ("delete what is not there", [("retention.ms", 1, nil)]),
            ("null", [("retention.ms", 0, nil)]), ("an unknown setting", [("no.such", 0, "1")]),
            ("a wrong value", [("retention.ms", 0, "soon")]), ("nothing", []),
            ("a setting twice", [("retention.ms", 0, "1"), ("retention.ms", 1, nil)]),
        ] as [(String, [(String, Int8, String?)])] {
            try await ask(what) { _, _ in C.alter(2, "changing", configs) }
            try await ask("after: \(what)", described)
        }
        try await ask("checked only") { _, _ in C.alter(2, "changing", [("retention.ms", 0, "7")], validateOnly: true) }
        try await ask("of an unknown topic") { _, _ in C.alter(2, "nowhere", [("retention.ms", 0, "7")]) }
        try await ask("of nothing known") { _, _ in C.alter(99, "changing", [("retention.ms", 0, "7")]) }
        try await ask("of all brokers") { _, _ in C.alter(4, "", [("message.max.bytes", 0, "2000000")]) }
        try await ask("what all brokers have", C.describeConfigs(4, "", synonyms: true))
        try await ask("what topics have by that", described)
        try await ask("of all brokers, taken back") { _, _ in C.alter(4, "", [("message.max.bytes", 1, nil)]) }
        try await ask("what all brokers have then", C.describeConfigs(4, "", synonyms: true))
    }

    private func settingsAsAWhole() async throws {
        typealias C = Conformance
        for (what, configs) in [
            ("all", [("retention.ms", "5000"), ("segment.ms", "6000")]), ("one of them", [("retention.ms", "7000")]),
            ("null", [("retention.ms", nil)]), ("an unknown setting", [("no.such", "1")]), ("none", []),
        ] as [(String, [(String, String?)])] {
            try await ask(what) { _, _ in
                AlterConfigsRequest.with {
                    $0.resources = [
                        .with {
                            ($0.resourceType, $0.resourceName) = (2, "changing")
                            $0.configs = configs.map { name, value in .with { ($0.name, $0.value) = (name, value) } }
                        }
                    ]
                }
            }
            try await ask("after: \(what)", C.describeConfigs(2, "changing"))
        }
    }
}
