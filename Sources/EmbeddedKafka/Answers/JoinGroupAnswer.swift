import KafkaWire

extension JoinGroupRequest: ServedRequest {
    /// Kafka's `group.min.session.timeout.ms` and `group.max.session.timeout.ms`.
    private static let sessionTimeouts: ClosedRange<Int32> = 6000...1_800_000

    var patienceMs: Int32 { max(1, rebalanceTimeoutMs > 0 ? rebalanceTimeoutMs : sessionTimeoutMs) }

    mutating func begin(_ call: Call, _ state: inout ClusterState) {
        let now = state.nowMs
        if state.groups[Name(groupID)] != nil { state.change(groupID) { $0.expire(nowMs: now) } }
        let refusal = refusal(call, state)
        // Whoever asks to be let in makes the group, even when sent away.
        if refusal == .inconsistentGroupProtocol, memberID.isEmpty { state.change(groupID) { _ in } }
        guard refusal == nil else { return }
        if memberID.isEmpty {
            // Whoever has no name yet is given one, and comes again with it.
            guard call.version < 4 || groupInstanceID != nil else { return }
            memberID = state.takeMemberID(groupInstanceID ?? call.clientID)
            replaceInstance(&state)
        }
        let request = self
        state.change(groupID) { _ = $0.join(request, call, nowMs: now) }
    }

    /// A static member that comes back takes the place of its former self.
    private func replaceInstance(_ state: inout ClusterState) {
        guard let instance = groupInstanceID, let group = state.groups[Name(groupID)],
            let index = group.members.firstIndex(where: { $0.instanceID.map { Name($0) } == Name(instance) })
        else { return }
        let id = memberID
        state.change(groupID) { group in
            if Name(group.leader) == Name(group.members[index].id) { group.leader = id }
            group.members[index].id = id
        }
    }

    private func refusal(_ call: Call, _ state: ClusterState) -> KafkaErrorCode? {
        if let refusal = state.refusal(of: groupID, call) { return refusal }
        guard Self.sessionTimeouts.contains(sessionTimeoutMs) else { return .invalidSessionTimeout }
        guard let group = state.groups[Name(groupID)] else {
            guard memberID.isEmpty else { return .unknownMemberID }
            return protocolType.isEmpty || protocols.isEmpty ? .inconsistentGroupProtocol : nil
        }
        guard group.kind == .classic || group.members.isEmpty else { return .inconsistentGroupProtocol }
        guard group.supports(protocolType, protocols) else { return .inconsistentGroupProtocol }
        guard !memberID.isEmpty, group.index(of: memberID) == nil, !group.announced.contains(Name(memberID)) else {
            return nil
        }
        let isReplaced = group.members.contains { $0.instanceID != nil && $0.instanceID == groupInstanceID }
        return isReplaced ? .fencedInstanceID : .unknownMemberID
    }

    func isReady(_ call: Call, _ state: ClusterState) -> Bool {
        guard refusal(call, state) == nil, !memberID.isEmpty, let group = state.groups[Name(groupID)],
            let index = group.index(of: memberID)
        else { return true }
        return group.state != "PreparingRebalance" || group.members[index].session?.isJoining != true
    }

    func answer(_ call: Call, _ state: inout ClusterState) -> JoinGroupResponse? {
        func failed(_ error: KafkaErrorCode, _ id: String) -> JoinGroupResponse {
            .with {
                $0.error = error
                $0.memberID = id
                $0.protocolName = call.version >= 7 ? nil : ""
            }
        }
        if let error = refusal(call, state) { return failed(error, memberID) }
        guard !memberID.isEmpty else {
            let id = state.takeMemberID(call.clientID)
            state.change(groupID) { $0.announced.insert(Name(id)) }
            return failed(.memberIDRequired, id)
        }
        if !isReady(call, state) { state.change(groupID) { $0.dropAbsent() } }
        guard let group = state.groups[Name(groupID)], let index = group.index(of: memberID) else {
            return failed(.unknownMemberID, memberID)
        }
        let now = state.nowMs
        state.change(groupID) { $0.members[index].session?.lastSeenMs = now }
        return .with { response in
            response.generationID = group.epoch
            response.protocolType = call.version >= 7 ? group.protocolType : nil
            response.protocolName = group.assignor
            response.leader = group.leader
            response.memberID = memberID
            guard Name(group.leader) == Name(memberID) else { return }
            response.members = group.members.map { member in
                .with {
                    $0.memberID = member.id
                    $0.groupInstanceID = call.version >= 5 ? member.instanceID : nil
                    $0.metadata = member.session?.metadata(for: group.assignor) ?? []
                }
            }
        }
    }
}

extension SyncGroupRequest: ServedRequest {
    /// As long as the longest rebalance.
    var patienceMs: Int32 { 300_000 }

    mutating func begin(_ call: Call, _ state: inout ClusterState) {
        guard refusal(call, state) == nil, let group = state.groups[Name(groupID)],
            group.state == "CompletingRebalance", Name(group.leader) == Name(memberID)
        else { return }
        let (assignments, now, id) = (assignments, state.nowMs, memberID)
        state.change(groupID) { group in
            group.assign(assignments)
            if let index = group.index(of: id) { group.members[index].session?.lastSeenMs = now }
        }
    }

    private func refusal(_ call: Call, _ state: ClusterState) -> KafkaErrorCode? {
        guard call.version < 5 || (protocolType != nil && protocolName != nil) else {
            return .inconsistentGroupProtocol
        }
        if let refusal = state.refusal(of: groupID, call) { return refusal }
        guard let group = state.groups[Name(groupID)], let index = group.index(of: memberID) else {
            return .unknownMemberID
        }
        if let instance = groupInstanceID, group.members[index].instanceID.map({ Name($0) }) != Name(instance) {
            return .fencedInstanceID
        }
        guard generationID == group.epoch else { return .illegalGeneration }
        if let type = protocolType, Name(type) != Name(group.protocolType) { return .inconsistentGroupProtocol }
        if let name = protocolName, Name(name) != Name(group.assignor) { return .inconsistentGroupProtocol }
        return group.state == "PreparingRebalance" ? .rebalanceInProgress : nil
    }

    func isReady(_ call: Call, _ state: ClusterState) -> Bool {
        refusal(call, state) != nil || state.groups[Name(groupID)]?.state != "CompletingRebalance"
    }

    func answer(_ call: Call, _ state: inout ClusterState) -> SyncGroupResponse? {
        if let error = refusal(call, state) { return .with { $0.error = error } }
        guard isReady(call, state), let group = state.groups[Name(groupID)], let index = group.index(of: memberID)
        else {
            return .with { $0.error = .rebalanceInProgress }
        }
        return .with {
            $0.protocolType = call.version >= 5 ? group.protocolType : nil
            $0.protocolName = call.version >= 5 ? group.assignor : nil
            $0.assignment = group.members[index].session?.assignment ?? []
        }
    }
}
