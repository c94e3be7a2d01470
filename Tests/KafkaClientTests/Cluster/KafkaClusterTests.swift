import KafkaClient
import KafkaWire
import ScriptedBroker
import Testing
import Transport

@Suite struct KafkaClusterTests {
    // MARK: Connections

    @Test("a pooled connection that the broker closed is replaced at once, and nothing counts as a failure")
    func staleConnection() async throws {
        try await ScriptedCluster.with { cluster in
            try await cluster.withClient { client in
                _ = try await client.metadata(of: [], maxAge: .zero, .within(.seconds(60)))
                for _ in 0..<20 {
                    cluster.dropConnections(to: 0)
                    // Without a retry: whether the close has been seen yet or not, the call succeeds.
                    _ = try await client.call(DescribeClusterRequest.self, to: .any, .within(.seconds(60))) { _ in
                        .init()
                    }
                }
            }
        }
    }

    @Test("a connection that closes on the very request, though new, is an error")
    func hangsUpOnRequest() async throws {
        try await ScriptedCluster.with { cluster in
            cluster.on(DescribeClusterRequest.self) { _, _ in .hangUp }
            try await cluster.withClient { client in
                let error = await failure {
                    try await client.call(DescribeClusterRequest.self, to: .any, .within(.seconds(60))) { _ in .init() }
                }
                #expect(error?.reason == .hungUp && error?.api == "DescribeCluster")
            }
            #expect(try cluster.requests(DescribeClusterRequest.self).count == 1)
        }
    }

    @Test("a bootstrap server that refuses is passed over for the next")
    func nextBootstrap() async throws {
        try await ScriptedCluster.with(brokers: 2) { cluster in
            cluster.stop(0)
            try await cluster.withClient { client in
                _ = try await client.metadata(of: [], .within(.seconds(60)))
            }
            #expect(cluster.connections(to: 1) == 1)
        }
    }

    @Test("where nobody listens the error says so, after a few tries and not at the deadline")
    func allRefuse() async throws {
        try await ScriptedCluster.with { cluster in
            cluster.stop(0)
            try await cluster.withClient { client in
                let error = await failure { try await client.metadata(of: [], .within(.seconds(60))) }
                #expect(error?.name == "net.refused" && error?.tries == 5)
            }
        }
    }

    @Test("an advertised address that leads to another cluster is found out before it is asked anything")
    func otherCluster() async throws {
        var other = ClusterModel()
        other.clusterID = "other"
        other.topics["orders"] = .init([.init(end: 9)])
        try await ScriptedCluster.with(other) { stranger in
            var model = ClusterModel()
            model.brokers[1] = .init()
            model.brokers[1]?.advertised = stranger.address(of: 0)
            model.topics["orders"] = .init([.init(end: 5, leader: 1)])
            try await ScriptedCluster.with(brokers: 1, model) { cluster in
                try await cluster.withClient { client in
                    let context = CallContext.within(.seconds(60))
                    let error = await failure {
                        try await client.call(ListOffsetsRequest.self, to: .node(1), context) { _ in .init() }
                    }
                    #expect(error?.reason == .otherCluster(expected: "scripted-cluster", found: "other"))
                }
            }
            #expect(try stranger.requests(ListOffsetsRequest.self).isEmpty)
        }
    }

    @Test("another principal's view of a cluster refuses another cluster behind the address that it was given")
    func otherClusterOfPeer() async throws {
        var other = ClusterModel()
        other.clusterID = "other"
        try await ScriptedCluster.with(other) { stranger in
            try await ScriptedCluster.with { cluster in
                try await cluster.withClient { own in
                    let context = CallContext.within(.seconds(60))
                    _ = try await own.metadata(of: [], context)
                    try await stranger.withClient(peer: own) { client in
                        let error = await failure { try await client.metadata(of: [], context) }
                        #expect(error?.reason == .otherCluster(expected: "scripted-cluster", found: "other"))
                    }
                    try await cluster.withClient(peer: own) { client in
                        let metadata = try await client.metadata(of: [], context)
                        #expect(metadata.clusterID == "scripted-cluster")
                    }
                }
            }
        }
    }

    @Test("versions are those of the broker that is asked")
    func versionsPerBroker() async throws {
        var model = ClusterModel()
        model.brokers[0] = .init()
        model.brokers[1] = .init()
        model.brokers[1]?.versions[.describeCluster] = 0...0
        try await ScriptedCluster.with(brokers: 2, model) { cluster in
            try await cluster.withClient { client in
                for (node, version) in [(Int32(0), Int16(1)), (1, 0)] {
                    let reply = try await client.call(
                        DescribeClusterRequest.self, to: .node(node), .within(.seconds(60))
                    ) { _ in .init() }
                    #expect(reply.version == version && reply.node == node)
                }
                let error = await failure {
                    try await client.call(
                        DescribeClusterRequest.self, to: .node(1), versions: 1...1, .within(.seconds(60))
                    ) { _ in .init() }
                }
                #expect(error?.name == "protocol.unsupported")
            }
        }
    }

    @Test("a broker that moved to another address is found there")
    func movedBroker() async throws {
        try await ScriptedCluster.with(brokers: 3) { cluster in
            try await cluster.withClient { client in
                let context = CallContext.within(.seconds(60))
                _ = try await client.metadata(of: [], context)
                // Broker 1 is gone from its port and now answers where broker 2 listens.
                let address = cluster.address(of: 2)
                cluster.stop(1)
                cluster.change { $0.brokers[1]?.advertised = address }
                let reply = try await client.retrying(context) { () throws(KafkaError) in
                    try await client.call(DescribeClusterRequest.self, to: .node(1), context) { _ in .init() }
                }
                #expect(reply.node == 1 && reply.broker == "\(address)")
            }
        }
    }

    @Test("there are never more than 64 connections, and those not in use make room")
    func connectionLimit() async throws {
        try await ScriptedCluster.with(brokers: 70) { cluster in
            try await cluster.withClient { client in
                let context = CallContext.within(.seconds(60))
                for node in 0..<Int32(70) {
                    _ = try await client.call(DescribeClusterRequest.self, to: .node(node), context) { _ in .init() }
                }
            }
            // A broker notices a close a little later than the next one the new connection.
            #expect(cluster.peakConnections < 70 && cluster.peakConnections >= 64)
        }
    }

    @Test("a request to the controller goes to the one of the moment")
    func controller() async throws {
        try await ScriptedCluster.with(brokers: 3) { cluster in
            try await cluster.withClient { client in
                for node in [Int32(2), 1] {
                    cluster.change { $0.controller = node }
                    let reply = try await client.call(
                        DescribeClusterRequest.self, to: .controller, .within(.seconds(60))
                    ) { _ in .init() }
                    #expect(reply.node == node)
                }
            }
        }
    }

    // MARK: Metadata

    @Test("a topic that was not there is looked up again, and one that is comes from the cache while it is fresh")
    func caching() async throws {
        try await ScriptedCluster.with { cluster in
            try await cluster.withClient { client in
                let context = CallContext.within(.seconds(60))
                let missing = try await client.metadata(of: ["late"], context)
                #expect(missing.topics["late"]?.error == .unknownTopicOrPartition)
                cluster.change { $0.topics["late"] = .init(partitions: 2) }
                let found = try await client.metadata(of: ["late"], context)
                #expect(found.topics["late"]?.partitions.count == 2)
                let asked = cluster.log.count
                _ = try await client.metadata(of: ["late"], context)
                #expect(cluster.log.count == asked)
                _ = try await client.metadata(of: ["late"], maxAge: .zero, context)
                #expect(cluster.log.count == asked + 1)
            }
        }
    }

    @Test("what a name was asked for does not show among all topics")
    func allTopics() async throws {
        var model = ClusterModel()
        model.topics["a"] = .init(partitions: 1)
        try await ScriptedCluster.with(model) { cluster in
            try await cluster.withClient { client in
                let context = CallContext.within(.seconds(60))
                _ = try await client.metadata(of: nil, context)
                _ = try await client.metadata(of: ["missing"], context)
                #expect(try await client.metadata(of: nil, context).topics.keys.sorted() == ["a"])
            }
        }
    }

    @Test("callers of the same moment share one request")
    func singleFlight() async throws {
        var model = ClusterModel()
        model.topics["a"] = .init(partitions: 1)
        try await ScriptedCluster.with(model) { cluster in
            let latch = Latch()
            let arrived = Latch()
            try await cluster.withClient { client in
                _ = try await client.metadata(of: [], .within(.seconds(60)))
                let before = cluster.log.count
                cluster.on(MetadataRequest.self) { _, _ in
                    arrived.open()
                    await latch.wait()
                    return .standard
                }
                let counts = try await withThrowingTaskGroup(of: Int.self) { group in
                    for _ in 0..<8 {
                        group.addTask { try await client.metadata(of: ["a"], .within(.seconds(60))).topics.count }
                    }
                    await arrived.wait()
                    latch.open()
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(counts == Array(repeating: 1, count: 8))
                #expect(cluster.log.count < before + 8)
            }
        }
    }

    @Test(
        "an answer without brokers, or with one that has no port, is not taken for the whole cluster",
        arguments: [true, false])
    func brokersMissing(empty: Bool) async throws {
        try await ScriptedCluster.with { cluster in
            try await cluster.withClient { client in
                _ = try await client.metadata(of: [], .within(.seconds(60)))
                cluster.amend(MetadataRequest.self) { response, _ in
                    if empty { response.brokers = [] } else { response.brokers[0].port = 99_999 }
                }
                let error = await failure {
                    try await client.askEveryBroker(ListGroupsRequest.self, .within(.seconds(2))) { _ in
                        .init()
                    } read: {
                        $0.node
                    }
                }
                #expect(error != nil && error?.api == "Metadata")
            }
        }
    }

    // MARK: Every broker

    @Test("every broker is asked, and the answers come in the order of their ids")
    func everyBroker() async throws {
        try await ScriptedCluster.with(brokers: 5) { cluster in
            try await cluster.withClient { client in
                let nodes = try await client.askEveryBroker(ListGroupsRequest.self, .within(.seconds(60))) { _ in
                    .init()
                } read: {
                    $0.node
                }
                #expect(nodes == [0, 1, 2, 3, 4])
            }
        }
    }

    @Test("one broker that cannot answer fails the whole question")
    func allOrError() async throws {
        try await ScriptedCluster.with(brokers: 3) { cluster in
            cluster.amend(ListGroupsRequest.self) { response, call in
                if call.node == 1 { response.error = .clusterAuthorizationFailed }
            }
            try await cluster.withClient { client in
                let error = await failure {
                    try await client.askEveryBroker(ListGroupsRequest.self, .within(.seconds(60))) { _ in
                        .init()
                    } read: { reply throws(KafkaError) in
                        guard reply.response.error == .none else {
                            throw KafkaError(.broker(reply.response.error, message: nil))
                        }
                        return 0
                    }
                }
                #expect(error?.code == 31 && error?.node == 1 && error?.api == "ListGroups")
            }
        }
    }

    // MARK: Throttling

    @Test("a pause that the broker asks for is kept before the next request, and told")
    func throttle() async throws {
        try await ScriptedCluster.with { cluster in
            cluster.amend(DescribeClusterRequest.self) { response, _ in response.throttleTimeMs = 250 }
            try await cluster.withClient { client in
                let context = CallContext.within(.seconds(60))
                func ask() async throws(KafkaError) {
                    _ = try await client.call(DescribeClusterRequest.self, to: .any, context) { _ in .init() }
                }
                try await ask()
                let start = ContinuousClock.now
                try await ask()
                #expect(start.duration(to: .now) >= .milliseconds(240))
                #expect(context.meter.total.throttleTimeMs == 250)
            }
        }
    }

    @Test("a pause that outlasts the deadline is an answer of its own, at once")
    func longThrottle() async throws {
        try await ScriptedCluster.with { cluster in
            cluster.amend(DescribeClusterRequest.self) { response, _ in response.throttleTimeMs = 3_600_000 }
            try await cluster.withClient { client in
                let context = CallContext.within(.seconds(60))
                _ = try await client.call(DescribeClusterRequest.self, to: .any, context) { _ in .init() }
                let error = await failure {
                    try await client.call(DescribeClusterRequest.self, to: .any, context) { _ in .init() }
                }
                #expect(error?.name == "throttled" && error?.errorClass == .throttle)
                #expect(!context.deadline.hasPassed)
            }
        }
    }
}
