import KafkaWire

extension DescribeAclsRequest: ServedRequest {
    func answer(_ call: Call, _ state: inout ClusterState) -> DescribeAclsResponse? {
        let state = state
        guard state.allows(call, onCluster: .describe) else {
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
        var resources: [DescribeAclsResponse.Resource] = []
        for entry in state.access.entries where matches(entry) {
            let acl = DescribeAclsResponse.Acl.with {
                $0.principal = entry.principal
                $0.host = entry.host
                $0.operation = entry.operation.rawValue
                $0.permissionType = entry.permission.rawValue
            }
            let place = resources.firstIndex {
                $0.resourceType == entry.resource.rawValue && Name($0.resourceName) == Name(entry.name)
                    && $0.patternType == entry.pattern.rawValue
            }
            if let place {
                resources[place].acls.append(acl)
            } else {
                resources.append(
                    .with {
                        $0.resourceType = entry.resource.rawValue
                        $0.resourceName = entry.name
                        $0.patternType = entry.pattern.rawValue
                        $0.acls = [acl]
                    })
            }
        }
        return .with { $0.resources = resources }
    }

    func matches(_ entry: AccessControl.Entry) -> Bool {
        func isAny(_ code: Int8, or own: Int8) -> Bool { code == 1 || code == own }
        guard isAny(resourceTypeFilter, or: entry.resource.rawValue), isAny(operation, or: entry.operation.rawValue),
            isAny(permissionType, or: entry.permission.rawValue),
            principalFilter.map({ Name($0) == Name(entry.principal) }) ?? true,
            hostFilter.map({ Name($0) == Name(entry.host) }) ?? true
        else { return false }
        switch patternTypeFilter {
        case 1: return resourceNameFilter.map { Name($0) == Name(entry.name) } ?? true
        // All that would decide about a resource of that name.
        case 2: return resourceNameFilter.map { entry.covers($0) } ?? true
        default:
            return patternTypeFilter == entry.pattern.rawValue
                && (resourceNameFilter.map { Name($0) == Name(entry.name) } ?? true)
        }
    }
}

extension DescribeClientQuotasRequest: ServedRequest {
    func answer(_ call: Call, _ state: inout ClusterState) -> DescribeClientQuotasResponse? {
        let state = state
        guard state.allows(call, onCluster: .describeConfigs) else {
            return .with {
                $0.error = .clusterAuthorizationFailed
                $0.errorMessage = nil
                $0.entries = nil
            }
        }
        return .with { response in
            response.entries = state.quotas.filter(matches).map { quota in
                .with {
                    $0.entity = quota.entity.map { entity in
                        .with {
                            $0.entityType = entity.type
                            $0.entityName = entity.name
                        }
                    }
                    $0.values = quota.values.map { value in
                        .with {
                            $0.key = value.key
                            $0.value = value.value
                        }
                    }
                }
            }
        }
    }

    private func matches(_ quota: ClusterState.Quota) -> Bool {
        if strict, quota.entity.count != components.count { return false }
        return components.allSatisfy { component in
            guard let entity = quota.entity.first(where: { Name($0.type) == Name(component.entityType) }) else {
                return false
            }
            switch component.matchType {
            case 0: return entity.name.map { Name($0) } == component.match.map { Name($0) } && entity.name != nil
            case 1: return entity.name == nil
            default: return true
            }
        }
    }
}

extension DescribeUserScramCredentialsRequest: ServedRequest {
    func answer(_ call: Call, _ state: inout ClusterState) -> DescribeUserScramCredentialsResponse? {
        let state = state
        guard state.allows(call, onCluster: .describe) else {
            return .with {
                $0.error = .clusterAuthorizationFailed
                $0.errorMessage = nil
            }
        }
        let asked = (users ?? []).isEmpty ? state.scramUsers.keys.sorted() : (users ?? []).map { Name($0.name) }
        return .with { response in
            response.results = Set(asked).sorted().map { user in
                .with { result in
                    result.user = user.text
                    guard let credentials = state.scramUsers[user] else {
                        result.error = .resourceNotFound
                        result.errorMessage =
                            "Attempt to describe a user credential that does not exist: \(user)"
                        return
                    }
                    guard asked.count(where: { $0 == user }) == 1 else {
                        result.error = .duplicateResource
                        result.errorMessage =
                            "Cannot describe SCRAM credentials for the same user twice in a single request: \(user)"
                        return
                    }
                    result.credentialInfos = credentials.map { credential in
                        .with {
                            $0.mechanism = credential.mechanism
                            $0.iterations = credential.iterations
                        }
                    }
                }
            }
        }
    }
}
