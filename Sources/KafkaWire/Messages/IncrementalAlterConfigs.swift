/// Changes settings one by one.
package struct IncrementalAlterConfigsRequest: WireRequest {
    package typealias Response = AlterConfigsResponse
    package static let key = ApiKey.incrementalAlterConfigs
    package static let versions: ClosedRange<Int16> = 0...1
    package static let flexible: PartialRangeFrom<Int16>? = 1...

    package var resources: [Resource] = []
    package var validateOnly = false
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("resources", &resources)
        try codec.field("validate_only", &validateOnly)
    }

    /// A topic, a broker or all of them, and what is to change there.
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

    /// A setting and what is done with it.
    package struct Config: WireStruct {
        package var name = ""
        /// 0 sets, 1 takes away, 2 appends to a list, 3 takes out of one.
        package var operation: Int8 = 0
        package var value: String?
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("name", &name)
            try codec.field("config_operation", &operation)
            try codec.field("value", &value)
        }
    }
}
