/// Asks for the client quotas that match a filter.
package struct DescribeClientQuotasRequest: WireRequest {
    package typealias Response = DescribeClientQuotasResponse
    package static let key = ApiKey.describeClientQuotas
    package static let versions: ClosedRange<Int16> = 0...1
    package static let flexible: PartialRangeFrom<Int16>? = 1...

    package var components: [Component] = []
    /// Leave out entities with other parts than these.
    package var strict = false
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("components", &components)
        try codec.field("strict", &strict)
    }

    /// What the entity must be in one of its parts.
    package struct Component: WireStruct {
        package var entityType = ""
        /// 0 the name in ``match``, 1 the default, 2 any that is set.
        package var matchType: Int8 = 0
        package var match: String? = ""
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("entity_type", &entityType)
            try codec.field("match_type", &matchType)
            try codec.field("match", &match)
        }
    }
}

/// Quotas by the entity they hold for; ``entries`` is null where there is an error.
package struct DescribeClientQuotasResponse: WireStruct {
    package var throttleTimeMs: Int32 = 0
    package var error: KafkaErrorCode = .none
    package var errorMessage: String? = ""
    package var entries: [Entry]? = []
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("throttle_time_ms", &throttleTimeMs)
        try codec.field("error_code", &error)
        try codec.field("error_message", &errorMessage)
        try codec.field("entries", &entries)
    }

    /// The quotas of one entity.
    package struct Entry: WireStruct {
        package var entity: [Entity] = []
        package var values: [Value] = []
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("entity", &entity)
            try codec.field("values", &values)
        }
    }

    /// One part of an entity; its name is null for the default.
    package struct Entity: WireStruct {
        package var entityType = ""
        package var entityName: String? = ""
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("entity_type", &entityType)
            try codec.field("entity_name", &entityName)
        }
    }

    /// One quota.
    package struct Value: WireStruct {
        package var key = ""
        package var value: Double = 0
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("key", &key)
            try codec.field("value", &value)
        }
    }
}
