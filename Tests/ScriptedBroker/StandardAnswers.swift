import Guarding
import KafkaClient
import KafkaWire

extension ScriptedCluster {
    /// What the model answers; nil for an API it has no answer to.
    func standardAnswer(to request: any WireRequest, _ call: Call) -> (any WireStruct)? {
        let model = model
        return switch request {
        case is ApiVersionsRequest: apiVersions(model, call)
        case let request as SaslHandshakeRequest: handshake(request, model)
        case let request as SaslAuthenticateRequest: login(request, model)
        case let request as MetadataRequest: metadata(request, model)
        case let request as DescribeClusterRequest: cluster(request, model)
        case let request as DescribeConfigsRequest: configs(request, model, call)
        case let request as ListOffsetsRequest: Self.offsets(request, model, call)
        case let request as FetchRequest: Self.fetch(request, model, call)
        case let request as FindCoordinatorRequest: coordinator(request, model, call)
        case let request as OffsetFetchRequest: Self.commits(request, model, call)
        case is ListGroupsRequest: Self.groups(model, call)
        case let request as DescribeGroupsRequest: Self.classicGroups(request, model, call)
        case let request as ConsumerGroupDescribeRequest: Self.consumerGroups(request, model, call)
        default: nil
        }
    }

    /// The versions a broker speaks.
    func advertised(by node: Int32) -> [ApiKey: ClosedRange<Int16>] {
        let model = model
        var versions: [ApiKey: ClosedRange<Int16>] = [:]
        for type in KafkaMessages.requests { versions[type.key] = type.versions }
        for (key, range) in model.versions { versions[key] = range }
        for (key, range) in model.brokers[node]?.versions ?? [:] { versions[key] = range }
        return versions
    }

    private func apiVersions(_ model: ClusterModel, _ call: Call) -> ApiVersionsResponse {
        let advertised = advertised(by: call.node)
        guard advertised[.apiVersions]?.contains(call.version) == true else {
            return .with { response in
                response.error = .unsupportedVersion
                response.apiKeys = advertised.filter { $0.key == .apiVersions }.map(Self.supported)
            }
        }
        return .with { response in
            response.apiKeys = advertised.map(Self.supported)
            guard call.version >= 3 else { return }
            response.finalizedFeaturesEpoch = 1
            response.finalizedFeatures = model.features.sorted { $0.key < $1.key }.map { feature in
                .with {
                    $0.name = feature.key; $0.maxVersionLevel = feature.value; $0.minVersionLevel = 1
                }
            }
        }
    }

    private static func supported(
        _ key: ApiKey, _ versions: ClosedRange<Int16>
    ) -> ApiVersionsResponse.SupportedApi {
        .with {
            $0.apiKey = key; $0.minVersion = versions.lowerBound; $0.maxVersion = versions.upperBound
        }
    }

    private func handshake(_ request: SaslHandshakeRequest, _ model: ClusterModel) -> SaslHandshakeResponse {
        .with {
            $0.error = model.mechanisms.contains(request.mechanism) ? .none : .unsupportedSaslMechanism
            $0.mechanisms = model.mechanisms
        }
    }

    private func login(_ request: SaslAuthenticateRequest, _ model: ClusterModel) -> SaslAuthenticateResponse {
        let parts = request.authBytes.split(separator: 0, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        let isRight = parts.count == 3 && model.passwords[parts[1]] == parts[2]
        return .with {
            $0.error = isRight ? .none : .saslAuthenticationFailed
            $0.errorMessage = isRight ? nil : "Authentication failed: Invalid username or password"
            $0.sessionLifetimeMs = isRight ? model.sessionLifetimeMs : 0
        }
    }

    private func address(of node: Int32, _ model: ClusterModel) -> HostPort {
        model.brokers[node]?.advertised ?? address(of: node)
    }

    private func metadata(_ request: MetadataRequest, _ model: ClusterModel) -> MetadataResponse {
        let names = request.topics.map { $0.map { $0.name ?? "" } } ?? model.topics.keys.sorted()
        var response = MetadataResponse()
        response.clusterID = model.clusterID
        response.controllerID = model.controller
        response.brokers = model.brokers.sorted { $0.key < $1.key }.map { node, broker in
            let address = address(of: node, model)
            return .with {
                $0.nodeID = node; $0.host = address.host; $0.port = Int32(address.port); $0.rack = broker.rack
            }
        }
        response.topics = names.map { name in
            guard let topic = model.topics[name] else {
                return .with {
                    $0.name = name; $0.error = .unknownTopicOrPartition
                }
            }
            return .with {
                $0.name = name
                $0.error = topic.error
                $0.topicID = topic.id
                $0.isInternal = topic.isInternal
                $0.partitions = topic.partitions.enumerated().map(Self.metadata)
                if request.includeTopicAuthorizedOperations {
                    $0.topicAuthorizedOperations = topic.authorizedOperations
                }
            }
        }
        if request.includeClusterAuthorizedOperations {
            response.clusterAuthorizedOperations = model.authorizedOperations
        }
        return response
    }

    private static func metadata(_ index: Int, _ partition: ClusterModel.Partition) -> MetadataResponse.Partition {
        .with {
            $0.index = Int32(index)
            $0.error = partition.leader < 0 ? .leaderNotAvailable : .none
            $0.leaderID = partition.leader
            $0.leaderEpoch = partition.leaderEpoch
            $0.replicaNodes = [max(0, partition.leader)]
            $0.isrNodes = partition.leader < 0 ? [] : [partition.leader]
        }
    }

    private func cluster(_ request: DescribeClusterRequest, _ model: ClusterModel) -> DescribeClusterResponse {
        var response = DescribeClusterResponse()
        response.clusterID = model.clusterID ?? ""
        response.controllerID = model.controller
        response.brokers = model.brokers.sorted { $0.key < $1.key }.map { node, broker in
            let address = address(of: node, model)
            return .with {
                $0.brokerID = node
                $0.host = address.host
                $0.port = Int32(address.port)
                $0.rack = broker.rack
            }
        }
        if request.includeClusterAuthorizedOperations {
            response.clusterAuthorizedOperations = model.authorizedOperations
        }
        return response
    }

    private func configs(
        _ request: DescribeConfigsRequest, _ model: ClusterModel, _ call: Call
    ) -> DescribeConfigsResponse {
        .with {
            $0.results = request.resources.map { resource in
                let (entries, source): ([String: String]?, Int8) =
                    switch resource.resourceType {
                    case 2: (model.topics[resource.resourceName]?.configs, 1)
                    case 4 where Int32(resource.resourceName) == call.node: (model.brokers[call.node]?.configs, 4)
                    case 32: (model.groups[resource.resourceName]?.configs, 8)
                    default: (nil, 5)
                    }
                return .with {
                    $0.resourceType = resource.resourceType
                    $0.resourceName = resource.resourceName
                    guard let entries else {
                        $0.error = resource.resourceType == 2 ? .unknownTopicOrPartition : .invalidRequest
                        return
                    }
                    $0.configs = entries.sorted { $0.key < $1.key }.map { entry in
                        .with {
                            $0.name = entry.key; $0.value = entry.value; $0.configSource = source
                        }
                    }
                }
            }
        }
    }
}
