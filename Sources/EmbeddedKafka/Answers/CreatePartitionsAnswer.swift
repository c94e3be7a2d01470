import KafkaWire

extension CreatePartitionsRequest: ServedRequest {
    func answer(_ call: Call, _ state: inout ClusterState) -> CreatePartitionsResponse? {
        var response = CreatePartitionsResponse()
        for topic in topics {
            let isTwice = topics.count { Name($0.name) == Name(topic.name) } > 1
            // One answer for a name that comes more than once.
            if isTwice, response.results.contains(where: { Name($0.name) == Name(topic.name) }) { continue }
            var answer = CreatePartitionsResponse.Topic()
            answer.name = topic.name
            do throws(Refusal) {
                if isTwice { throw Refusal(.invalidRequest, "Duplicate topic name.") }
                try extend(topic, call, &state)
            } catch {
                answer.error = error.code
                answer.errorMessage = error.message
            }
            response.results.append(answer)
        }
        return response
    }

    private func extend(_ asked: Topic, _ call: Call, _ state: inout ClusterState) throws(Refusal) {
        guard state.allows(call, .alter, on: .topic, asked.name) else { throw Refusal(.topicAuthorizationFailed) }
        guard let topic = state.topics[Name(asked.name)], !topic.isHidden else {
            throw Refusal(.unknownTopicOrPartition)
        }
        let known = topic.partitions.count
        guard asked.count != known else {
            throw Refusal(.invalidPartitions, "Topic already has \(known) partition(s).")
        }
        guard asked.count > known else {
            throw Refusal(
                .invalidPartitions,
                "The topic \(asked.name) currently has \(known) partition(s); \(asked.count) would not be an increase.")
        }
        guard asked.count <= 1_000_000 else { throw Refusal(.invalidPartitions) }
        guard let assignments = asked.assignments else {
            if !validateOnly { state.setPartitions(of: asked.name, to: Int(asked.count)) }
            return
        }
        let more = Int(asked.count) - known
        guard assignments.count == more else {
            throw Refusal(
                .invalidReplicaAssignment,
                "Attempted to add \(more) additional partition(s), but only \(assignments.count) assignment(s) were "
                    + "specified.")
        }
        for assignment in assignments {
            if let problem = state.problem(withReplicas: assignment.brokerIDs) {
                throw Refusal(.invalidReplicaAssignment, "The manual partition assignment includes \(problem)")
            }
            let factor = topic.partitions.first?.replicas.count ?? 1
            guard assignment.brokerIDs.count == factor else {
                throw Refusal(
                    .invalidReplicaAssignment,
                    "The manual partition assignment includes a partition with \(assignment.brokerIDs.count) replica(s), "
                        + "but this is not consistent with previous partitions, which have \(factor) replica(s).")
            }
        }
        guard !validateOnly else { return }
        state.topics[Name(asked.name)]?.partitions += assignments.map {
            EmbeddedKafka.Topic.Partition(leader: $0.brokerIDs[0], replicas: $0.brokerIDs, inSync: $0.brokerIDs)
        }
    }
}
