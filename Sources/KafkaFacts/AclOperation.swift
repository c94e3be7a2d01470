/// An operation that an ACL allows or denies, under the code Kafka gives it.
package enum AclOperation: Int8, CaseIterable, Hashable, Sendable {
    case all = 2
    case read, write, create, delete, alter, describe
    case clusterAction, describeConfigs, alterConfigs, idempotentWrite, createTokens, describeTokens
    case twoPhaseCommit

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
        }
    }

    /// The operations in a bit field of Metadata or a describe call; bit n stands for code n.
    ///
    /// - Returns: nil for "not told": -2147483648 by Kafka's rule; -1, all bits, is what brokers send that do not
    ///   compute the field, and no broker means it.
    package static func operations(in bits: Int32) -> [AclOperation]? {
        guard bits != .min, bits != -1 else { return nil }
        return allCases.filter { bits >> Int32($0.rawValue) & 1 == 1 }
    }
}
