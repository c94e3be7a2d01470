import Secrets

/// Registers every secret of a configuration the moment it is read, before anything can fail and be reported, and
/// remarks on those that stand there in plain sight.
struct SecretIntake: Sendable {
    private let registered: @Sendable (Secret) -> Void
    private(set) var warnings: [ConfigWarning] = []

    init(_ registered: @escaping @Sendable (Secret) -> Void) { self.registered = registered }

    /// A secret as written, in a layer that may not come into force.
    func takeLiteral(_ entry: ConfigEntry, of setting: Setting) {
        switch setting.kind {
        case .secret: takeLiteral(entry)
        case .jaas: register(jaas: Array(ConfigList.trimmed(Array(entry.value.utf8))))
        default: takeMisplaced(entry)
        }
    }

    /// The value of a key that is ignored, or of an unknown one that means a secret.
    func takeLiteral(_ entry: ConfigEntry) { register(Array(ConfigList.trimmed(Array(entry.value.utf8)))) }

    /// The value of a key that should hold no secret: one that landed there all the same may show by its form.
    func takeMisplaced(_ entry: ConfigEntry) { register(misplaced: Array(ConfigList.trimmed(Array(entry.value.utf8)))) }

    /// A value in force.
    mutating func take(_ entry: SettingTable.Entry, of setting: Setting) {
        let bytes = entry.value.bytes
        switch setting.kind {
        case .secret:
            register(bytes)
            if entry.value.isLiteral { warnLiteral("the secret is written out", entry) }
        case .jaas:
            let secrets = register(jaas: bytes)
            for option in secrets where entry.value.isLiteral(option.range) {
                warnLiteral("\(option.name) is written out", entry)
            }
        default: register(misplaced: bytes)
        }
    }

    /// A private key, a login module, or an address with a password or a query in it.
    private func register(misplaced bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        if text.utf8.contains(text: "PRIVATE KEY") { register(bytes) }
        if text.utf8.contains(text: "LoginModule") { register(jaas: bytes) }
        for secret in AddressSecrets.all(in: text) { register(secret.utf8) }
    }

    private func register(_ bytes: some Collection<UInt8>) {
        if !bytes.isEmpty { registered(Secret(bytes: Array(bytes))) }
    }

    /// Registers the whole text and the values of its secret options, as meant and as written.
    ///
    /// - Returns: those options.
    @discardableResult
    private func register(jaas bytes: [UInt8]) -> [JaasConfig.Option] {
        register(bytes)
        guard let jaas = try? JaasConfig(bytes) else { return [] }
        let secrets = jaas.options.filter { LoginModule.secretOptions.contains($0.name) }
        for option in secrets {
            register(Array(option.value.utf8))
            register(bytes[option.range])
        }
        return secrets
    }

    private mutating func warnLiteral(_ message: String, _ entry: SettingTable.Entry) {
        let seen =
            if case .option = entry.origin { ": everybody on this machine can read it in the list of processes" } else {
                ""
            }
        warnings.append(
            ConfigWarning(
                message + seen, at: entry.origin, key: entry.key, hint: "use ${env:NAME} or ${file:PATH:key}"))
    }
}

extension String.UTF8View {
    func contains(text: String) -> Bool {
        indices.contains { self[$0...].starts(with: text.utf8) }
    }
}
