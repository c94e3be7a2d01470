import KafkaWire

extension CreateAclsRequest: ServedRequest {
    func answer(_ call: Call, _ state: inout ClusterState) -> CreateAclsResponse? {
        var response = CreateAclsResponse()
        for creation in creations {
            do throws(Refusal) {
                try create(creation, call, &state)
                response.results.append(.init())
            } catch {
                response.results.append(
                    .with {
                        $0.error = error.code
                        $0.errorMessage = error.message
                    })
            }
        }
        return response
    }

    private func create(_ asked: Creation, _ call: Call, _ state: inout ClusterState) throws(Refusal) {
        guard state.allows(call, onCluster: .alter) else {
            throw Refusal(.clusterAuthorizationFailed)
        }
        guard state.access.hasAuthorizer else { throw Refusal(.securityDisabled, "No Authorizer is configured.") }
        guard let resource = AccessControl.Resource(rawValue: asked.resourceType),
            let pattern = AccessControl.Pattern(rawValue: asked.resourcePatternType),
            let operation = AccessControl.Operation(rawValue: asked.operation),
            let permission = AccessControl.Permission(rawValue: asked.permissionType)
        else { throw Refusal(.unknownServerError) }
        guard resource != .cluster || Name(asked.resourceName) == "kafka-cluster" else {
            throw Refusal(
                .invalidRequest, "The only valid name for the CLUSTER resource is kafka-cluster")
        }
        guard !asked.resourceName.isEmpty else { throw Refusal(.invalidRequest, "Invalid empty resource name") }
        var entry = AccessControl.Entry(
            permission, asked.principal, operation, resource, asked.resourceName, pattern: pattern)
        entry.host = asked.host
        if !state.access.entries.contains(entry) { state.access.entries.append(entry) }
    }
}

extension DeleteAclsRequest: ServedRequest {
    func answer(_ call: Call, _ state: inout ClusterState) -> DeleteAclsResponse? {
        var response = DeleteAclsResponse()
        for filter in filters {
            response.filterResults.append(deleted(filter, call, &state))
        }
        return response
    }

    private func deleted(
        _ filter: Filter, _ call: Call, _ state: inout ClusterState
    ) -> DeleteAclsResponse.FilterResult {
        guard state.allows(call, onCluster: .alter) else {
            return .with {
                $0.error = .clusterAuthorizationFailed
                $0.errorMessage = nil
            }
        }
        guard state.access.hasAuthorizer else {
            return .with {
                $0.error = .securityDisabled
                $0.errorMessage = "No Authorizer is configured."
            }
        }
        let query = DescribeAclsRequest.with {
            $0.resourceTypeFilter = filter.resourceTypeFilter
            $0.resourceNameFilter = filter.resourceNameFilter
            $0.patternTypeFilter = filter.patternTypeFilter
            $0.principalFilter = filter.principalFilter
            $0.hostFilter = filter.hostFilter
            $0.operation = filter.operation
            $0.permissionType = filter.permissionType
        }
        let gone = state.access.entries.filter(query.matches)
        state.access.entries.removeAll(where: query.matches)
        return .with { result in
            result.errorMessage = nil
            result.matchingAcls = gone.map { entry in
                .with {
                    $0.errorMessage = nil
                    $0.resourceType = entry.resource.rawValue
                    $0.resourceName = entry.name
                    $0.patternType = entry.pattern.rawValue
                    $0.principal = entry.principal
                    $0.host = entry.host
                    $0.operation = entry.operation.rawValue
                    $0.permissionType = entry.permission.rawValue
                }
            }
        }
    }
}
