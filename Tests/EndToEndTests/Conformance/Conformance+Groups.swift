import KafkaWire

/// Groups: their commits, their members, what is told of them.
extension Conformance {
    static func offsetFetch(
        _ group: String, _ topics: KeyValuePairs<String, [Int32]>?, _ version: Int16, stable: Bool = false,
        member: (String, Int32)? = nil
    ) -> OffsetFetchRequest {
        let asked = topics.map { topics in
            topics.map { topic in
                OffsetFetchRequest.Topic.with {
                    $0.name = topic.key
                    $0.partitionIndexes = topic.value
                }
            }
        }
        return .with {
            $0.requireStable = stable && version >= 7
            if version < 8 {
                $0.groupID = group
                $0.topics = asked
            } else {
                $0.groups = [
                    .with {
                        $0.groupID = group
                        $0.topics = asked
                        $0.memberID = member?.0
                        $0.memberEpoch = member?.1 ?? -1
                    }
                ]
            }
        }
    }

    static func offsetCommit(
        _ group: String, _ topic: String, _ offsets: KeyValuePairs<Int32, Int64>, metadata: String? = "m",
        member: String = "", generation: Int32 = -1
    ) -> OffsetCommitRequest {
        .with {
            $0.groupID = group
            $0.memberID = member
            $0.generationIDOrMemberEpoch = generation
            $0.topics = [
                .with {
                    $0.name = topic
                    $0.partitions = offsets.map { offset in
                        .with {
                            $0.index = offset.key
                            $0.committedOffset = offset.value
                            $0.committedMetadata = metadata
                        }
                    }
                }
            ]
        }
    }

    func groups() async throws {
        try await commits()
        try await membership()
        try await listing()
        try await deletion()
    }

    private func commits() async throws {
        typealias C = Conformance
        try await ask("of an unknown group") { _, version in C.offsetFetch("unknown", ["orders": [0]], version) }
        try await ask("all of an unknown group") { _, version in C.offsetFetch("unknown", nil, version) }
        try await ask("from outside") { _, version in C.offsetCommit("simple", "orders", [0: 3, 1: Int64(version)]) }
        try await ask("to an unknown partition", C.offsetCommit("simple", "orders", [0: 4, 9: 4]))
        try await ask("to an unknown topic", C.offsetCommit("simple", "nowhere", [0: 3]))
        try await ask("behind the end", C.offsetCommit("simple", "orders", [2: 99_999], metadata: nil))
        try await ask(
            "with long metadata",
            C.offsetCommit("simple", "orders", [2: 1], metadata: String(repeating: "x", count: 4097)))
        try await ask("of no group", C.offsetCommit("", "orders", [0: 3]))
        try await ask("of a member of no group", C.offsetCommit("never", "orders", [0: 3], member: "m", generation: 1))
        try await ask(
            "of a member that there is none of", C.offsetCommit("simple", "orders", [0: 3], member: "m", generation: 1))
        try await ask("of a generation without a member", C.offsetCommit("simple", "orders", [0: 3], generation: 1))
        try await ask("of nothing", OffsetCommitRequest.with { $0.groupID = "simple" })
        try await ask("one") { _, version in
            C.offsetFetch("simple", ["orders": [0, 1, 2, 9], "nowhere": [0]], version)
        }
        try await ask("all") { _, version in C.offsetFetch("simple", nil, version) }
        try await ask("none") { _, version in C.offsetFetch("simple", [:], version) }
        try await ask("without a group") { _, version in C.offsetFetch("", nil, version) }
        try await ask(
            "of several groups", in: 8...9,
            OffsetFetchRequest.with {
                $0.groups = ["simple", "unknown", "simple"].map { name in
                    .with {
                        $0.groupID = name
                        $0.topics = nil
                    }
                }
            })
        try await ask("as a member", in: 9...9) { _, version in
            C.offsetFetch("simple", nil, version, member: ("m", 3))
        }
        try await ask(
            "simple",
            DescribeGroupsRequest.with {
                $0.groups = ["simple", "unknown"]
            })
        try await ask(
            "with operations",
            DescribeGroupsRequest.with {
                $0.groups = ["simple", "unknown"]
                $0.includeAuthorizedOperations = true
            })
        try await ask("of the other kind", ConsumerGroupDescribeRequest.with { $0.groupIDs = ["simple", "unknown"] })
    }

    private static func join(
        _ side: ConformanceSide, _ group: String, member: String = "", type: String = "consumer",
        protocols: [String] = ["range", "roundrobin"], session: Int32 = 600_000
    ) -> JoinGroupRequest {
        .with {
            $0.groupID = group
            $0.memberID = member.isEmpty ? "" : side.kept(member).isEmpty ? member : side.kept(member)
            $0.sessionTimeoutMs = session
            $0.rebalanceTimeoutMs = 600_000
            $0.protocolType = type
            $0.protocols = protocols.map { name in
                .with {
                    $0.name = name
                    $0.metadata = [0, 0, 0, 0, 0, 1, 0, 6] + Array("orders".utf8) + [255, 255, 255, 255]
                }
            }
        }
    }

    private static func sync(
        _ side: ConformanceSide, _ group: String, member: String, generation: Int32, _ version: Int16,
        assigning: Bool = true, name: String = "range"
    ) -> SyncGroupRequest {
        .with {
            $0.groupID = group
            $0.memberID = side.kept(member).isEmpty ? member : side.kept(member)
            $0.generationID = generation
            if version >= 5 {
                $0.protocolType = "consumer"
                $0.protocolName = name
            }
            let id = $0.memberID
            guard assigning else { return }
            $0.assignments = [
                .with {
                    $0.memberID = id
                    $0.assignment = [0, 0, 0, 0, 0, 0, 255, 255, 255, 255]
                }
            ]
        }
    }

    private static func beat(
        _ side: ConformanceSide, _ group: String, member: String, generation: Int32
    ) -> HeartbeatRequest {
        .with {
            $0.groupID = group
            $0.memberID = side.kept(member).isEmpty ? member : side.kept(member)
            $0.generationID = generation
        }
    }

    private func membership() async throws {
        typealias C = Conformance
        try await ask("without a group") { side, _ in C.join(side, "") }
        try await ask("with a short session") { side, _ in C.join(side, "refused", session: 10) }
        try await ask("with a long session") { side, _ in C.join(side, "refused", session: 100_000_000) }
        try await ask("without a protocol") { side, _ in C.join(side, "refused", protocols: []) }
        try await ask("without a type") { side, _ in C.join(side, "refused", type: "") }
        try await ask("as a member that there is none of") { side, _ in C.join(side, "refused", member: "m") }
        try await ask("in an unknown group") { side, version in
            C.sync(side, "never", member: "m", generation: 1, version)
        }
        try await ask("in no group") { side, version in C.sync(side, "", member: "m", generation: 1, version) }
        try await ask("in an unknown group") { side, _ in C.beat(side, "never", member: "m", generation: 1) }
        try await ask("in no group") { side, _ in C.beat(side, "", member: "m", generation: 1) }
        try await ask("an unknown group") { side, version in C.leave(side, "never", ["m"], version) }
        try await ask("no group") { side, version in C.leave(side, "", ["m"], version) }
        // A life for each version, with one member.
        try await ask("at first", { side, version in C.join(side, "lives-\(version)") }) { side, answer in
            side.keep(answer.memberID, as: "a new member")
        }
        for version: Int16 in 0...9 { try await life("lives", version) }
        try await life("stays", 9, leaving: false)
        try await life("second", 5, leaving: false)
    }

    private func life(_ prefix: String, _ version: Int16, leaving: Bool = true) async throws {
        typealias C = Conformance
        let (group, member) = ("\(prefix)-of-\(version)", "member of \(prefix)-\(version)")
        let (sync, beat, leave) = (min(version, 5), min(version, 4), min(version, 5))
        try await once("first in \(group)", at: version, { side in C.join(side, group) }) { side, answer in
            if !answer.memberID.isEmpty { side.keep(answer.memberID, as: member) }
        }
        if version >= 4 { try await once("again", at: version) { side in C.join(side, group, member: member) } }
        try await once("beat before the assignment", at: beat) { side in
            C.beat(side, group, member: member, generation: 1)
        }
        try await once("describe before the assignment") { _ in DescribeGroupsRequest.with { $0.groups = [group] } }
        try await once("in another generation", at: sync) { side in
            C.sync(side, group, member: member, generation: 7, sync)
        }
        try await once("as another", at: sync) { side in C.sync(side, group, member: "x", generation: 1, sync) }
        try await once("by another protocol", at: 5) { side in
            C.sync(side, group, member: member, generation: 1, 5, name: "other")
        }
        try await once("assigned", at: sync) { side in C.sync(side, group, member: member, generation: 1, sync) }
        try await once("asked again", at: sync) { side in
            C.sync(side, group, member: member, generation: 1, sync, assigning: false)
        }
        try await once("beat", at: beat) { side in C.beat(side, group, member: member, generation: 1) }
        try await once("beat of another", at: beat) { side in C.beat(side, group, member: "x", generation: 1) }
        try await once("beat of another generation", at: beat) { side in
            C.beat(side, group, member: member, generation: 9)
        }
        try await ask("a live group", DescribeGroupsRequest.with { $0.groups = [group] })
        try await once("from outside into \(group)") { _ in C.offsetCommit(group, "orders", [0: 3]) }
        try await once("of its member") { side in
            C.offsetCommit(group, "orders", [0: 2], member: side.kept(member), generation: 1)
        }
        try await once("of its member, too early") { side in
            C.offsetCommit(group, "orders", [0: 2], member: side.kept(member), generation: 4)
        }
        try await once("with other protocols", at: version) { side in
            C.join(side, group, member: "stranger-of-\(version)", protocols: ["other"])
        }
        try await once("deletion of \(group)") { _ in DeleteGroupsRequest.with { $0.groupsNames = [group] } }
        try await once("deletion of its offsets") { _ in
            OffsetDeleteRequest.with {
                $0.groupID = group
                $0.topics = ["orders", "empty", "nowhere"].map { name in
                    .with {
                        $0.name = name
                        $0.partitions = [.init()]
                    }
                }
            }
        }
        guard leaving else { return }
        try await once("the leader once more", at: version) { side in C.join(side, group, member: member) }
        try await once("another leaves", at: leave) { side in C.leave(side, group, ["x"], leave) }
        try await once("leaves", at: leave) { side in C.leave(side, group, [side.kept(member)], leave) }
        try await once("leaves again", at: leave) { side in C.leave(side, group, [side.kept(member)], leave) }
        try await once("what is left of it") { _ in DescribeGroupsRequest.with { $0.groups = [group] } }
    }

    private static func leave(
        _ side: ConformanceSide, _ group: String, _ members: [String], _ version: Int16
    ) -> LeaveGroupRequest {
        .with {
            $0.groupID = group
            if version < 3 {
                $0.memberID = members[0]
            } else {
                $0.members = members.map { id in .with { $0.memberID = id } }
            }
        }
    }

    private func listing() async throws {
        try await ask("all groups", ListGroupsRequest())
        for states in [["Stable"], ["empty"], ["Stable", "Empty"], ["NoSuch"]] {
            try await ask("groups that are \(states)", in: 4...5, ListGroupsRequest.with { $0.statesFilter = states })
        }
        for types in [["classic"], ["CONSUMER"], ["consumer", "classic"], ["nosuch"]] {
            try await ask("groups of type \(types)", in: 5...5, ListGroupsRequest.with { $0.typesFilter = types })
        }
    }

    private func deletion() async throws {
        try await ask("of offsets of an unknown group", OffsetDeleteRequest.with { $0.groupID = "never" })
        try await ask("of offsets of no group", OffsetDeleteRequest())
        try await ask(
            "of some offsets",
            OffsetDeleteRequest.with {
                $0.groupID = "simple"
                $0.topics = ["orders", "nowhere"].map { name in
                    .with {
                        $0.name = name
                        $0.partitions = [.init(), .with { $0.index = 9 }]
                    }
                }
            })
        try await ask("what is left of them") { _, version in Self.offsetFetch("simple", nil, version) }
        try await ask("of groups", DeleteGroupsRequest.with { $0.groupsNames = ["simple", "never", "", "stays-of-9"] })
        try await ask("what is left", ListGroupsRequest())
    }
}
