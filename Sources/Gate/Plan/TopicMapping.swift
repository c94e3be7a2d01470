package import Value

/// What topics and groups of the source are called on the target.
package struct TopicMapping: Hashable, Sendable {
    package private(set) var topics: NameTemplate
    package private(set) var groups: NameTemplate
    /// Topics with a name of their own; these beat the template.
    package let topicNames: [ByteString: ByteString]

    /// Every name stays as it is.
    package init() throws(GateError) {
        try self.init(topics: "{topic}", groups: "{group}", topicNames: [:], at: Place())
    }

    private init(
        topics: String, groups: String, topicNames: [ByteString: ByteString], at place: Place
    ) throws(GateError) {
        self.topics = try NameTemplate(topics, .topic, at: place.key("topics"))
        self.groups = try NameTemplate(groups, .group, at: place.key("groups"))
        self.topicNames = topicNames
    }

    init(_ value: Value, at place: Place) throws(GateError) {
        let fields = try Fields(value, at: place, known: ["topics", "groups", "topic_names"])
        var names: [ByteString: ByteString] = [:]
        for (source, target) in try fields.map("topic_names").sorted(by: { $0.key < $1.key }) {
            names[source] = ByteString(try Fields.line(target, at: fields.place(of: "topic_names").key(source)))
        }
        try self.init(
            topics: try fields.line("topics") ?? "{topic}", groups: try fields.line("groups") ?? "{group}",
            topicNames: names, at: place)
    }

    /// The mapping with the templates of `--map-topics` and `--map-groups`; topics with a name of their own keep it.
    package func overriding(topics: String? = nil, groups: String? = nil) throws(GateError) -> TopicMapping {
        var mapping = self
        if let topics { mapping.topics = try NameTemplate(topics, .topic, at: Place(path: "--map-topics")) }
        if let groups { mapping.groups = try NameTemplate(groups, .group, at: Place(path: "--map-groups")) }
        return mapping
    }

    package func target(of topic: ByteString) -> ByteString { topicNames[topic] ?? topics.name(for: topic) }
    package func group(of group: ByteString) -> ByteString { groups.name(for: group) }
}
