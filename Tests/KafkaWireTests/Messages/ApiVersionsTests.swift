import Testing

@testable import KafkaWire

@Suite("ApiVersions")
struct ApiVersionsTests {
    @Test("features are read from tagged fields, as Kafka's own classes write them")
    func features() throws {
        let bytes = try hex(
            """
            0000 02 0012 0000 0004 00 00000000 04
            00 14 02 0e 67726f75702e76657273696f6e 0000 0001 00
            01 08 0000000000000029
            02 17 02 11 6d657461646174612e76657273696f6e 001b 0007 00
            03 01 01
            """)
        let response = try ApiVersionsResponse.read(bytes[...], requestedVersion: 4)
        #expect(response.supportedFeatures == [.with { ($0.name, $0.maxVersion) = ("group.version", 1) }])
        #expect(response.finalizedFeaturesEpoch == 41)
        #expect(response.finalizedFeatures.map(\.name) == ["metadata.version"])
        #expect(response.finalizedFeatures.map(\.maxVersionLevel) == [27])
        #expect(response.zkMigrationReady)
        #expect(try ApiVersionsRequest.encoded(response, version: 4) == bytes)
    }

    @Test(
        "a refusal is read in version 0, with the versions of the API where the broker tells them",
        arguments: [("0023 00000001 0012 0000 0002", 0...2), ("0023 00000000", nil)]
            as [(String, ClosedRange<Int16>?)])
    func refusal(bytes: String, versions: ClosedRange<Int16>?) throws {
        let response = try ApiVersionsResponse.read(hex(bytes)[...], requestedVersion: 3)
        #expect(response.error == .unsupportedVersion)
        #expect(response.versions(of: .apiVersions) == versions)
    }

    @Test("a refusal in the version asked for is read in that version")
    func refusalInFormat() throws {
        let response = try ApiVersionsResponse.read(hex("0023 01 00000007 00")[...], requestedVersion: 3)
        #expect(response.error == .unsupportedVersion)
        #expect(response.throttleTimeMs == 7)
    }

    @Test("an answer that is neither is an error")
    func garbage() throws {
        let bytes = try hex("0023 00000001 0012")
        #expect(throws: WireError.self) { try ApiVersionsResponse.read(bytes[...], requestedVersion: 3) }
    }

    @Test("an API that the broker lacks, or whose bounds are crossed, has no versions")
    func crossedBounds() {
        let response = ApiVersionsResponse.with {
            $0.apiKeys = [.with { ($0.apiKey, $0.minVersion, $0.maxVersion) = (.fetch, 5, 4) }]
        }
        #expect(response.versions(of: .fetch) == nil)
        #expect(response.versions(of: .metadata) == nil)
    }
}
