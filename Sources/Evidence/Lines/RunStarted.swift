package import Value

/// The first line: who runs what, with which limits.
package struct RunStarted: EvidencePart {
    package var tool: Tool
    package var mode: EvidenceMode
    package var argv: [String]
    package var host: String
    package var operatorName: String?
    package var change: String?
    package var plan: Plan?
    package var gates: [Gate]
    package var waivers: Waivers?
    /// The frozen vector that gates judged against.
    package var freeze: Earlier?
    /// Evidence of earlier runs that gates compared with.
    package var prior: [Earlier]
    /// Where it does a share of a larger run.
    package var share: Share?
    /// Where it joins the evidence of such shares.
    package var merged: Merged?
    /// By the names that `sluice version --json` gives them.
    package var limits: [ByteString: Value]

    package init(
        tool: Tool, mode: EvidenceMode, argv: [String], host: String, operatorName: String? = nil,
        change: String? = nil, plan: Plan? = nil, gates: [Gate], waivers: Waivers? = nil,
        freeze: Earlier? = nil, prior: [Earlier] = [], share: Share? = nil, merged: Merged? = nil,
        limits: [ByteString: Value] = [:]
    ) {
        self.tool = tool
        self.mode = mode
        self.argv = argv
        self.host = host
        self.operatorName = operatorName
        self.change = change
        self.plan = plan
        self.gates = gates
        self.waivers = waivers
        self.freeze = freeze
        self.prior = prior
        self.share = share
        self.merged = merged
        self.limits = limits
    }

    package func write(to fields: inout EvidenceFields) {
        fields.part("tool", tool)
        fields.word("mode", mode.rawValue)
        fields.texts("argv", argv)
        fields.text("host", host)
        fields.text("operator", operatorName)
        fields.text("change", change)
        fields.part("plan", plan)
        fields.parts("gates", gates)
        fields.part("waivers", waivers)
        fields.part("freeze", freeze)
        if !prior.isEmpty { fields.parts("prior", prior) }
        fields.part("shard", share)
        fields.part("merged", merged)
        fields.value("limits", .map(limits))
    }
}

extension RunStarted {
    /// The program that runs.
    package struct Tool: EvidencePart {
        package var name: String
        package var version: String
        package var commit: String?
        package var lua: String
        package var os: String
        package var arch: String

        package init(name: String, version: String, commit: String? = nil, lua: String, os: String, arch: String) {
            self.name = name
            self.version = version
            self.commit = commit
            self.lua = lua
            self.os = os
            self.arch = arch
        }

        package func write(to fields: inout EvidenceFields) {
            fields.word("name", name)
            fields.word("version", version)
            fields.word("commit", commit)
            fields.word("lua", lua)
            fields.word("os", os)
            fields.word("arch", arch)
        }
    }

    /// The plan file, by its bytes.
    package struct Plan: EvidencePart {
        package var name: String?
        package var path: String
        package var sha256: String

        package init(name: String? = nil, path: String, sha256: String) {
            self.name = name
            self.path = path
            self.sha256 = sha256
        }

        package func write(to fields: inout EvidenceFields) {
            fields.text("name", name)
            fields.text("path", path)
            fields.word("sha256", sha256)
        }
    }

    /// A gate that will run, by the bytes of its file.
    package struct Gate: EvidencePart {
        package var id: String
        package var gate: String
        package var path: String
        package var sha256: String
        package var severity: String
        package var effects: [String]

        package init(id: String, gate: String, path: String, sha256: String, severity: String, effects: [String] = []) {
            self.id = id
            self.gate = gate
            self.path = path
            self.sha256 = sha256
            self.severity = severity
            self.effects = effects
        }

        package func write(to fields: inout EvidenceFields) {
            fields.word("id", id)
            fields.word("gate", gate)
            fields.text("path", path)
            fields.word("sha256", sha256)
            fields.word("severity", severity)
            fields.texts("effects", effects)
        }
    }

    /// The waivers file, by its bytes.
    package struct Waivers: EvidencePart {
        package var sha256: String
        package var count: Int

        package init(sha256: String, count: Int) {
            self.sha256 = sha256
            self.count = count
        }

        package func write(to fields: inout EvidenceFields) {
            fields.word("sha256", sha256)
            fields.integer("count", count)
        }
    }

    /// A share of a run: `--shard`.
    package struct Share: EvidencePart {
        package var index: Int
        package var count: Int
        /// SHA-256 of all that decides what the run judges; the same in all its shards.
        package var work: String
        /// Ids of the gates whose scans are shared out; the others run whole in every shard.
        package var split: [String]
        /// Ids of the gates that decide the run.
        package var decides: [String]

        package init(index: Int, count: Int, work: String, split: [String], decides: [String]) {
            self.index = index
            self.count = count
            self.work = work
            self.split = split
            self.decides = decides
        }

        package func write(to fields: inout EvidenceFields) {
            fields.integer("index", index)
            fields.integer("count", count)
            fields.word("work", work)
            fields.texts("split", split)
            fields.texts("decides", decides)
        }
    }

    /// What shards were joined; a `shard` line for each tells of it.
    package struct Merged: EvidencePart {
        /// How many shards the run has.
        package var shards: Int
        package var work: String

        package init(shards: Int, work: String) {
            self.shards = shards
            self.work = work
        }

        package func write(to fields: inout EvidenceFields) {
            fields.integer("shards", shards)
            fields.word("work", work)
        }
    }

    /// Evidence of an earlier run, by the hash of its last line.
    package struct Earlier: EvidencePart {
        /// The freeze id, where it is used as a frozen vector.
        package var id: String?
        package var path: String
        package var run: String
        package var head: String
        /// When it ended: what is judged by it is as old; nil where its age is not that of the verdict.
        package var finished: String?

        package init(id: String? = nil, path: String, run: String, head: String, finished: String? = nil) {
            self.id = id
            self.path = path
            self.run = run
            self.head = head
            self.finished = finished
        }

        package func write(to fields: inout EvidenceFields) {
            fields.word("id", id)
            fields.text("path", path)
            fields.word("run", run)
            fields.word("head", head)
            fields.text("finished", finished)
        }
    }
}
