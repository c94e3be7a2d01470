import KafkaWire

extension DescribeClusterRequest: ServedRequest {
    func answer(_ call: Call, _ state: inout ClusterState) -> DescribeClusterResponse? {
        guard call.version < 1 || endpointType == 1 else {
            return .with {
                $0.error = endpointType == 2 ? .mismatchedEndpointType : .unsupportedEndpointType
                $0.errorMessage =
                    endpointType == 2
                    ? "The request was sent to an endpoint of type BROKER, but we wanted an endpoint of type CONTROLLER"
                    : "Unsupported endpoint type \(endpointType)"
            }
        }
        return .with { response in
            response.clusterID = state.clusterID
            response.controllerID = state.controller
            let shown = call.version >= 2 && includeFencedBrokers ? state.brokers : state.liveBrokers
            response.brokers = shown.compactMap { broker in
                guard let endpoint = broker.endpoints[call.listener] else { return nil }
                return .with {
                    $0.brokerID = broker.id
                    $0.host = endpoint.host
                    $0.port = Int32(endpoint.port)
                    $0.rack = broker.rack
                    $0.isFenced = call.version >= 2 && broker.isDown
                }
            }
            guard includeClusterAuthorizedOperations else { return }
            response.clusterAuthorizedOperations =
                state.allows(call, onCluster: .describe)
                ? state.access.operations(call.principal, on: .cluster, "kafka-cluster", state.profile) : 0
        }
    }
}

extension FindCoordinatorRequest: ServedRequest {
    func answer(_ call: Call, _ state: inout ClusterState) -> FindCoordinatorResponse? {
        if call.version >= 4 {
            return .with { response in response.coordinators = coordinatorKeys.map { found($0, call, state) } }
        }
        let coordinator = found(key, call, state)
        return .with {
            $0.error = coordinator.error
            $0.errorMessage = coordinator.error == .none ? "NONE" : coordinator.errorMessage
            $0.nodeID = coordinator.nodeID
            $0.host = coordinator.host
            $0.port = coordinator.port
        }
    }

    private func found(
        _ key: String, _ call: Call, _ state: ClusterState
    ) -> FindCoordinatorResponse.Coordinator {
        func failed(_ code: KafkaErrorCode, _ message: String?) -> FindCoordinatorResponse.Coordinator {
            .with {
                $0.key = key
                $0.error = code
                $0.errorMessage = message
                $0.nodeID = -1
                $0.port = -1
            }
        }
        switch keyType {
        case 0:
            guard state.allows(call, .describe, on: .group, key) else {
                return failed(.groupAuthorizationFailed, call.version >= 4 ? "" : "Group authorization failed.")
            }
        case 1:
            guard state.allows(call, .describe, on: .transactionalID, key) else {
                return failed(
                    .transactionalIDAuthorizationFailed,
                    call.version >= 4 ? "" : "The transactional id authorization failed.")
            }
        default:
            return failed(
                .invalidRequest,
                "This most likely occurs because of a request being malformed by the client library or the message was "
                    + "sent to an incompatible broker. See the broker logs for more details.")
        }
        let id = keyType == 1 ? state.transactionCoordinator(of: Name(key)) : state.coordinator(of: Name(key))
        guard let broker = state.broker(id), !broker.isDown,
            let endpoint = broker.endpoints[call.listener]
        else { return failed(.coordinatorNotAvailable, "The coordinator is not available.") }
        return .with {
            $0.key = key
            $0.nodeID = broker.id
            $0.host = endpoint.host
            $0.port = Int32(endpoint.port)
        }
    }
}

extension DescribeLogDirsRequest: ServedRequest {
    func answer(_ call: Call, _ state: inout ClusterState) -> DescribeLogDirsResponse? {
        guard state.allows(call, onCluster: .describe) else {
            return .with { $0.error = call.version >= 3 ? .clusterAuthorizationFailed : .none }
        }
        let asked = topics.map { topics in
            Dictionary(topics.map { (Name($0.name), Set($0.partitions)) }, uniquingKeysWith: { $0.union($1) })
        }
        var described: [DescribeLogDirsResponse.Topic] = []
        var total: Int64 = 0
        for (name, topic) in state.topics.sorted(by: { $0.key < $1.key }) {
            var partitions: [DescribeLogDirsResponse.Partition] = []
            for (index, partition) in topic.partitions.enumerated() where partition.replicas.contains(call.broker) {
                total += Int64(partition.log.sizeInBytes)
                if let asked, asked[name]?.contains(Int32(index)) != true { continue }
                partitions.append(
                    .with {
                        $0.index = Int32(index)
                        $0.partitionSize = Int64(partition.log.sizeInBytes)
                    })
            }
            if !partitions.isEmpty {
                described.append(
                    .with {
                        $0.name = name.text
                        $0.partitions = partitions
                    })
            }
        }
        return .with { response in
            response.results = [
                .with {
                    $0.logDir = "/memory/broker-\(call.broker)"
                    $0.topics = described
                    $0.totalBytes = 1 << 40
                    $0.usableBytes = 1 << 40 - total
                }
            ]
        }
    }
}

extension ListPartitionReassignmentsRequest: ServedRequest {
    func answer(_ call: Call, _ state: inout ClusterState) -> ListPartitionReassignmentsResponse? {
        guard state.allows(call, onCluster: .describe) else {
            return .with { $0.error = .clusterAuthorizationFailed }
        }
        let asked = topics.map { topics in
            Dictionary(topics.map { (Name($0.name), Set($0.partitionIndexes)) }, uniquingKeysWith: { $0.union($1) })
        }
        return .with { response in
            response.errorMessage = nil
            for (name, topic) in state.topics.sorted(by: { $0.key < $1.key }) {
                let moving = topic.partitions.enumerated().filter { index, partition in
                    (!partition.adding.isEmpty || !partition.removing.isEmpty)
                        && (asked.map { $0[name]?.contains(Int32(index)) == true } ?? true)
                }
                guard !moving.isEmpty else { continue }
                response.topics.append(
                    .with {
                        $0.name = name.text
                        $0.partitions = moving.map { index, partition in
                            .with {
                                $0.index = Int32(index)
                                $0.replicas = partition.replicas
                                $0.addingReplicas = partition.adding
                                $0.removingReplicas = partition.removing
                            }
                        }
                    })
            }
        }
    }
}
