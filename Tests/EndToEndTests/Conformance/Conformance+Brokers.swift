import EmbeddedKafka
import KafkaWire
import Testing

/// What a broker says that does not lead a partition, or does not coordinate a group.
extension Conformance {
    private static let second = "SECOND-PLAINTEXT"

    func brokers(from now: Int64) async throws {
        typealias C = Conformance
        try await once("a partition on each") { _ in
            CreateTopicsRequest.with {
                $0.topics = [
                    .with {
                        $0.name = "spread"
                        $0.numPartitions = -1
                        $0.replicationFactor = -1
                        $0.assignments = ([(0, [1]), (1, [2])] as [(Int32, [Int32])]).map { index, brokers in
                            .with {
                                $0.partitionIndex = index
                                $0.brokerIDs = brokers
                            }
                        }
                    }
                ]
            }
        }
        for connection in ["PLAINTEXT", C.second] {
            try await ask("the topic", on: connection, C.metadata(["spread"]))
            try await ask("the cluster", on: connection, in: 1...2, DescribeClusterRequest())
        }
        let batch = try C.batch([("a", "1")], at: now)
        for (connection, partition) in [("PLAINTEXT", Int32(0)), (C.second, 1), ("PLAINTEXT", 1), (C.second, 0)] {
            try await ask("partition \(partition)", on: connection, C.produce(batch, to: "spread", partition))
            try await ask("partition \(partition)", on: connection, C.fetch("spread", partition, from: 0))
            try await ask(
                "partition \(partition), epoch 0", on: connection, in: 9...12,
                C.fetch("spread", partition, from: 0, epoch: 0))
            for time: Int64 in [-1, -2, now] {
                try await ask("partition \(partition)", on: connection, C.listOffsets("spread", [partition], at: time))
            }
            try await leadership(connection, partition)
        }
        try await coordination()
        try await withoutAuthorizer()
    }

    private func leadership(_ connection: String, _ partition: Int32) async throws {
        try await ask(
            "partition \(partition)", on: connection,
            OffsetForLeaderEpochRequest.with {
                $0.replicaID = -1
                $0.topics = [
                    .with {
                        $0.name = "spread"
                        $0.partitions = [.with { $0.index = partition }]
                    }
                ]
            })
        try await ask(
            "partition \(partition)", on: connection,
            DescribeProducersRequest.with {
                $0.topics = [
                    .with {
                        $0.name = "spread"
                        $0.partitionIndexes = [partition]
                    }
                ]
            })
        try await ask(
            "partition \(partition)", on: connection,
            DeleteRecordsRequest.with {
                $0.timeoutMs = 10_000
                $0.topics = [
                    .with {
                        $0.name = "spread"
                        $0.partitions = [.with { $0.index = partition }]
                    }
                ]
            })
        try await ask(
            "all folders", on: connection,
            DescribeLogDirsRequest.with {
                $0.topics = [
                    .with {
                        $0.name = "spread"
                        $0.partitions = [0, 1]
                    }
                ]
            })
    }

    /// A name whose coordinator is the first broker, for both clusters.
    private func nameAtFirst(_ type: Int8) async throws -> String? {
        for number in 0..<40 {
            let name = "name-\(number)"
            let request = FindCoordinatorRequest.with {
                $0.coordinatorKeys = [name]
                $0.keyType = type
            }
            var found = try await learn(request)?.coordinators.first
            while found?.error == .coordinatorNotAvailable {
                try await Task.sleep(for: .milliseconds(50))
                found = try await learn(request)?.coordinators.first
            }
            let own = cluster.read { state in
                type == 0 ? state.coordinator(of: Name(name)) : state.transactionCoordinator(of: Name(name))
            }
            if found?.nodeID == 1, own == 1 { return name }
        }
        return nil
    }

    /// Where a real cluster puts its internal topics is up to its controller.
    private func placeInternalTopics() async throws {
        cluster.change { $0.createInternalTopics(partitions: 4) }
        _ = try await (nameAtFirst(0), nameAtFirst(1))
        let placed = try await learn(Self.metadata(["__consumer_offsets", "__transaction_state"]))
        cluster.change { state in
            for topic in placed?.topics ?? [] {
                for partition in topic.partitions {
                    let place = Int(partition.index)
                    state.topics[Name(topic.name ?? "")]?.partitions[place].leader = partition.leaderID
                    state.topics[Name(topic.name ?? "")]?.partitions[place].replicas = partition.replicaNodes
                    state.topics[Name(topic.name ?? "")]?.partitions[place].inSync = partition.isrNodes
                }
            }
        }
    }

    private func coordination() async throws {
        typealias C = Conformance
        try await placeInternalTopics()
        let group = try #require(try await nameAtFirst(0))
        for connection in ["PLAINTEXT", C.second] {
            try await ask("by \(connection)", on: connection, C.offsetCommit(group, "spread", [0: 1]))
            try await ask("by \(connection)", on: connection) { _, version in
                C.offsetFetch(group, ["spread": [0]], version)
            }
            try await ask("by \(connection)", on: connection) { _, version in C.offsetFetch(group, nil, version) }
            try await ask("by \(connection)", on: connection, DescribeGroupsRequest.with { $0.groups = [group] })
            try await ask(
                "by \(connection)", on: connection, ConsumerGroupDescribeRequest.with { $0.groupIDs = [group] })
            try await ask("by \(connection)", on: connection, ListGroupsRequest())
            try await ask("by \(connection)", on: connection, HeartbeatRequest.with { $0.groupID = group })
            try await ask("by \(connection)", on: connection, in: 0...2, LeaveGroupRequest.with { $0.groupID = group })
            try await ask("by \(connection)", on: connection) { _, version in
                SyncGroupRequest.with {
                    $0.groupID = group
                    $0.protocolType = version >= 5 ? "consumer" : nil
                    $0.protocolName = version >= 5 ? "range" : nil
                }
            }
        }
        try await ask("elsewhere", on: C.second) { _, _ in
            JoinGroupRequest.with {
                $0.groupID = group
                $0.sessionTimeoutMs = 10_000
                $0.protocolType = "consumer"
                $0.protocols = [.with { $0.name = "range" }]
            }
        }
        try await ask("elsewhere", on: C.second, OffsetDeleteRequest.with { $0.groupID = group })
        try await ask("elsewhere", on: C.second, DeleteGroupsRequest.with { $0.groupsNames = [group] })
        let id = try #require(try await nameAtFirst(1))
        try await ask(
            "elsewhere", on: C.second,
            InitProducerIdRequest.with {
                $0.transactionalID = id
                $0.transactionTimeoutMs = 60_000
            })
        try await ask("elsewhere", on: C.second, EndTxnRequest.with { $0.transactionalID = id })
        try await ask("elsewhere", on: C.second, DescribeTransactionsRequest.with { $0.transactionalIDs = [id] })
        try await ask(
            "elsewhere", on: C.second,
            AddPartitionsToTxnRequest.with {
                $0.transactionalID = id
                $0.topics = [
                    .with {
                        $0.name = "spread"
                        $0.partitions = [0]
                    }
                ]
            })
    }

    private func withoutAuthorizer() async throws {
        let all = DescribeAclsRequest.with {
            $0.resourceTypeFilter = 1
            $0.resourceNameFilter = nil
            $0.patternTypeFilter = 1
            $0.principalFilter = nil
            $0.hostFilter = nil
            $0.operation = 1
            $0.permissionType = 1
        }
        try await ask("without an authorizer", all)
        try await ask(
            "without an authorizer",
            CreateAclsRequest.with {
                $0.creations = [
                    .with {
                        $0.resourceType = 2
                        $0.resourceName = "x"
                        $0.principal = "User:a"
                        $0.host = "*"
                        $0.operation = 3
                        $0.permissionType = 3
                    }
                ]
            })
        try await ask("without an authorizer", Self.metadata(["spread"], operations: true))
    }
}
