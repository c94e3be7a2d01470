/// An operation that an ACL allows or denies, by the code Kafka gives it.
///
/// Codes of later releases are kept and named by their number: to drop one would make two answers look the same.
package struct AclOperation: RawRepresentable, Hashable, Sendable {
    package let rawValue: Int8

    package init(rawValue: Int8) { self.rawValue = rawValue }

    package static let all = AclOperation(rawValue: 2)
    package static let read = AclOperation(rawValue: 3)
    package static let write = AclOperation(rawValue: 4)
    package static let create = AclOperation(rawValue: 5)
    package static let delete = AclOperation(rawValue: 6)
    package static let alter = AclOperation(rawValue: 7)
    package static let describe = AclOperation(rawValue: 8)
    package static let clusterAction = AclOperation(rawValue: 9)
    package static let describeConfigs = AclOperation(rawValue: 10)
    package static let alterConfigs = AclOperation(rawValue: 11)
    package static let idempotentWrite = AclOperation(rawValue: 12)
    package static let createTokens = AclOperation(rawValue: 13)
    package static let describeTokens = AclOperation(rawValue: 14)
    package static let twoPhaseCommit = AclOperation(rawValue: 15)

    /// The name in snake_case, as gates and arguments spell it.
    package var name: String {
        switch self {
        case .all: "all"
        case .read: "read"
        case .write: "write"
        case .create: "create"
        case .delete: "delete"
        case .alter: "alter"
        case .describe: "describe"
        case .clusterAction: "cluster_action"
        case .describeConfigs: "describe_configs"
        case .alterConfigs: "alter_configs"
        case .idempotentWrite: "idempotent_write"
        case .createTokens: "create_tokens"
        case .describeTokens: "describe_tokens"
        case .twoPhaseCommit: "two_phase_commit"
        default: "unknown_\(rawValue)"
        }
    }

    /// The operations in a bit field of Metadata or a describe call, bit n standing for code n, in that order.
    ///
    /// Nil is "not told": -2147483648 by Kafka's rule, -1 from brokers that do not compute the field, and 0 where the
    /// principal may not describe the resource. Whoever is told something may at least do that.
    package static func operations(in bits: Int32) -> [AclOperation]? {
        guard bits > 0 else { return nil }
        return (0..<31).filter { bits >> $0 & 1 == 1 }.map { AclOperation(rawValue: Int8($0)) }
    }
}
