/// One `key=value` of a layer, with its place.
package struct ConfigEntry: Sendable, Hashable {
    package var key: String
    package var value: String
    package var origin: ConfigOrigin
    /// What relative paths in `${file:…}` start from; empty for the working directory.
    package var directory: String

    package init(key: String, value: String, origin: ConfigOrigin, directory: String = "") {
        self.key = key
        self.value = value
        self.origin = origin
        self.directory = directory
    }
}

/// One `-X [source.|target.]key=value`.
package struct ConfigOverride: Sendable, Hashable {
    package enum Side: String, Sendable, CaseIterable {
        case source, target
    }

    /// Nil: both clusters.
    package var side: Side?
    package var entry: ConfigEntry

    /// The value is taken as it stands: no escapes, as on any command line.
    package init(_ text: String, option: String = "-X") throws(ConfigError) {
        guard let pair = NameAndValue(text) else {
            throw ConfigError(.syntax, "is not of the form key=value", at: .option(option))
        }
        var key = pair.name
        for side in Side.allCases where key.utf8.starts(with: "\(side.rawValue).".utf8) {
            self.side = side
            key = String(key.dropFirst(side.rawValue.count + 1))
            break
        }
        entry = ConfigEntry(key: key, value: pair.value, origin: .option(option))
    }
}
