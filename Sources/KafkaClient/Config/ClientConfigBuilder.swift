package import Secrets

/// Builds a client configuration out of layers: what is added later beats what was added before.
///
/// The order of the contract is file, plan, environment, options. A reference in a value that a later layer replaces
/// is not followed, so that an override also helps where a variable is missing.
package struct ClientConfigBuilder: Sendable {
    /// A configuration and what is odd about it.
    package struct Result: Sendable {
        package var config: ClientConfig
        package var warnings: [ConfigWarning]
    }

    private let source: ConfigSource
    private let isStrict: Bool
    private var secrets: SecretIntake
    private var providers: ConfigProviders
    private var layers: [[Setting: ConfigEntry]] = []
    private var warnings: [ConfigWarning] = []
    private var unknown = 0

    /// How many unknown keys are reported one by one.
    private static let maximumUnknown = 50

    /// With `strict` an unknown key is an error, not a warning.
    package init(source: ConfigSource, secrets: SecretRegistry, strict: Bool = false) {
        self.init(source: source, strict: strict) { secrets.register($0) }
    }

    /// The same, telling each secret as it is read.
    package init(source: ConfigSource, strict: Bool = false, onSecret: @escaping @Sendable (Secret) -> Void) {
        self.source = source
        isStrict = strict
        secrets = SecretIntake(onSecret)
        providers = ConfigProviders(source: source)
    }

    /// Adds a `client.properties` file as the next layer; `place` is who names it, for the message where it cannot be
    /// read.
    package mutating func add(file path: String, namedAt place: ConfigOrigin? = nil) throws(ConfigError) {
        let file = try source.properties(path, namedAt: place, key: nil)
        let directory = ConfigPath.directory(of: path)
        var seen: [String: Int] = [:]
        var entries: [ConfigEntry] = []
        for entry in file.entries {
            let origin = ConfigOrigin.file(path, line: entry.line)
            // Java's own order: of two entries the last counts. An unknown key has its own remark.
            if let line = seen.updateValue(entry.line, forKey: entry.key), KnownKeys.meaning(of: entry.key) != nil {
                warn("replaces line \(line)", entry.key, at: origin)
            }
            entries.append(ConfigEntry(key: entry.key, value: entry.value, origin: origin, directory: directory))
        }
        try add(entries)
    }

    /// Adds entries as the next layer; of two with the same key the last counts.
    package mutating func add(_ entries: [ConfigEntry]) throws(ConfigError) {
        var layer: [Setting: ConfigEntry] = [:]
        for entry in entries {
            switch KnownKeys.meaning(of: entry.key) {
            case .setting(let setting):
                secrets.takeLiteral(entry, of: setting)
                if let other = layer[setting], other.key != entry.key, other.value != entry.value {
                    throw ConfigError(
                        .conflict, "contradicts \(other.key) (\(other.origin))", at: entry.origin, key: entry.key,
                        hint: "both mean \(setting.rawValue): keep one")
                }
                layer[setting] = entry
            case .ignored: secrets.takeMisplaced(entry)
            case .ignoredSecret: secrets.takeLiteral(entry)
            case .withoutEffect:
                secrets.takeMisplaced(entry)
                warn("has no effect here", entry.key, at: entry.origin)
            case nil: try takeUnknown(entry)
            }
        }
        layers.append(layer)
    }

    /// Reads everything that is in force.
    package mutating func build() throws(ConfigError) -> Result {
        var inForce: [Setting: SettingTable.Entry] = [:]
        for setting in Setting.allCases {
            guard let entry = layers.last(where: { $0[setting] != nil })?[setting] else { continue }
            inForce[setting] = try resolve(entry, of: setting)
        }
        var table = SettingTable(inForce)
        var config = ClientConfig(bootstrap: try table.bootstrap())
        try table.connection(into: &config)
        config.tls = try table.tls(for: config.securityProtocol)
        config.sasl = try table.sasl(for: config.securityProtocol)
        config.show(table.shown(beside: config))
        if unknown > Self.maximumUnknown {
            warnings.append(
                ConfigWarning("\(unknown) keys that no Kafka client knows: is this a client configuration?"))
        }
        return Result(config: config, warnings: warnings + secrets.warnings + table.warnings)
    }

    private mutating func resolve(_ entry: ConfigEntry, of setting: Setting) throws(ConfigError) -> SettingTable.Entry {
        let place = ConfigProviders.Place(origin: entry.origin, key: entry.key, directory: entry.directory)
        let value = try providers.resolve(entry.value, at: place).trimmed()
        // SASL separates its fields by NUL, and C ends paths there.
        guard !value.bytes.contains(0) else {
            throw ConfigError(.badValue, "holds a NUL character", at: entry.origin, key: entry.key)
        }
        let resolved = SettingTable.Entry(key: entry.key, value: value, origin: entry.origin)
        secrets.take(resolved, of: setting)
        return resolved
    }

    private mutating func takeUnknown(_ entry: ConfigEntry) throws(ConfigError) {
        if KnownKeys.meansSecret(entry.key) { secrets.takeLiteral(entry) } else { secrets.takeMisplaced(entry) }
        unknown += 1
        // Enough to see that this is no client configuration.
        guard isStrict || unknown <= Self.maximumUnknown else { return }
        let nearest = KnownKeys.nearest(to: entry.key)
        // Without a near name it may be a line that got lost out of a certificate or a password: shown only if it
        // has the look of a key.
        let shown = nearest != nil || ConfigText.looksLikeKey(entry.key) ? entry.key : nil
        let message = shown == nil ? "a key that no Kafka client knows" : "no Kafka client knows this key"
        let hint = nearest.map { "did you mean \($0)?" }
        guard !isStrict else {
            throw ConfigError(.unknownKey, message, at: entry.origin, key: shown, hint: hint)
        }
        warnings.append(ConfigWarning(message, at: entry.origin, key: shown, hint: hint))
    }

    /// Remarks on a key that is known.
    private mutating func warn(_ message: String, _ key: String, at origin: ConfigOrigin) {
        warnings.append(ConfigWarning(message, at: origin, key: key))
    }
}
