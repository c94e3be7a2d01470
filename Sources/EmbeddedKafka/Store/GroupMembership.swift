import KafkaWire

/// What a member of a classic group brought when it joined.
struct MemberSession: Sendable {
    var protocols: [JoinGroupRequest.GroupProtocol]
    var sessionTimeoutMs: Int32
    var rebalanceTimeoutMs: Int32
    var lastSeenMs: Int64
    /// Waits for the generation that is being made.
    var isJoining = false
    /// What the leader gave it.
    var assignment: [UInt8] = []

    func metadata(for name: String) -> [UInt8]? { protocols.first { Name($0.name) == Name(name) }?.metadata }
}

/// The life of a classic group: members come, a generation is made of those who came, its leader assigns.
extension Group {
    func index(of member: String) -> Int? { members.firstIndex { Name($0.id) == Name(member) } }

    /// Whether such a member could take part, given those who are there.
    func supports(_ type: String, _ protocols: [JoinGroupRequest.GroupProtocol]) -> Bool {
        guard !type.isEmpty, !protocols.isEmpty else { return false }
        if members.isEmpty { return true }
        guard Name(type) == Name(protocolType) else { return false }
        let names = Set(protocols.map { Name($0.name) })
        return members.compactMap(\.session).allSatisfy { session in
            session.protocols.contains { names.contains(Name($0.name)) }
        }
    }

    /// Takes in a member, or one that came again; false where nothing changes for it.
    mutating func join(_ request: JoinGroupRequest, _ call: Call, nowMs: Int64) -> Bool {
        announced.remove(Name(request.memberID))
        protocolType = request.protocolType
        guard let index = index(of: request.memberID) else {
            var member = Member(
                id: request.memberID, clientID: call.clientID, epoch: 0, instanceID: request.groupInstanceID)
            member.session = Self.session(request, nowMs)
            members.append(member)
            if leader.isEmpty { leader = request.memberID }
            rebalance()
            return true
        }
        let isSame = members[index].session?.protocols == request.protocols
        let isLeader = Name(leader) == Name(request.memberID)
        let assignment = members[index].session?.assignment ?? []
        let mayStay = state == "CompletingRebalance" || (state == "Stable" && !isLeader)
        members[index].session = Self.session(request, nowMs)
        guard isSame, mayStay else {
            rebalance()
            return true
        }
        members[index].session?.isJoining = false
        members[index].session?.assignment = assignment
        return false
    }

    private static func session(_ request: JoinGroupRequest, _ nowMs: Int64) -> MemberSession {
        MemberSession(
            protocols: request.protocols, sessionTimeoutMs: request.sessionTimeoutMs,
            rebalanceTimeoutMs: request.rebalanceTimeoutMs, lastSeenMs: nowMs, isJoining: true)
    }

    mutating func rebalance() {
        state = "PreparingRebalance"
        completeIfAllJoined()
    }

    private mutating func completeIfAllJoined() {
        guard state == "PreparingRebalance", members.allSatisfy({ $0.session?.isJoining ?? true }) else { return }
        beginGeneration()
    }

    /// Goes on with those who came; the others are members no more.
    mutating func dropAbsent() {
        guard state == "PreparingRebalance" else { return }
        members.removeAll { $0.session.map { !$0.isJoining } ?? false }
        beginGeneration()
    }

    private mutating func beginGeneration() {
        epoch += 1
        guard !members.isEmpty else {
            state = "Empty"
            assignor = ""
            leader = ""
            return
        }
        if index(of: leader) == nil { leader = members[0].id }
        assignor = chosenProtocol
        state = "CompletingRebalance"
        for index in members.indices {
            members[index].session?.isJoining = false
            members[index].session?.assignment = []
        }
    }

    /// Each member votes for what it likes best among what all know.
    private var chosenProtocol: String {
        let sessions = members.compactMap(\.session)
        let common = sessions.dropFirst().reduce(sessions.first?.protocols.map { Name($0.name) } ?? []) {
            names, session in
            names.filter { name in session.protocols.contains { Name($0.name) == name } }
        }
        var votes: [Name: Int] = [:]
        for session in sessions {
            guard let vote = session.protocols.first(where: { common.contains(Name($0.name)) }) else { continue }
            votes[Name(vote.name), default: 0] += 1
        }
        return common.max { votes[$0, default: 0] < votes[$1, default: 0] }?.text ?? ""
    }

    /// Takes what the leader gives; the generation is complete with it.
    mutating func assign(_ assignments: [SyncGroupRequest.Assignment]) {
        for assignment in assignments {
            guard let index = index(of: assignment.memberID) else { continue }
            members[index].session?.assignment = assignment.assignment
        }
        state = "Stable"
    }

    mutating func remove(at index: Int) {
        let gone = members.remove(at: index)
        if Name(leader) == Name(gone.id) { leader = members.first?.id ?? "" }
        switch state {
        case "PreparingRebalance": completeIfAllJoined()
        case "Stable", "CompletingRebalance": rebalance()
        default: break
        }
    }

    /// Ends the memberships of those who were not heard of for as long as they said.
    mutating func expire(nowMs: Int64) {
        let silent = members.filter { member in
            guard let session = member.session, !session.isJoining else { return false }
            return nowMs - session.lastSeenMs > Int64(session.sessionTimeoutMs)
        }
        guard !silent.isEmpty else { return }
        // Whoever waits for a generation is heard of by that, also when this brings it about.
        for index in members.indices where members[index].session?.isJoining == true {
            members[index].session?.lastSeenMs = nowMs
        }
        for member in silent {
            if let index = index(of: member.id) { remove(at: index) }
        }
    }
}

extension ClusterState {
    /// A name for a new member, the same at every run.
    mutating func takeMemberID(_ prefix: String) -> String {
        defer { nextMemberNumber += 1 }
        let digits = String(nextMemberNumber, radix: 16)
        return "\(prefix)-00000000-0000-4000-8000-" + String(repeating: "0", count: max(0, 12 - digits.count)) + digits
    }

    /// Lets those go who were not heard of, in every group; says whether there were any.
    @discardableResult
    mutating func expireMembers() -> Bool {
        var isChanged = false
        for (name, group) in groups where group.members.contains(where: { $0.session != nil }) {
            groups[name]?.expire(nowMs: nowMs)
            isChanged = isChanged || groups[name]?.members.count != group.members.count
        }
        return isChanged
    }

    mutating func change(_ group: String, _ body: (inout Group) -> Void) {
        body(&groups[Name(group), default: Group()])
    }

    /// Why a group's coordinator serves nobody for the group.
    func refusal(of group: String, _ call: Call, _ operation: AccessControl.Operation = .read) -> KafkaErrorCode? {
        guard allows(call, operation, on: .group, group) else { return .groupAuthorizationFailed }
        guard !group.isEmpty else { return .invalidGroupID }
        return coordinator(of: Name(group)) == call.broker ? nil : .notCoordinator
    }
}
