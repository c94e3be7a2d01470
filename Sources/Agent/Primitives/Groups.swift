import Gate
import KafkaClient
import KafkaFacts
import KafkaWire
import Value

extension Primitive {
    static let groups = Primitive(
        "groups",
        "The groups of the cluster: every broker is asked, and one that does not answer fails the whole list.",
        apis: [
            "ListGroups (DESCRIBE on the cluster: else only some groups are seen, and for each glob there is one more "
                + "row, a failed one)",
            "DescribeCluster", "Metadata (DESCRIBE on __consumer_offsets: to see that each group has a coordinator)",
        ],
        parameters: [
            Parameter(
                "pattern", .strings,
                "Names or globs; a leading `!` excludes. A name that is not listed and a glob that matches nothing are "
                    + "failed rows."),
            Parameter("states", .words(GroupWord.states), "Only groups in these states, such as `empty` or `stable`."),
            Parameter(
                "types", .words(GroupWord.types), "Only groups of these types: classic, consumer, share, streams."),
        ],
        fields: [
            Field("group", "string", "The group's id."),
            Field("type", "string", "classic, consumer, share, streams, or `untold` by brokers too old to know."),
            Field("state", "string?", "Lower case; nil where the brokers are too old to tell."),
            Field("protocol", "string", "`consumer`, `connect`, …; empty for a group that only commits."),
        ]
    ) { question throws(KafkaError) in
        let cluster = question.cluster.cluster
        let list = try question.globs()
        let groups = try await cluster.groups(question.context)
        var isWhole = true
        if list?.globPatterns.isEmpty != true {
            isWhole = try await cluster.mayDescribeCluster(question.context) ?? true
        }
        return question.groupRows(groups, list, isWhole: isWhole)
    }
}

/// What Kafka calls the states and types of groups, as rows have it.
private enum GroupWord {
    static let states = [
        "assigning", "completingrebalance", "dead", "empty", "notready", "preparingrebalance", "reconciling", "stable",
        "unknown",
    ]
    static let types = ["classic", "consumer", "share", "streams"]
}

extension Question {
    private enum Listed: Sendable {
        case group(GroupListing)
        case failed(name: String, KafkaError)
    }

    fileprivate func globs() throws(KafkaError) -> GlobList? {
        guard let patterns = strings("pattern") else { return nil }
        do throws(GateError) {
            return try GlobList(patterns.map { ByteString($0) })
        } catch {
            throw KafkaError(.malformed("\(error)"))
        }
    }

    /// `isWhole`: Whether `all` has the groups, too, that the principal may not describe.
    fileprivate func groupRows(_ all: [GroupListing], _ list: GlobList?, isWhole: Bool) -> RowList {
        var listed = all
        var nothing: [Listed] = []
        var open = ["*"]
        if let list {
            let selection = list.select(from: all.map { GlobList.Candidate(ByteString($0.group)) })
            let names = Set(selection.names)
            listed = all.filter { names.contains(ByteString($0.group)) }
            nothing = selection.unmatched.map { pattern in
                let message = "\(pattern) matches no group that can be seen here"
                return .failed(
                    name: pattern.description,
                    KafkaError(.broker(.groupIDNotFound, message: message), api: "ListGroups"))
            }
            open = list.globPatterns.filter { !selection.unmatched.contains($0) }.map(\.description)
        }
        if !isWhole {
            let message =
                "without DESCRIBE on the cluster only groups that may be described are listed, and others may be missing: "
                + "grant it, or name the groups"
            let error = KafkaError(.broker(.clusterAuthorizationFailed, message: message), api: "ListGroups")
            // A row for each, by which a gate that looks from two sides tells what neither sees whole.
            nothing += open.map { .failed(name: $0, error) }
        }
        let rows = listed.compactMap { filtered($0) } + nothing
        let failures = rows.enumerated().compactMap { index, row -> RowFailure? in
            if case .failed(_, let error) = row { RowFailure(index: index, error: error) } else { nil }
        }
        return self.rows(rows.count, failures: failures, bytes: rows.count * 200) { index in
            switch rows[index] {
            case .failed(let name, let error): Row(["group": .text(name)], error: error)
            case .group(let group):
                Row([
                    "group": .text(group.group), "type": .text(group.type.rawValue), "state": Value(group.state),
                    "protocol": .text(group.protocolType),
                ])
            }
        }
    }

    /// Nil: not of the states or types that are wanted.
    ///
    /// A group whose state or type the brokers do not tell is a failed row: to leave it out would be to claim that it
    /// has another one.
    private func filtered(_ group: GroupListing) -> Listed? {
        func untold(_ what: String) -> Listed {
            let reason = "the brokers are too old to tell the \(what) of group \(group.group)"
            return .failed(name: group.group, KafkaError(.unsupported(reason), api: "ListGroups"))
        }
        if let states = strings("states") {
            guard let state = group.state else { return untold("state") }
            guard states.contains(state) else { return nil }
        }
        if let types = strings("types"), !types.contains(group.type.rawValue) {
            return group.type == .untold ? untold("type") : nil
        }
        return .group(group)
    }
}
