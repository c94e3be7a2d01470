package import KafkaClient
private import KafkaWire

/// What the principal may do with a group, whether or not there is one of that name.
package struct GroupOperations: Hashable, Sendable {
    /// Nil where the broker does not tell.
    package let authorized: [AclOperation]?
    /// The operations that brokers of this release tell of: one that is not among them is not denied but unheard of.
    package let known: [AclOperation]
}

extension KafkaCluster {
    /// What the principal may do with a group, which need not exist: permissions go by the name.
    ///
    /// DescribeGroups up to version 5 evaluates them for any name and calls a group that it does not have "Dead",
    /// without an error; version 6 and the calls for other kinds of groups answer `GROUP_ID_NOT_FOUND` and no more.
    package func operations(onGroup name: String, _ context: CallContext) async throws(KafkaError) -> GroupOperations {
        try await callCoordinator(DescribeGroupsRequest.self, of: name, versions: 3...5, context) { _ in
            .with {
                $0.groups = [name]
                $0.includeAuthorizedOperations = true
            }
        } read: { reply throws(KafkaError) in
            guard let group = reply.response.groups.first(where: { $0.groupID.utf8.elementsEqual(name.utf8) }) else {
                throw KafkaError(.malformed("no answer for group \(name)"))
            }
            guard group.error == .none else { throw KafkaError(.broker(group.error, message: group.errorMessage)) }
            let authorized = AclOperation.operations(in: group.authorizedOperations)
            var known: [AclOperation] = [.read, .delete, .describe]
            // Groups have settings of their own since 4.0, the first release with version 6 of this call.
            if reply.newest >= 6 { known += [.describeConfigs, .alterConfigs] }
            return GroupOperations(
                authorized: authorized, known: known + (authorized ?? []).filter { !known.contains($0) })
        }
    }
}
