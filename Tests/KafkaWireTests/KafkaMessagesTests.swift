import Testing

@testable import KafkaWire

@Suite("KafkaMessages")
struct KafkaMessagesTests {
    @Test("every API is listed once and found by its key")
    func lookup() {
        let keys = KafkaMessages.requests.map { $0.key }
        #expect(Set(keys).count == keys.count)
        for request in KafkaMessages.requests {
            let found = KafkaMessages.request(request.key)
            #expect(found.map { ObjectIdentifier($0) } == ObjectIdentifier(request))
            #expect("\(request)" == "\(request.key)Request")
        }
        let unknown = KafkaMessages.request(ApiKey(rawValue: 999))
        #expect(unknown.map { ObjectIdentifier($0) } == nil)
    }

    @Test("this client speaks what the codec carries, or a part of it")
    func spoken() {
        for request in KafkaMessages.requests {
            #expect(request.versions.contains(request.spoken.lowerBound), "\(request)")
            #expect(request.versions.contains(request.spoken.upperBound), "\(request)")
        }
        #expect(FetchRequest.spoken == 4...12)
        #expect(ProduceRequest.spoken == 3...9)
        #expect(DescribeClusterRequest.spoken == 0...1)
        #expect(ListTransactionsRequest.spoken == 0...1)
    }

    @Test("an empty message of every API and version comes back, and goes by the layout")
    func roundTrips() throws {
        for request in KafkaMessages.requests {
            for version in request.versions { try roundTrip(request, version) }
        }
    }

    private func roundTrip<R: WireRequest>(_ request: R.Type, _ version: Int16) throws {
        let body = try R().encoded(version: version)
        #expect(try R.request(from: body, version: version) == R(), "\(R.key) v\(version)")
        let answer = try R.encoded(R.Response(), version: version)
        #expect(try R.response(from: answer, version: version) == R.Response(), "\(R.key) v\(version)")
        let flexible = R.isFlexible(version)
        let lines = try WireLayout.of(R.Response.self, version: version, isFlexible: flexible)
        #expect(Set(lines).count == lines.count && !lines.isEmpty, "\(R.key) v\(version): \(lines)")
    }

    @Test(
        "compact lengths and tags begin where Kafka begins them",
        arguments: [
            (0, 9), (1, 12), (2, 6), (3, 9), (8, 8), (9, 6), (10, 3), (11, 6), (12, 4), (13, 4), (14, 4), (15, 5),
            (16, 3), (17, nil), (18, 3), (19, 5), (20, 4), (21, 2), (22, 2), (23, 4), (24, 3), (25, 3), (26, 3),
            (28, 3), (29, 2), (30, 2), (31, 2), (32, 4), (35, 2), (33, 2), (36, 2), (37, 2), (42, 2), (44, 1), (46, 0),
            (47, nil), (48, 1),
            (50, 0), (60, 0), (61, 0), (65, 0), (66, 0), (69, 0), (77, 1),
        ] as [(Int16, Int16?)])
    func flexible(key: Int16, first: Int16?) throws {
        let request = try #require(KafkaMessages.request(ApiKey(rawValue: key)))
        #expect(request.flexible?.lowerBound == first)
    }
}
