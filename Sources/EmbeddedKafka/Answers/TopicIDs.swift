import KafkaWire

/// Requests that name topics by id in their newest versions.
extension ClusterState {
    /// The name of a topic that a request names so; nil where there is no such id.
    func name(of name: String, _ id: KafkaUUID, byID: Bool) -> Name? {
        guard byID else { return Name(name) }
        guard let (name, topic) = topic(withID: id), !topic.isHidden else { return nil }
        return name
    }

    /// Where leaders are reached that a partition's answer has named.
    func endpoints(of leaders: Set<Int32>, _ call: Call) -> [ProduceResponse.NodeEndpoint] {
        liveBrokers.filter { leaders.contains($0.id) }.compactMap { broker in
            guard let endpoint = broker.endpoints[call.listener] else { return nil }
            return .with {
                $0.nodeID = broker.id
                $0.host = endpoint.host
                $0.port = Int32(endpoint.port)
                $0.rack = broker.rack
            }
        }
    }
}
