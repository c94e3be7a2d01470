import Evidence
import LuaKit
import Value

/// `ctx.prior` and `ctx.freeze`: lists whose rows are made as they are read, as their files may be large.
enum EarlierReplies {
    static func prior(_ runs: [EarlierRun]) -> RowList {
        let fields: [ByteString] = [
            "path", "run", "mode", "verdict", "started_ms", "finished_ms", "gates", "clusters", "notes",
        ]
        return list(fields, runs) { run in
            let gates = run.gates.map { gate in
                Value.map([
                    "id": .text(gate.id), "gate": .text(gate.name), "verdict": .text(gate.verdict),
                    "effective": .text(gate.effective),
                ])
            }
            return Row(replies: [
                "path": .value(.text(run.path)), "run": .value(Value(run.verification.run)),
                "mode": .value(Value(run.verification.mode)), "verdict": .value(Value(run.verification.verdict)),
                "started_ms": .value(Value(run.startedUs.map { $0 / 1_000 })),
                "finished_ms": .value(Value(run.finishedUs.map { $0 / 1_000 })), "gates": .frozen(.list(gates)),
                "clusters": .frozen(.list(run.clusters.map { .map($0) })), "notes": .rows(notes(run.notes)),
            ])
        }
    }

    /// `ctx.freeze` without a freeze: an unknown member of `ctx` would raise.
    static var none: LuaReply { .value(.bool(false)) }

    /// `topics` and `groups` are functions: what an argument selects of the vector's names.
    static func freeze(_ vector: FreezeVector, topics: LuaReply, groups: LuaReply) -> LuaReply {
        let entries: [(name: ByteString, value: LuaReply)] = [
            ("id", .value(.text(vector.id))), ("run", .value(.text(vector.run))),
            ("cluster_id", .value(Value(vector.clusterID))), ("captured_ms", .value(.integer(vector.capturedMs))),
            ("same_host", .value(.bool(vector.isOfThisHost))),
            ("partitions", .rows(partitions(vector.partitions))), ("commits", .rows(commits(vector.commits))),
            ("topics", topics), ("groups", groups),
        ]
        return .record(entries, strictName: "ctx.freeze")
    }

    private static func notes(_ notes: [EarlierRun.Note]) -> RowList {
        list(["gate", "name", "facts"], notes) { note in
            Row(["gate": .text(note.gate), "name": .text(note.name), "facts": note.facts])
        }
    }

    private static func partitions(_ partitions: [FreezeVector.Partition]) -> RowList {
        let fields: [ByteString] = [
            "topic", "topic_id", "partition", "leader_epoch", "start_offset", "end_offset", "stable_offset",
        ]
        return list(fields, partitions) { partition in
            Row([
                "topic": .text(partition.topic), "topic_id": Value(partition.topicID),
                "partition": .integer(partition.partition), "leader_epoch": Value(partition.leaderEpoch),
                "start_offset": .integer(partition.start), "end_offset": .integer(partition.end),
                "stable_offset": .integer(partition.stable),
            ])
        }
    }

    private static func commits(_ commits: [FreezeVector.Commit]) -> RowList {
        list(["group", "topic", "partition", "offset"], commits) { commit in
            Row([
                "group": .text(commit.group), "topic": .text(commit.topic), "partition": .integer(commit.partition),
                "offset": .integer(commit.offset),
            ])
        }
    }

    /// Nothing is charged to the script: the run keeps these whether a script looks at them or not.
    private static func list<Item: Sendable>(
        _ fields: [ByteString], _ items: [Item], row: @escaping @Sendable (Item) -> Row
    ) -> RowList {
        RowList(fields: fields, count: items.count, failures: [], bytes: 0) { row(items[$0]) }
    }
}
