extension SettingTable {
    /// Whom to connect to and how.
    func bootstrap() throws(ConfigError) -> [HostPort] {
        guard let text = text(.bootstrapServers) else {
            throw failure(
                .missing, "no broker is named", about: .bootstrapServers, hint: "give host:port, separated by commas")
        }
        do {
            return try HostPort.list(text)
        } catch {
            throw failure(error.reason, error.message, about: .bootstrapServers, hint: error.hint)
        }
    }

    /// Puts the settings of connections and requests into a configuration.
    mutating func connection(into config: inout ClientConfig) throws(ConfigError) {
        config.securityProtocol = try choice(.securityProtocol, folding: true) ?? .plaintext
        config.clientID = text(.clientID) ?? config.clientID
        config.clientRack = text(.clientRack)
        config.dnsLookup = try dnsLookup() ?? config.dnsLookup
        config.requestTimeout = try milliseconds(.requestTimeout) ?? config.requestTimeout
        config.defaultAPITimeout = try milliseconds(.defaultAPITimeout) ?? config.defaultAPITimeout
        config.connectionSetupTimeout = try backoff(
            .connectionSetupTimeout, .connectionSetupTimeoutMax, default: config.connectionSetupTimeout)
        config.reconnectBackoff = try backoff(
            .reconnectBackoff, .reconnectBackoffMax, default: config.reconnectBackoff)
        config.retryBackoff = try backoff(.retryBackoff, .retryBackoffMax, default: config.retryBackoff)
        config.metadataMaxAge = try milliseconds(.metadataMaxAge) ?? config.metadataMaxAge
        if let idle = try integer(.connectionsMaxIdle, in: -1...Int64.max) {
            // Java switches it off with a negative number, librdkafka with 0.
            config.connectionsMaxIdle = idle > 0 ? try milliseconds(.connectionsMaxIdle) : nil
        }
        config.fetch = try fetch()
    }

    /// The longest wait is never shorter than the first, whichever of the two was given.
    func backoff(
        _ first: Setting, _ longest: Setting, default standard: ClientConfig.Backoff
    ) throws(ConfigError) -> ClientConfig.Backoff {
        var backoff = standard
        backoff.first = try milliseconds(first) ?? standard.first
        if let limit = try milliseconds(longest) {
            backoff.longest = limit
            backoff.first = has(first) ? backoff.first : min(backoff.first, limit)
        }
        backoff.longest = max(backoff.longest, backoff.first)
        return backoff
    }

    private func dnsLookup() throws(ConfigError) -> ClientConfig.DNSLookup? {
        // What it was called before Kafka 2.6, with the meaning that every client has now.
        if text(.clientDNSLookup) == "default" { return .useAllDNSIPs }
        return try choice(.clientDNSLookup)
    }

    private func fetch() throws(ConfigError) -> ClientConfig.Fetch {
        var fetch = ClientConfig.Fetch()
        let sizes = Int64(1)...Int64(Int32.max)
        fetch.maxBytes = try integer(.fetchMaxBytes, in: sizes).map(Int32.init) ?? fetch.maxBytes
        fetch.minBytes = try integer(.fetchMinBytes, in: sizes).map(Int32.init) ?? fetch.minBytes
        fetch.maxPartitionBytes =
            try integer(.maxPartitionFetchBytes, in: sizes).map(Int32.init) ?? fetch.maxPartitionBytes
        fetch.maxWait = try milliseconds(.fetchMaxWait) ?? fetch.maxWait
        return fetch
    }
}
