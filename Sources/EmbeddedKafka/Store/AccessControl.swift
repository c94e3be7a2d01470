/// Who may do what, by Kafka's rules: a DENY beats every ALLOW, super users stand above both.
package struct AccessControl: Sendable {
    /// By Kafka's numbers.
    package enum Resource: Int8, Sendable {
        case topic = 2
        case group = 3
        case cluster = 4
        case transactionalID = 5
        case delegationToken = 6
        case user = 7
    }

    package enum Pattern: Int8, Sendable { case literal = 3, prefixed = 4 }

    /// By Kafka's numbers.
    package enum Operation: Int8, CaseIterable, Sendable {
        case all = 2
        case read, write, create, delete, alter, describe, clusterAction, describeConfigs, alterConfigs
        case idempotentWrite, createTokens, describeTokens
    }

    package enum Permission: Int8, Sendable { case deny = 2, allow = 3 }

    package struct Entry: Hashable, Sendable {
        package var principal: String
        package var host = "*"
        package var resource: Resource
        package var name: String
        package var pattern: Pattern
        package var operation: Operation
        package var permission: Permission

        package init(
            _ permission: Permission, _ principal: String, _ operation: Operation, _ resource: Resource, _ name: String,
            pattern: Pattern = .literal
        ) {
            self.principal = principal
            self.resource = resource
            self.name = name
            self.pattern = pattern
            self.operation = operation
            self.permission = permission
        }
    }

    /// Without an authorizer everything is allowed and there is no list to describe.
    package var hasAuthorizer = false
    package var superUsers: Set<Name> = []
    package var allowsEveryoneWithoutEntry = false
    package var entries: [Entry] = []

    func allows(_ principal: String, _ operation: Operation, on resource: Resource, _ name: String) -> Bool {
        guard hasAuthorizer, !superUsers.contains(Name(principal)) else { return true }
        let about = entries.filter { $0.resource == resource && $0.covers(name) && $0.isForLoopback }
        if about.isEmpty { return allowsEveryoneWithoutEntry }
        let mine = about.filter { Name($0.principal) == Name(principal) || Name($0.principal) == "User:*" }
        if mine.contains(where: { $0.permission == .deny && $0.denies(operation) }) { return false }
        return mine.contains { $0.permission == .allow && $0.grants(operation) }
    }

    /// The operations of a resource that are allowed, as a set of bits by Kafka's numbers.
    func operations(_ principal: String, on resource: Resource, _ name: String, _ profile: BrokerProfile) -> Int32 {
        Self.operations(of: resource, profile).reduce(0) { bits, operation in
            allows(principal, operation, on: resource, name) ? bits | 1 << Int32(operation.rawValue) : bits
        }
    }

    /// The operations that there are on a kind of resource.
    private static func operations(of resource: Resource, _ profile: BrokerProfile) -> [Operation] {
        switch resource {
        case .topic: [.read, .write, .create, .delete, .alter, .describe, .describeConfigs, .alterConfigs]
        case .group:
            profile.hasGroupConfigs
                ? [.read, .delete, .describe, .describeConfigs, .alterConfigs] : [.read, .delete, .describe]
        case .cluster:
            [.create, .alter, .describe, .clusterAction, .describeConfigs, .alterConfigs, .idempotentWrite]
        case .transactionalID: [.write, .describe]
        case .delegationToken: [.describe]
        case .user: [.createTokens, .describeTokens]
        }
    }
}

extension AccessControl.Entry {
    /// Every client of this cluster comes from this machine.
    fileprivate var isForLoopback: Bool { Name(host) == "*" || Name(host) == "127.0.0.1" }

    func covers(_ name: String) -> Bool {
        switch pattern {
        case .literal: Name(self.name) == "*" || Name(self.name) == Name(name)
        case .prefixed: name.utf8.starts(with: self.name.utf8)
        }
    }

    fileprivate func denies(_ asked: AccessControl.Operation) -> Bool { operation == .all || operation == asked }

    /// Some operations come with others: whoever may read may see what there is to read.
    fileprivate func grants(_ asked: AccessControl.Operation) -> Bool {
        switch (operation, asked) {
        case (.all, _): true
        case (.read, .describe), (.write, .describe), (.delete, .describe), (.alter, .describe): true
        case (.alterConfigs, .describeConfigs): true
        default: operation == asked
        }
    }
}
