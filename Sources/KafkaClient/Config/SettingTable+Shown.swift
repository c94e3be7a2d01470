extension SettingTable {
    /// What `sluice plan` prints: what was given, and the defaults that matter.
    func shown(beside config: ClientConfig) -> [ShownSetting] {
        let defaults = Self.defaults(config)
        return Setting.allCases.compactMap { setting in
            guard let entry = entry(setting) else {
                return defaults[setting].map { ShownSetting(key: setting.rawValue, value: $0, origin: .builtIn) }
            }
            return ShownSetting(
                key: setting.rawValue, value: shown(entry, of: setting), origin: entry.origin,
                references: entry.value.references)
        }
    }

    private func shown(_ entry: Entry, of setting: Setting) -> String {
        guard !entry.value.bytes.isEmpty else { return "" }
        return switch setting.kind {
        case .secret: "‹secret›"
        case .jaas: (try? JaasConfig(entry.value.bytes))?.shown ?? "‹secret›"
        case .certificates: "‹PEM, \(entry.value.bytes.count) bytes›"
        default: String(ConfigText.quoted(entry.value.text).dropFirst().dropLast())
        }
    }

    private static func defaults(_ config: ClientConfig) -> [Setting: String] {
        var defaults: [Setting: String] = [
            .securityProtocol: config.securityProtocol.rawValue,
            .clientID: config.clientID,
            .clientDNSLookup: config.dnsLookup.rawValue,
            .requestTimeout: milliseconds(config.requestTimeout),
            .defaultAPITimeout: milliseconds(config.defaultAPITimeout),
            .connectionSetupTimeout: milliseconds(config.connectionSetupTimeout.first),
            .connectionSetupTimeoutMax: milliseconds(config.connectionSetupTimeout.longest),
            .reconnectBackoff: milliseconds(config.reconnectBackoff.first),
            .reconnectBackoffMax: milliseconds(config.reconnectBackoff.longest),
            .retryBackoff: milliseconds(config.retryBackoff.first),
            .retryBackoffMax: milliseconds(config.retryBackoff.longest),
            .metadataMaxAge: milliseconds(config.metadataMaxAge),
            .fetchMaxBytes: String(config.fetch.maxBytes),
            .fetchMinBytes: String(config.fetch.minBytes),
            .fetchMaxWait: milliseconds(config.fetch.maxWait),
            .maxPartitionFetchBytes: String(config.fetch.maxPartitionBytes),
        ]
        defaults[.connectionsMaxIdle] = config.connectionsMaxIdle.map(milliseconds)
        if let tls = config.tls {
            defaults[.endpointIdentification] = tls.endpointIdentification ? "https" : ""
            defaults[.enabledProtocols] = tls.versions.map(\.rawValue).sorted().joined(separator: ",")
            if tls.trust == .system { defaults[.trustStoreLocation] = "the system's" }
        }
        return defaults
    }

    private static func milliseconds(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        return String(seconds * 1_000 + attoseconds / 1_000_000_000_000_000)
    }
}

extension JaasConfig {
    /// The module and its options; a value is shown only where it is known to be no secret.
    fileprivate var shown: String {
        let module = LoginModule(rawValue: module)?.shortName ?? "‹module›"
        let options = options.map { option in
            guard LoginModule.shownOptions.contains(option.name) else {
                let isKnown = LoginModule(rawValue: self.module)?.takes(option.name) ?? false
                return isKnown ? "\(option.name)=‹secret›" : "‹secret›"
            }
            return "\(option.name)=\(ConfigText.quoted(option.value))"
        }
        return ([module, flag.rawValue] + options).joined(separator: " ") + ";"
    }
}
