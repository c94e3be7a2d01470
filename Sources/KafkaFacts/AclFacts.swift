package import KafkaClient
private import KafkaWire

/// One access control entry, in Kafka's words in lower case.
package struct AclFact: Hashable, Sendable {
    /// `topic`, `group`, `cluster`, `transactional_id`, `delegation_token` or `user`.
    package let resourceType: String
    package let resourceName: String
    /// `literal` or `prefixed`; the literal name `*` stands for every resource.
    package let patternType: String
    /// `User:billing`; `User:*` is everybody.
    package let principal: String
    package let host: String
    package let operation: String
    /// `allow` or `deny`.
    ///
    /// Here and above, `unknown_N` is a code of a later release.
    package let permission: String
}

extension KafkaCluster {
    /// Every ACL of the cluster; `SECURITY_DISABLED` where it has no authorizer, which is not the same as none.
    ///
    /// Policies of IAM and role bindings are no ACLs: where those rule, an empty list proves nothing.
    package func acls(_ context: CallContext) async throws(KafkaError) -> [AclFact] {
        try await ask(DescribeAclsRequest.self, context) { version in
            var request = DescribeAclsRequest()
            request.resourceTypeFilter = 1  // any
            request.resourceNameFilter = nil
            request.patternTypeFilter = 1  // any
            request.principalFilter = nil
            request.hostFilter = nil
            request.operation = 1  // any
            request.permissionType = 1  // any
            return request
        } failure: {
            ($0.error, $0.errorMessage)
        } read: { response in
            response.resources.flatMap { resource in
                resource.acls.map { acl in
                    AclFact(
                        resourceType: Self.resourceType(resource.resourceType), resourceName: resource.resourceName,
                        patternType: Self.patternType(resource.patternType), principal: acl.principal,
                        host: acl.host, operation: AclOperation(rawValue: acl.operation).name,
                        permission: Self.permission(acl.permissionType))
                }
            }
        }
    }

    // What a code means that is not known here is not guessed: an entry taken for another one could make lists equal.

    private static func patternType(_ code: Int8) -> String {
        switch code {
        case 3: "literal"
        case 4: "prefixed"
        default: "unknown_\(code)"
        }
    }

    private static func permission(_ code: Int8) -> String {
        switch code {
        case 2: "deny"
        case 3: "allow"
        default: "unknown_\(code)"
        }
    }

    private static func resourceType(_ code: Int8) -> String {
        switch code {
        case 2: "topic"
        case 3: "group"
        case 4: "cluster"
        case 5: "transactional_id"
        case 6: "delegation_token"
        case 7: "user"
        default: "unknown_\(code)"
        }
    }
}
