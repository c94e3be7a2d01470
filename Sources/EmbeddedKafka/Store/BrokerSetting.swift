/// A setting of brokers, with Kafka's default.
struct BrokerSetting: Sendable {
    let name: String
    /// Nil: Kafka has no default for it.
    let value: String?
    let kind: TopicSetting.Kind
    /// Whether it can be changed while the broker runs.
    let isDynamic: Bool

    static let ofKafka4 = read(BrokerSettingTable.common, BrokerSettingTable.only4)
    static let ofKafka3 = read(BrokerSettingTable.common, BrokerSettingTable.only3)

    private static let kinds: [Character: TopicSetting.Kind] = [
        "B": .boolean, "S": .string, "I": .int, "H": .short, "L": .long, "D": .double, "T": .list, "C": .class,
        "P": .password,
    ]

    /// The settings of a release, in the order of its tables.
    struct Known: Sendable {
        let all: [BrokerSetting]
        private let byName: [Name: BrokerSetting]

        init(_ all: [BrokerSetting]) {
            self.all = all
            byName = Dictionary(all.map { (Name($0.name), $0) }, uniquingKeysWith: { first, _ in first })
        }

        subscript(name: Name) -> BrokerSetting? { byName[name] }
    }

    private static func read(_ tables: String...) -> Known {
        var settings: [BrokerSetting] = []
        for line in tables.flatMap({ $0.split(separator: "\n") }) {
            let words = line.split(separator: " ", maxSplits: 1)
            guard words.count == 2, let kind = words[0].first.flatMap({ kinds[$0] }) else { continue }
            let parts = words[1].split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            settings.append(
                BrokerSetting(
                    name: String(parts[0]), value: parts.count == 2 ? String(parts[1]) : nil, kind: kind,
                    isDynamic: words[0].last == "d"))
        }
        return Known(settings)
    }
}

extension BrokerProfile {
    var brokerSettings: BrokerSetting.Known { isKafka4 ? BrokerSetting.ofKafka4 : BrokerSetting.ofKafka3 }
}
