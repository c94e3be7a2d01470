import Foundation

/// An ACL as a test writes it, with what most of them say left out.
struct AclEntry: Hashable, Sendable {
    var principal: String
    var operation: String
    var type: String
    var name: String
    var pattern = "literal"
    var permission = "allow"
    var host = "*"

    static func allow(
        _ user: String, _ operation: String, _ name: String, on type: String = "topic", pattern: String = "literal",
        host: String = "*"
    ) -> AclEntry {
        AclEntry(principal: "User:\(user)", operation: operation, type: type, name: name, pattern: pattern, host: host)
    }

    static func deny(
        _ user: String, _ operation: String, _ name: String, on type: String = "topic", pattern: String = "literal"
    ) -> AclEntry {
        AclEntry(
            principal: "User:\(user)", operation: operation, type: type, name: name, pattern: pattern,
            permission: "deny")
    }

    /// As gates write it into evidence.
    var json: JSON {
        .object([
            "principal": .string(principal), "operation": .string(operation), "resource_type": .string(type),
            "resource_name": .string(name), "pattern_type": .string(pattern), "permission_type": .string(permission),
            "host": .string(host),
        ])
    }

    /// As `kafka-acls.sh --list` writes it, the resource's line and the entry's own.
    init?(resource: String, entry: String) {
        func field(_ name: String, of line: String) -> String? {
            guard let start = line.range(of: "\(name)=")?.upperBound else { return nil }
            // Names may have commas, yet no space after them.
            let end = line[start...].range(of: ", ")?.lowerBound ?? line[start...].firstIndex(of: ")")
            return end.map { String(line[start..<$0]) }
        }
        guard let type = field("resourceType", of: resource), let name = field(" name", of: resource),
            let pattern = field("patternType", of: resource), let principal = field("principal", of: entry),
            let host = field("host", of: entry), let operation = field("operation", of: entry),
            let permission = field("permissionType", of: entry)
        else { return nil }
        self.init(
            principal: principal, operation: operation.lowercased(), type: type.lowercased(), name: name,
            pattern: pattern.lowercased(), permission: permission.lowercased(), host: host)
    }

    private init(
        principal: String, operation: String, type: String, name: String, pattern: String = "literal",
        permission: String = "allow", host: String = "*"
    ) {
        self.principal = principal
        self.operation = operation
        self.type = type
        self.name = name
        self.pattern = pattern
        self.permission = permission
        self.host = host
    }
}

/// Sets and tries permissions through Kafka's own client: `AccessFixture.java`.
struct AccessFixture: Sendable {
    private static let program = JavaProgram("AccessFixture.java")

    let kafka: RealKafka

    /// Makes the cluster's ACLs these, and waits until the broker evaluates them.
    func set(_ entries: [AclEntry]) async throws {
        let words = entries.map {
            [$0.principal, $0.host, $0.operation, $0.permission, $0.type, $0.name, $0.pattern].joined(separator: "|")
        }
        _ = try await Self.program.ask(["acls", kafka.bootstrap] + words)
    }

    /// Makes the cluster's client quotas these: `user=billing,client-id=|producer_byte_rate|1024`, no name for a default.
    func set(quotas: [String]) async throws {
        _ = try await Self.program.ask(["quotas", kafka.bootstrap] + quotas)
    }

    /// Whether a user is let: `read`, `write` and `create` a topic, or commit in the group of that name.
    func can(_ user: String, _ what: String, _ topic: String) async throws -> Bool {
        let bootstrap = kafka.bootstrap(KafkaSecurity.listener)
        let password = AccessWorld.passwords[user] ?? ""
        return try await Self.program.ask(["can", bootstrap, user, password, what, topic]) == ["yes"]
    }
}
