/// Asks a broker which APIs and versions it speaks.
package struct ApiVersionsRequest: WireRequest {
    package typealias Response = ApiVersionsResponse
    package static let key = ApiKey.apiVersions
    package static let versions: ClosedRange<Int16> = 0...4
    /// The first request goes out before the versions are known, and 3 is answered or refused by every broker.
    package static let spoken: ClosedRange<Int16> = 0...3
    package static let flexible: PartialRangeFrom<Int16>? = 3...

    /// Letters, digits, dots and dashes, else the broker refuses.
    package var clientSoftwareName = ""
    package var clientSoftwareVersion = ""
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("client_software_name", &clientSoftwareName, in: 3...)
        try codec.field("client_software_version", &clientSoftwareVersion, in: 3...)
    }
}

/// The APIs and versions of a broker, in no order.
///
/// Its header never becomes flexible, and a refusal (error 35) has the body of version 0: ``read(_:requestedVersion:)``.
package struct ApiVersionsResponse: WireStruct {
    package var error: KafkaErrorCode = .none
    package var apiKeys: [SupportedApi] = []
    package var throttleTimeMs: Int32 = 0
    package var supportedFeatures: [SupportedFeature] = []
    /// `-1` where unknown.
    package var finalizedFeaturesEpoch: Int64 = -1
    package var finalizedFeatures: [FinalizedFeature] = []
    package var zkMigrationReady = false
    package init() {}

    package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
        try codec.field("error_code", &error)
        try codec.field("api_keys", &apiKeys)
        try codec.field("throttle_time_ms", &throttleTimeMs, in: 1...)
        try codec.tagged(0, "supported_features", &supportedFeatures, in: 3..., default: [])
        try codec.tagged(1, "finalized_features_epoch", &finalizedFeaturesEpoch, in: 3..., default: -1)
        try codec.tagged(2, "finalized_features", &finalizedFeatures, in: 3..., default: [])
        try codec.tagged(3, "zk_migration_ready", &zkMigrationReady, in: 3..., default: false)
    }

    /// The versions a broker speaks of one API.
    package struct SupportedApi: WireStruct {
        package var apiKey: ApiKey = .produce
        package var minVersion: Int16 = 0
        package var maxVersion: Int16 = 0
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("api_key", &apiKey)
            try codec.field("min_version", &minVersion)
            try codec.field("max_version", &maxVersion)
        }
    }

    /// The versions a broker could run of one feature.
    package struct SupportedFeature: WireStruct {
        package var name = ""
        package var minVersion: Int16 = 0
        package var maxVersion: Int16 = 0
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("name", &name)
            try codec.field("min_version", &minVersion)
            try codec.field("max_version", &maxVersion)
        }
    }

    /// The versions the cluster runs of one feature.
    package struct FinalizedFeature: WireStruct {
        package var name = ""
        package var maxVersionLevel: Int16 = 0
        package var minVersionLevel: Int16 = 0
        package init() {}

        package mutating func fields<C: Codec>(_ codec: inout C) throws(WireError) {
            try codec.field("name", &name)
            try codec.field("max_version_level", &maxVersionLevel)
            try codec.field("min_version_level", &minVersionLevel)
        }
    }
}
