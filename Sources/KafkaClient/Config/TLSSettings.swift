extension SettingTable {
    /// What TLS needs, where the protocol has it.
    mutating func tls(for protocol: SecurityProtocol) throws(ConfigError) -> TLSConfig? {
        guard `protocol`.usesTLS else { return nil }
        var tls = TLSConfig()
        tls.trust = try trust()
        tls.identity = try identity()
        tls.keyPassword = secret(.keyPassword)
        tls.endpointIdentification = try endpointIdentification()
        tls.certificateVerification = try bool(.certificateVerification) ?? true
        if !tls.certificateVerification {
            tls.endpointIdentification = false
            warn("anybody can pose as the broker: certificates are not verified", about: .certificateVerification)
        } else if !tls.endpointIdentification {
            warn("the broker's certificate is not checked for its host name", about: .endpointIdentification)
        }
        tls.versions = try versions()
        // Java separates by commas, OpenSSL by colons; neither stands within a name.
        tls.cipherSuites = list(.cipherSuites, separators: ",:") ?? []
        return tls
    }

    private mutating func trust() throws(ConfigError) -> TLSConfig.Trust {
        try refuse(.trustStoreLocation, with: .caLocation)
        try refuse(.trustStoreCertificates, with: .trustStoreLocation)
        try refuse(.trustStoreCertificates, with: .caLocation)
        let declared: TLSConfig.StoreType? = try choice(.trustStoreType, folding: true)
        if let pem = text(.trustStoreCertificates) {
            try refuseInline(.trustStoreCertificates, declared: declared)
            return .inline(pem)
        }
        if let path = text(.caLocation) {
            // librdkafka's word for "look where distributions put them".
            return path == "probe" ? .system : .file(path, declared: nil, password: nil)
        }
        guard let path = text(.trustStoreLocation) else {
            if has(.trustStorePassword) { warn("has no trust store to open", about: .trustStorePassword) }
            return .system
        }
        return .file(path, declared: declared, password: secret(.trustStorePassword))
    }

    private mutating func identity() throws(ConfigError) -> TLSConfig.Identity? {
        for part in [Setting.certificateLocation, .keyStoreCertificateChain, .keyLocation, .keyStoreKey] {
            try refuse(part, with: .keyStoreLocation)
        }
        try refuse(.certificateLocation, with: .keyStoreCertificateChain)
        try refuse(.keyLocation, with: .keyStoreKey)
        let declared: TLSConfig.StoreType? = try choice(.keyStoreType, folding: true)
        if let path = text(.keyStoreLocation) {
            return .store(path, declared: declared, password: secret(.keyStorePassword))
        }
        for part in [Setting.keyStoreCertificateChain, .keyStoreKey] where has(part) {
            try refuseInline(part, declared: declared)
        }
        let chain =
            text(.keyStoreCertificateChain).map(TLSConfig.Material.inline)
            ?? text(.certificateLocation).map(TLSConfig.Material.file)
        let key =
            secret(.keyStoreKey).map(TLSConfig.Material.inline) ?? text(.keyLocation).map(TLSConfig.Material.file)
        switch (chain, key) {
        case (nil, nil): return nil
        case (.some(let chain), .some(let key)): return .pair(chain: chain, key: key)
        case (.some, nil):
            throw failure(
                .missing, "has no key to go with it",
                about: has(.keyStoreCertificateChain) ? .keyStoreCertificateChain : .certificateLocation,
                hint: "set ssl.keystore.key or ssl.key.location")
        case (nil, .some):
            throw failure(
                .missing, "has no certificate to go with it", about: has(.keyStoreKey) ? .keyStoreKey : .keyLocation,
                hint: "set ssl.keystore.certificate.chain or ssl.certificate.location")
        }
    }

    /// Text in the setting itself can only be PEM.
    private func refuseInline(_ setting: Setting, declared: TLSConfig.StoreType?) throws(ConfigError) {
        guard let declared, declared != .pem else { return }
        throw failure(
            .conflict, "holds PEM, but the store's type is \(declared.rawValue)", about: setting,
            hint: "set the type to PEM")
    }

    private func endpointIdentification() throws(ConfigError) -> Bool {
        guard let entry = entry(.endpointIdentification) else { return true }
        switch entry.value.text.lowercased() {
        case "https": return true
        case "", "none": return false
        default:
            throw failure(
                .badValue, "\(ConfigText.quoted(entry.value.text)) is not known", about: .endpointIdentification,
                hint: "https, or empty to switch the check off")
        }
    }

    private mutating func versions() throws(ConfigError) -> Set<TLSConfig.Version> {
        guard let names = list(.enabledProtocols) else { return [.tls12, .tls13] }
        let old = ["SSLv2Hello", "SSLv3", "TLSv1", "TLSv1.1"]
        var versions: Set<TLSConfig.Version> = []
        for name in names {
            if let version = TLSConfig.Version(rawValue: name) {
                versions.insert(version)
            } else if old.contains(name) {
                warn("\(name) is not spoken here", about: .enabledProtocols)
            } else {
                throw failure(
                    .badValue, "\(ConfigText.quoted(name)) is not known", about: .enabledProtocols,
                    hint: "TLSv1.2, TLSv1.3")
            }
        }
        guard !versions.isEmpty else {
            throw failure(
                .unsupported, "no protocol is left that is safe to speak", about: .enabledProtocols,
                hint: "TLSv1.2, TLSv1.3")
        }
        return versions
    }
}
