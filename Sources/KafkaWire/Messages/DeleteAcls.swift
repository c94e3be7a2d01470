/// Removes the ACLs that match filters.
package struct DeleteAclsRequest: WireRequest {
    package typealias Response = DeleteAclsResponse
    package static let key = ApiKey.deleteAcls
    package static let versions: ClosedRange<Int16> = 1...3
    package static let flexible: PartialRangeFrom<Int16>? = 2...

    package var filters: [Filter] = []
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("filters", &filters)
    }

    /// Which ACLs go, by the numbers of ``DescribeAclsRequest``.
    package struct Filter: WireStruct {
        package var resourceTypeFilter: Int8 = 0
        package var resourceNameFilter: String? = ""
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
}

/// What each filter removed, in the order of the request.
package struct DeleteAclsResponse: WireStruct {
    package var throttleTimeMs: Int32 = 0
    package var filterResults: [FilterResult] = []
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("throttle_time_ms", &throttleTimeMs)
        try codec.field("filter_results", &filterResults)
    }

    /// Outcome for one filter.
    package struct FilterResult: WireStruct {
        package var error: KafkaErrorCode = .none
        package var errorMessage: String? = ""
        package var matchingAcls: [MatchingAcl] = []
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("error_code", &error)
            try codec.field("error_message", &errorMessage)
            try codec.field("matching_acls", &matchingAcls)
        }
    }

    /// An ACL that a filter matched.
    package struct MatchingAcl: WireStruct {
        package var error: KafkaErrorCode = .none
        package var errorMessage: String? = ""
        package var resourceType: Int8 = 0
        package var resourceName = ""
        package var patternType: Int8 = 3
        package var principal = ""
        package var host = ""
        package var operation: Int8 = 0
        package var permissionType: Int8 = 0
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("error_code", &error)
            try codec.field("error_message", &errorMessage)
            try codec.field("resource_type", &resourceType)
            try codec.field("resource_name", &resourceName)
            try codec.field("pattern_type", &patternType)
            try codec.field("principal", &principal)
            try codec.field("host", &host)
            try codec.field("operation", &operation)
            try codec.field("permission_type", &permissionType)
        }
    }
}
