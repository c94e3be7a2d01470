package import Value

/// What a gate says about itself: read with primitives absent and checked before any cluster is contacted.
package struct GateManifest: Hashable, Sendable {
    package let file: String
    package let name: String
    package let summary: String
    package let doc: String?
    package let phase: Phase
    package let severity: Severity
    package let tags: [String]
    package let clusters: [ClusterUse]
    package let effects: [Effect]
    /// In the order of their names.
    package let arguments: [ArgumentSpec]
    package let timeoutMs: Int64?
    package let waivable: Bool
    /// Whether the subject is the connection itself, so that the gate runs though a cluster cannot be reached.
    package let probes: Bool
    /// Whether it judges each partition that it scans by itself, so that the scans may be shared out (`--shard`).
    package let shardable: Bool
    package let blindTo: [BlindSpot]
    package let example: Value?

    /// `value`: The data of the table that the file returned.
    ///
    /// `functions`: The keys of that table that hold functions.
    ///
    /// `matching`: Applies Lua patterns, for defaults whose argument has one.
    package init(
        _ value: Value, functions: some Sequence<ByteString>, file: String, matching: PatternMatcher
    ) throws(GateError) {
        var place = Place(file: file)
        try Self.checkFunctions(functions, of: value, at: place)
        let fields = try Fields(value, at: place, known: Self.dataKeys)
        self.file = file
        name = try Self.name(fields)
        place.gate = name
        summary = try fields.requiredLine("summary", hint: "say in one line what a pass proves")
        doc = try fields.text("doc")
        guard let phase = fields["phase"] else {
            let known = Phase.allCases.map(\.rawValue).joined(separator: ", ")
            throw place.key("phase").error(.missing, hint: "one of " + known)
        }
        self.phase = try Fields.word(phase, at: place.key("phase"))
        severity =
            try fields["severity"].map { value throws(GateError) in
                try Fields.word(value, at: place.key("severity"))
            } ?? .blocker
        tags = try Self.tags(fields)
        effects = try Self.words(fields, "effects")
        arguments = try Self.arguments(fields, matching: matching)
        clusters = try Self.clusters(fields, arguments: arguments)
        timeoutMs = try Self.timeout(fields)
        waivable = try fields.bool("waivable") ?? true
        probes = try fields.bool("probes") ?? false
        shardable = try fields.bool("shardable") ?? false
        blindTo = try Self.blindSpots(fields)
        example = fields["example"]
    }

    /// The sides this gate reads, given its arguments; empty where it reads no cluster.
    package func sides(with arguments: EffectiveArguments) -> Set<ClusterSide> {
        var sides: Set<ClusterSide> = []
        for use in clusters {
            switch use {
            case .side(let side): sides.insert(side)
            case .argument(let name):
                guard case .string(let side)? = arguments[name]?.value else { continue }
                if let side = side.text.flatMap(ClusterSide.init(rawValue:)) { sides.insert(side) }
            }
        }
        return sides
    }
}
