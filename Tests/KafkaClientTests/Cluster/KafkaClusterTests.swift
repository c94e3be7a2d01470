import EmbeddedClusters
import EmbeddedKafka
import KafkaClient
import KafkaWire
import Testing
import Transport

@Suite struct KafkaClusterTests {
    private let clock = VirtualClock()
    private var context: CallContext { clock.within(.seconds(60)) }

    // MARK: Connections

    @Test("a pooled connection that the broker closed is replaced at once, and nothing counts as a failure")
    func staleConnection() async throws {
        try await ServedCluster.with { cluster in
            try await cluster.withClient { client in
                _ = try await client.metadata(of: [], maxAge: .zero, context)
                for _ in 0..<20 {
                    cluster.cluster.disconnectClients(of: 1)
                    // Without a retry: whether the close has been seen yet or not, the call succeeds.
                    _ = try await client.call(DescribeClusterRequest.self, to: .any, context) { _ in .init() }
                }
            }
            #expect(cluster.connections(to: 1) == 21)
        }
    }

    @Test("a connection that closes on the very request, though new, is an error")
    func hangsUpOnRequest() async throws {
        try await ServedCluster.with { cluster in
            cluster.faults.add(Fault(.disconnect, api: .describeCluster))
            try await cluster.withClient { client in
                let error = await failure {
                    try await client.call(DescribeClusterRequest.self, to: .any, context) { _ in .init() }
                }
                #expect(error?.reason == .hungUp && error?.api == "DescribeCluster")
            }
            #expect(try cluster.requests(DescribeClusterRequest.self).count == 1)
        }
    }

    @Test("a bootstrap server that refuses is passed over for the next")
    func nextBootstrap() async throws {
        try await ServedCluster.with(brokers: 2) { cluster in
            cluster.change { $0.brokers[0].isDown = true }
            try await cluster.withClient { client in
                _ = try await client.metadata(of: [], context)
            }
            #expect(cluster.connections(to: 1) == 0 && cluster.connections(to: 2) == 1)
        }
    }

    @Test("where nobody listens the error says so, after a few tries and not at the deadline")
    func allRefuse() async throws {
        try await ServedCluster.with { cluster in
            cluster.change { $0.brokers[0].isDown = true }
            try await cluster.withClient { client in
                let error = await failure { try await client.metadata(of: [], context) }
                #expect(error?.name == "net.refused" && error?.tries == 5)
                #expect(clock.passed < .seconds(2))
            }
        }
    }

    @Test("an advertised address that leads to another cluster is found out before it is asked anything")
    func otherCluster() async throws {
        try await ServedCluster.with([.empty(brokers: 2), .empty(.kafka4, "other")]) { clusters in
            let stranger = clusters[1]
            clusters[0].change { $0.advertise(2, at: stranger.bootstrap[0]) }
            try await clusters[0].withClient(beside: [stranger]) { client in
                let error = await failure {
                    try await client.call(ListOffsetsRequest.self, to: .node(2), context) { _ in .init() }
                }
                #expect(error?.reason == .otherCluster(expected: "embedded", found: "other"))
            }
            #expect(stranger.connections(to: 1) > 0)
            #expect(try stranger.requests(ListOffsetsRequest.self).isEmpty)
        }
    }

    @Test("another principal's view of a cluster refuses another cluster behind the address that it was given")
    func otherClusterOfPeer() async throws {
        try await ServedCluster.with([.empty(), .empty(.kafka4, "other")]) { clusters in
            try await clusters[0].withClient { own in
                _ = try await own.metadata(of: [], context)
                try await clusters[1].withClient(peer: own) { client in
                    let error = await failure { try await client.metadata(of: [], context) }
                    #expect(error?.reason == .otherCluster(expected: "embedded", found: "other"))
                }
                try await clusters[0].withClient(peer: own) { client in
                    let metadata = try await client.metadata(of: [], context)
                    #expect(metadata.clusterID == "embedded")
                }
            }
        }
    }

    @Test(
        "connections of their own refuse another cluster that the address has come to lead to",
        arguments: [true, false])
    func otherClusterOfLane(laneIsFirst: Bool) async throws {
        try await ServedCluster.with([.empty(), .empty(.kafka4, "other")]) { clusters in
            let alias = clusters[0].bootstrap[0]
            try await clusters[0].withClient(beside: [clusters[1]]) { client in
                let lane = client.lane()
                defer { lane.close() }
                let (first, second) = laneIsFirst ? (lane, client) : (client, lane)
                _ = try await first.metadata(of: [], context)
                clusters[0].move(1, to: HostPort(host: "elsewhere", port: 9092))
                clusters[1].move(1, to: alias)
                let error = await failure { try await second.metadata(of: [], context) }
                #expect(error?.reason == .otherCluster(expected: "embedded", found: "other"))
            }
        }
    }

    @Test("versions are those of the broker that is asked, in the middle of an upgrade too")
    func versionsPerBroker() async throws {
        try await ServedCluster.with(brokers: 2) { cluster in
            cluster.change { $0.brokers[1].profile = .kafka3 }
            try await cluster.withClient { client in
                for (node, version) in [(Int32(1), Int16(6)), (2, 5)] {
                    let reply = try await client.call(DescribeGroupsRequest.self, to: .node(node), context) { _ in
                        .init()
                    }
                    #expect(reply.version == version && reply.node == node)
                }
                let error = await failure {
                    try await client.call(DescribeGroupsRequest.self, to: .node(2), versions: 6...6, context) { _ in
                        .init()
                    }
                }
                #expect(error?.name == "protocol.unsupported")
            }
        }
    }

    @Test("a broker that moved to another address is found there")
    func movedBroker() async throws {
        try await ServedCluster.with(brokers: 3) { cluster in
            try await cluster.withClient { client in
                _ = try await client.metadata(of: [], context)
                cluster.move(2, to: HostPort(host: "elsewhere", port: 9094))
                let reply = try await client.retrying(context) { () throws(KafkaError) in
                    try await client.call(DescribeClusterRequest.self, to: .node(2), context) { _ in .init() }
                }
                #expect(reply.node == 2 && reply.broker == "elsewhere:9094")
            }
        }
    }

    @Test("there are never more than 64 connections, and those not in use make room")
    func connectionLimit() async throws {
        try await ServedCluster.with(brokers: 70) { cluster in
            try await cluster.withClient { client in
                for node in 1...Int32(70) {
                    _ = try await client.call(DescribeClusterRequest.self, to: .node(node), context) { _ in .init() }
                }
            }
            // A connection that makes room may be closed a little later than the next one is opened.
            #expect(cluster.peakConnections < 70 && cluster.peakConnections >= 64)
        }
    }

    @Test("a request to the controller goes to the one of the moment")
    func controller() async throws {
        try await ServedCluster.with(brokers: 3) { cluster in
            try await cluster.withClient { client in
                for node in [Int32(3), 2] {
                    cluster.change { $0.controller = node }
                    let reply = try await client.call(DescribeClusterRequest.self, to: .controller, context) { _ in
                        .init()
                    }
                    #expect(reply.node == node)
                }
            }
        }
    }

    // MARK: Metadata

    @Test("brokers and topics are found, and none is made by asking for it")
    func metadata() async throws {
        try await ServedCluster.with(brokers: 2) { cluster in
            cluster.change { $0.createTopic("orders", partitions: 3) }
            try await cluster.withClient { client in
                let metadata = try await client.metadata(of: ["orders"], context)
                #expect(metadata.clusterID == "embedded")
                #expect(metadata.brokers.map(\.address) == cluster.bootstrap)
                #expect(metadata.topics["orders"]?.partitions.count == 3)
            }
            let asked = try cluster.requests(MetadataRequest.self)
            #expect(asked.last?.request.topics?.map(\.name) == ["orders"])
            #expect(asked.allSatisfy { !$0.request.allowAutoTopicCreation })
        }
    }

    @Test("a topic that was not there is looked up again, and one that is comes from the cache while it is fresh")
    func caching() async throws {
        try await ServedCluster.with { cluster in
            try await cluster.withClient { client in
                let missing = try await client.metadata(of: ["late"], context)
                #expect(missing.topics["late"]?.error == .unknownTopicOrPartition)
                cluster.change { $0.createTopic("late", partitions: 2) }
                let found = try await client.metadata(of: ["late"], context)
                #expect(found.topics["late"]?.partitions.count == 2)
                let asked = cluster.requestCount
                _ = try await client.metadata(of: ["late"], context)
                #expect(cluster.requestCount == asked)
                _ = try await client.metadata(of: ["late"], maxAge: .zero, context)
                #expect(cluster.requestCount == asked + 1)
            }
        }
    }

    @Test("what a name was asked for does not show among all topics")
    func allTopics() async throws {
        try await ServedCluster.with { cluster in
            cluster.change { $0.createTopic("a") }
            try await cluster.withClient { client in
                _ = try await client.metadata(of: nil, context)
                _ = try await client.metadata(of: ["missing"], context)
                #expect(try await client.metadata(of: nil, context).topics.keys.sorted() == ["a"])
            }
        }
    }

    @Test("the list of brokers, too, is read again once it is older than wanted")
    func agedBrokers() async throws {
        try await ServedCluster.with { cluster in
            try await cluster.withClient { client in
                let first = try await client.metadata(of: [], context)
                let asked = cluster.requestCount
                let kept = try await client.metadata(of: [], maxAge: .seconds(3600), context)
                #expect(cluster.requestCount == asked && kept.readAt <= first.readAt + .seconds(3600))
                let again = try await client.metadata(of: [], maxAge: .nanoseconds(1), context)
                #expect(cluster.requestCount == asked + 1 && again.readAt > first.readAt)
            }
        }
    }

    @Test("callers of the same moment share one request")
    func singleFlight() async throws {
        try await ServedCluster.with { cluster in
            cluster.change { $0.createTopic("a") }
            let arrived = Latch()
            try await cluster.withClient { client in
                _ = try await client.metadata(of: [], context)
                let before = cluster.requestCount
                var late = Fault(.delayByClock(ms: 1000), api: .metadata, times: 1)
                late.onMeet = { arrived.open() }
                cluster.faults.add(late)
                let counts = try await withThrowingTaskGroup(of: Int.self) { group in
                    for _ in 0..<8 {
                        group.addTask { try await client.metadata(of: ["a"], context).topics.count }
                    }
                    await arrived.wait()
                    cluster.cluster.advance(ms: 1000)
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(counts == Array(repeating: 1, count: 8))
                #expect(cluster.requestCount < before + 8)
            }
        }
    }

    // MARK: Every broker

    @Test("every broker is asked, and the answers come in the order of their ids")
    func everyBroker() async throws {
        try await ServedCluster.with(brokers: 5) { cluster in
            try await cluster.withClient { client in
                let nodes = try await client.askEveryBroker(ListGroupsRequest.self, context) { _ in
                    .init()
                } read: {
                    $0.node
                }
                #expect(nodes == [1, 2, 3, 4, 5])
            }
            let asked = try cluster.requests(ListGroupsRequest.self)
            #expect(asked.map(\.broker).sorted() == [1, 2, 3, 4, 5])
        }
    }

    @Test("one broker that cannot answer fails the whole question")
    func allOrError() async throws {
        try await ServedCluster.with(brokers: 3) { cluster in
            cluster.faults.add(Fault(.error(.clusterAuthorizationFailed), api: .describeLogDirs, broker: 2))
            try await cluster.withClient { client in
                let error = await failure {
                    try await client.askEveryBroker(DescribeLogDirsRequest.self, context) { _ in
                        .init()
                    } read: { reply throws(KafkaError) in
                        guard reply.response.error == .none else {
                            throw KafkaError(.broker(reply.response.error, message: nil))
                        }
                        return 0
                    }
                }
                #expect(error?.code == 31 && error?.node == 2 && error?.api == "DescribeLogDirs")
            }
        }
    }

    // MARK: Throttling

    @Test("a pause that the broker asks for is kept before the next request, and told")
    func throttle() async throws {
        try await ServedCluster.with { cluster in
            cluster.faults.add(Fault(.throttle(ms: 250), api: .describeCluster, times: 1))
            try await cluster.withClient { client in
                let context = context
                func ask() async throws(KafkaError) {
                    _ = try await client.call(DescribeClusterRequest.self, to: .any, context) { _ in .init() }
                }
                try await ask()
                #expect(clock.passed == .zero)
                try await ask()
                #expect(clock.passed == .milliseconds(250))
                #expect(context.meter.total.throttleTimeMs == 250)
                try await ask()
                #expect(clock.passed == .milliseconds(250))
            }
        }
    }

    @Test("a pause that outlasts the deadline is an answer of its own, at once")
    func longThrottle() async throws {
        try await ServedCluster.with { cluster in
            cluster.faults.add(Fault(.throttle(ms: 3_600_000), api: .describeCluster))
            try await cluster.withClient { client in
                let context = context
                _ = try await client.call(DescribeClusterRequest.self, to: .any, context) { _ in .init() }
                let error = await failure {
                    try await client.call(DescribeClusterRequest.self, to: .any, context) { _ in .init() }
                }
                #expect(error?.name == "throttled" && error?.errorClass == .throttle)
                #expect(clock.passed == .zero)
            }
        }
    }
}
