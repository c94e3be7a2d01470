/// Adds ACLs.
package struct CreateAclsRequest: WireRequest {
    package typealias Response = CreateAclsResponse
    package static let key = ApiKey.createAcls
    package static let versions: ClosedRange<Int16> = 1...3
    package static let flexible: PartialRangeFrom<Int16>? = 2...

    package var creations: [Creation] = []
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("creations", &creations)
    }

    /// An ACL, by the numbers of ``DescribeAclsRequest``.
    package struct Creation: WireStruct {
        package var resourceType: Int8 = 0
        package var resourceName = ""
        package var resourcePatternType: Int8 = 3
        package var principal = ""
        package var host = ""
        package var operation: Int8 = 0
        package var permissionType: Int8 = 0
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("resource_type", &resourceType)
            try codec.field("resource_name", &resourceName)
            try codec.field("resource_pattern_type", &resourcePatternType)
            try codec.field("principal", &principal)
            try codec.field("host", &host)
            try codec.field("operation", &operation)
            try codec.field("permission_type", &permissionType)
        }
    }
}

/// Whether each was added, in the order of the request.
package struct CreateAclsResponse: WireStruct {
    package var throttleTimeMs: Int32 = 0
    package var results: [Result] = []
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("throttle_time_ms", &throttleTimeMs)
        try codec.field("results", &results)
    }

    /// Outcome for one ACL.
    package struct Result: WireStruct {
        package var error: KafkaErrorCode = .none
        package var errorMessage: String? = ""
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("error_code", &error)
            try codec.field("error_message", &errorMessage)
        }
    }
}
