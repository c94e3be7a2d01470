/// Asks for the configuration of topics, brokers and groups.
///
/// That of a broker must be asked of the broker itself.
package struct DescribeConfigsRequest: WireRequest {
    package typealias Response = DescribeConfigsResponse
    package static let key = ApiKey.describeConfigs
    package static let versions: ClosedRange<Int16> = 1...4
    package static let flexible: PartialRangeFrom<Int16>? = 4...

    package var resources: [Resource] = []
    package var includeSynonyms = false
    package var includeDocumentation = false
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("resources", &resources)
        try codec.field("include_synonyms", &includeSynonyms)
        try codec.field("include_documentation", &includeDocumentation, in: 3..., else: false)
    }

    /// A resource and the keys wanted of it.
    package struct Resource: WireStruct {
        /// 2 topic, 4 broker, 8 broker logger, 16 client metrics, 32 group.
        package var resourceType: Int8 = 0
        package var resourceName = ""
        /// Null, like empty, asks for all.
        package var configurationKeys: [String]? = []
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("resource_type", &resourceType)
            try codec.field("resource_name", &resourceName)
            try codec.field("configuration_keys", &configurationKeys)
        }
    }
}

/// Configuration entries by resource.
package struct DescribeConfigsResponse: WireStruct {
    package var throttleTimeMs: Int32 = 0
    package var results: [Resource] = []
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("throttle_time_ms", &throttleTimeMs)
        try codec.field("results", &results)
    }

    /// Entries of one resource.
    package struct Resource: WireStruct {
        package var error: KafkaErrorCode = .none
        package var errorMessage: String? = ""
        package var resourceType: Int8 = 0
        package var resourceName = ""
        package var configs: [Config] = []
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("error_code", &error)
            try codec.field("error_message", &errorMessage)
            try codec.field("resource_type", &resourceType)
            try codec.field("resource_name", &resourceName)
            try codec.field("configs", &configs)
        }
    }

    /// One entry, as it is in force.
    package struct Config: WireStruct {
        package var name = ""
        /// Null where the entry is sensitive.
        package var value: String? = ""
        package var readOnly = false
        /// 1 topic, 2 broker, 3 brokers' default, 4 static, 5 default, 6 logger, 7 client metrics, 8 group.
        package var configSource: Int8 = -1
        package var isSensitive = false
        package var synonyms: [Synonym] = []
        package var configType: Int8 = 0
        package var documentation: String? = ""
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("name", &name)
            try codec.field("value", &value)
            try codec.field("read_only", &readOnly)
            try codec.field("config_source", &configSource)
            try codec.field("is_sensitive", &isSensitive)
            try codec.field("synonyms", &synonyms)
            try codec.field("config_type", &configType, in: 3...)
            try codec.field("documentation", &documentation, in: 3...)
        }
    }

    /// One place an entry can come from; the first that is set wins.
    package struct Synonym: WireStruct {
        package var name = ""
        package var value: String? = ""
        package var source: Int8 = 0
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("name", &name)
            try codec.field("value", &value)
            try codec.field("source", &source)
        }
    }
}
