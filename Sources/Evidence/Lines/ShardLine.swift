private import Value

/// A file of evidence that was to be merged, and what became of it.
package struct ShardLine: EvidenceLine {
    package static let type = "shard"

    package var path: String
    /// As `sluice verify` says it.
    package var verification: String
    package var run: String?
    package var head: String?
    package var host: String?
    package var index: Int?
    package var count: Int?
    /// RFC 3339, as written there: of the first line and of the last.
    package var started: String?
    package var finished: String?
    package var exitCode: Int?
    /// Why it is not part of what was merged.
    package var problem: String?

    package init(_ shard: ShardEvidence, problem: String?) {
        path = shard.path
        verification = "\(shard.verification.outcome)"
        run = shard.verification.run
        head = shard.verification.head
        host = shard.host
        index = shard.index
        count = shard.count
        started = shard.started
        finished = shard.finished
        exitCode = shard.verification.exitCode
        self.problem = problem
    }

    package var gateID: String? { nil }

    package func write(to fields: inout EvidenceFields) {
        fields.text("path", path)
        fields.word("verification", verification)
        fields.text("shard_run", run)
        fields.word("head", head)
        fields.text("host", host)
        fields.integer("index", index)
        fields.integer("count", count)
        fields.text("started", started)
        fields.text("finished", finished)
        fields.integer("exit_code", exitCode)
        fields.text("problem", problem)
    }
}
