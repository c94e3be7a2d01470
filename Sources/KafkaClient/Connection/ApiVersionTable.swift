package import KafkaWire

/// The APIs and versions that the broker behind one connection advertises.
///
/// Kept per connection: brokers of one cluster differ during a rolling upgrade, and behind a proxy.
package struct ApiVersionTable: Hashable, Sendable {
    package private(set) var ranges: [ApiKey: ClosedRange<Int16>] = [:]
    /// Cluster-wide feature levels such as `metadata.version`, where the broker reports them.
    package private(set) var finalizedFeatures: [String: Int16] = [:]

    /// How long the broker asks to be left alone, in its answer (KIP-219).
    package private(set) var throttleTimeMs: Int32 = 0

    package init() {}

    package init(_ response: ApiVersionsResponse) {
        for api in response.apiKeys where api.minVersion >= 0 && api.minVersion <= api.maxVersion {
            ranges[api.apiKey] = api.minVersion...api.maxVersion
        }
        throttleTimeMs = response.throttleTimeMs
        for feature in response.finalizedFeatures { finalizedFeatures[feature.name] = feature.maxVersionLevel }
    }

    /// The highest version that both sides speak, inside `wanted`; nil where there is none.
    package func highest(of key: ApiKey, in wanted: ClosedRange<Int16>) -> Int16? {
        guard let offered = ranges[key] else { return nil }
        let version = min(offered.upperBound, wanted.upperBound)
        return version >= offered.lowerBound && version >= wanted.lowerBound ? version : nil
    }
}
