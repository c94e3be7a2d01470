/// Asks for the ACLs that match a filter.
package struct DescribeAclsRequest: WireRequest {
    package typealias Response = DescribeAclsResponse
    package static let key = ApiKey.describeAcls
    package static let versions: ClosedRange<Int16> = 1...3
    package static let flexible: PartialRangeFrom<Int16>? = 2...

    /// 1 any, 2 topic, 3 group, 4 cluster, 5 transactional id, 6 delegation token, 7 user.
    package var resourceTypeFilter: Int8 = 0
    package var resourceNameFilter: String? = ""
    /// 1 any, 2 match, 3 literal, 4 prefixed.
    package var patternTypeFilter: Int8 = 3
    package var principalFilter: String? = ""
    package var hostFilter: String? = ""
    package var operation: Int8 = 0
    package var permissionType: Int8 = 0
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("resource_type_filter", &resourceTypeFilter)
        try codec.field("resource_name_filter", &resourceNameFilter)
        try codec.field("pattern_type_filter", &patternTypeFilter)
        try codec.field("principal_filter", &principalFilter)
        try codec.field("host_filter", &hostFilter)
        try codec.field("operation", &operation)
        try codec.field("permission_type", &permissionType)
    }
}

/// ACLs by resource.
///
/// SECURITY_DISABLED means that there is no authorizer, not that there are no ACLs.
package struct DescribeAclsResponse: WireStruct {
    package var throttleTimeMs: Int32 = 0
    package var error: KafkaErrorCode = .none
    package var errorMessage: String? = ""
    package var resources: [Resource] = []
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("throttle_time_ms", &throttleTimeMs)
        try codec.field("error_code", &error)
        try codec.field("error_message", &errorMessage)
        try codec.field("resources", &resources)
    }

    /// The ACLs of one resource.
    package struct Resource: WireStruct {
        package var resourceType: Int8 = 0
        package var resourceName = ""
        package var patternType: Int8 = 3
        package var acls: [Acl] = []
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("resource_type", &resourceType)
            try codec.field("resource_name", &resourceName)
            try codec.field("pattern_type", &patternType)
            try codec.field("acls", &acls)
        }
    }

    /// Who may or may not do what, from where.
    package struct Acl: WireStruct {
        package var principal = ""
        package var host = ""
        package var operation: Int8 = 0
        package var permissionType: Int8 = 0
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("principal", &principal)
            try codec.field("host", &host)
            try codec.field("operation", &operation)
            try codec.field("permission_type", &permissionType)
        }
    }
}
