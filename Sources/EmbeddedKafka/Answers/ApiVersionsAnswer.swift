import KafkaWire

extension ApiVersionsRequest: ServedRequest {
    func answer(_ call: Call, _ state: inout ClusterState) -> ApiVersionsResponse? {
        guard call.version < 3 || (Self.isName(clientSoftwareName) && Self.isName(clientSoftwareVersion)) else {
            return .with { $0.error = .invalidRequest }
        }
        return .with { response in
            response.apiKeys = state.profile.supportedApis
            response.finalizedFeaturesEpoch = 1
            for feature in state.profile.features {
                // Older clients choke on a feature whose range begins at 0, so Kafka leaves those out before v4.
                let lower = max(feature.supported.lowerBound, call.version < 4 ? 1 : 0)
                if call.version >= 4 || feature.supported.lowerBound > 0 {
                    response.supportedFeatures.append(
                        .with {
                            $0.name = feature.name
                            $0.minVersion = lower
                            $0.maxVersion = feature.supported.upperBound
                        })
                }
                if feature.level > 0 {
                    response.finalizedFeatures.append(
                        .with {
                            $0.name = feature.name
                            $0.maxVersionLevel = feature.level
                            $0.minVersionLevel = feature.level
                        })
                }
            }
        }
    }

    /// The answer to a version this broker does not know, in the format of version 0.
    static func refusal(_ profile: BrokerProfile) -> ApiVersionsResponse {
        .with {
            $0.error = .unsupportedVersion
            $0.apiKeys = profile.supportedApis.filter { $0.apiKey == .apiVersions }
        }
    }

    /// Letters and digits, with dashes and dots between them.
    private static func isName(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        func isAlphanumeric(_ byte: UInt8) -> Bool {
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
        }
        guard let first = bytes.first, let last = bytes.last, isAlphanumeric(first), isAlphanumeric(last) else {
            return false
        }
        return bytes.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }
    }
}

extension BrokerProfile {
    var supportedApis: [ApiVersionsResponse.SupportedApi] {
        offered.keys.sorted { $0.rawValue < $1.rawValue }.compactMap { key in
            guard let versions = versions(of: key) else { return nil }
            return .with {
                $0.apiKey = key
                $0.minVersion = versions.lowerBound
                $0.maxVersion = versions.upperBound
            }
        }
    }
}
