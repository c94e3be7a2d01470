import Guarding
import KafkaClient
import KafkaWire

extension ScriptedCluster {
    /// What the model answers; nil for an API it has no answer to.
    func standardAnswer(to request: any WireRequest, _ call: Call) -> (any WireStruct)? {
        let model = model
        return switch request {
        case is ApiVersionsRequest: apiVersions(call)
        case let request as SaslHandshakeRequest: handshake(request, model)
        case let request as SaslAuthenticateRequest: login(request, model)
        case let request as MetadataRequest: metadata(request, model)
        case is DescribeClusterRequest: cluster()
        case let request as ListOffsetsRequest: Self.offsets(request, model)
        case let request as FetchRequest: Self.fetch(request, model)
        case let request as FindCoordinatorRequest: coordinator(request)
        case let request as OffsetFetchRequest: Self.commits(request, model)
        default: nil
        }
    }

    /// The versions the brokers speak.
    var advertised: [ApiKey: ClosedRange<Int16>] {
        let known = KafkaMessages.requests.map { ($0.key, $0.versions) }
        return Dictionary(known, uniquingKeysWith: { first, _ in first }).merging(model.versions) { $1 }
    }

    private func apiVersions(_ call: Call) -> ApiVersionsResponse {
        let advertised = advertised
        guard advertised[.apiVersions]?.contains(call.version) == true else {
            return .with { response in
                response.error = .unsupportedVersion
                response.apiKeys = advertised.filter { $0.key == .apiVersions }.map(Self.supported)
            }
        }
        return .with { $0.apiKeys = advertised.map(Self.supported) }
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

    private func metadata(_ request: MetadataRequest, _ model: ClusterModel) -> MetadataResponse {
        let names = request.topics.map { $0.map { $0.name ?? "" } } ?? model.topics.keys.sorted()
        var response = MetadataResponse()
        response.clusterID = Self.clusterID
        response.controllerID = 0
        response.brokers = nodes.map { node in
            let address = address(of: node)
            return .with {
                $0.nodeID = node; $0.host = address.host; $0.port = Int32(address.port)
            }
        }
        response.topics = names.map { name in
            .with {
                $0.name = name
                guard let topic = model.topics[name] else {
                    $0.error = .unknownTopicOrPartition
                    return
                }
                $0.partitions = topic.partitions.indices.map { index in
                    .with {
                        $0.index = Int32(index)
                        $0.leaderID = 0
                        $0.leaderEpoch = 0
                        $0.replicaNodes = [0]
                        $0.isrNodes = [0]
                    }
                }
            }
        }
        return response
    }

    private func cluster() -> DescribeClusterResponse {
        var response = DescribeClusterResponse()
        response.clusterID = Self.clusterID
        response.controllerID = 0
        response.brokers = nodes.map { node in
            let address = address(of: node)
            return .with {
                $0.brokerID = node; $0.host = address.host; $0.port = Int32(address.port)
            }
        }
        return response
    }

    private static let clusterID = "scripted-cluster"
}
