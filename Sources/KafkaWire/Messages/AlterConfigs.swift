/// Replaces all settings of topics or brokers: what is not named has its default again.
package struct AlterConfigsRequest: WireRequest {
    package typealias Response = AlterConfigsResponse
    package static let key = ApiKey.alterConfigs
    package static let versions: ClosedRange<Int16> = 0...2
    package static let flexible: PartialRangeFrom<Int16>? = 2...

    package var resources: [Resource] = []
    package var validateOnly = false
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("resources", &resources)
        try codec.field("validate_only", &validateOnly)
    }

    /// A topic, a broker or all of them, with all its settings.
    package struct Resource: WireStruct {
        /// 2 a topic, 4 a broker.
        package var resourceType: Int8 = 0
        package var resourceName = ""
        package var configs: [Config] = []
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("resource_type", &resourceType)
            try codec.field("resource_name", &resourceName)
            try codec.field("configs", &configs)
        }
    }

    /// A setting.
    package struct Config: WireStruct {
        package var name = ""
        package var value: String?
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("name", &name)
            try codec.field("value", &value)
        }
    }
}

/// What became of each topic or broker; so answers IncrementalAlterConfigs, too.
package struct AlterConfigsResponse: WireStruct {
    package var throttleTimeMs: Int32 = 0
    package var responses: [Resource] = []
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("throttle_time_ms", &throttleTimeMs)
        try codec.field("responses", &responses)
    }

    /// What became of one.
    package struct Resource: WireStruct {
        package var error: KafkaErrorCode = .none
        package var errorMessage: String?
        package var resourceType: Int8 = 0
        package var resourceName = ""
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("error_code", &error)
            try codec.field("error_message", &errorMessage)
            try codec.field("resource_type", &resourceType)
            try codec.field("resource_name", &resourceName)
        }
    }
}
