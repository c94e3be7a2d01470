private import COpenSSL
private import CTLS
import Guarding
package import KafkaClient
import Secrets
import Transport

/// What all TLS connections of one configuration share: whom they trust, what they show, what they speak.
package final class TLSContext: Sendable {
    /// Owns the `SSL_CTX`; it is safe to use since the pointer stays inside and is freed with it.
    @safe struct Handle: ~Copyable {
        let pointer: OpaquePointer

        init(owning pointer: OpaquePointer) { unsafe self.pointer = pointer }

        deinit { unsafe SSL_CTX_free(pointer) }

        /// The `SSL` of a new connection, which the caller frees.
        ///
        /// A number, since pointers do not leave a lock.
        func connection() -> UInt { UInt(bitPattern: unsafe SSL_new(pointer)) }
    }

    private let handle: Guarded<Handle>
    private let settings: TLSEngine.Settings
    private let seconds: @Sendable () -> Int64?
    package let warnings: [ConfigWarning]

    /// Opens the stores that the configuration names: nothing is read later.
    ///
    /// `seconds`: When certificates have to be valid, since 1970; nil: at the time of the system.
    package init(
        _ config: TLSConfig, source: ConfigSource, seconds: @escaping @Sendable () -> Int64? = { nil }
    ) throws(ConfigError) {
        self.seconds = seconds
        var builder = try TLSContextBuilder(config, stores: StoreReader(source: source, config: config))
        try builder.trust()
        try builder.identify(at: seconds())
        try builder.chooseCiphers()
        warnings = builder.warnings
        settings = TLSEngine.Settings(
            verifiesChain: config.certificateVerification, verifiesHost: config.endpointIdentification,
            hasIdentity: config.identity != nil)
        handle = Guarded(builder.finish())
    }

    /// A new connection's engine.
    func engine(host: String, peer: String) throws(TLSFailure) -> sending TLSEngine {
        let address = handle.withLock { $0.connection() }
        var settings = settings
        settings.seconds = seconds()
        return try TLSEngine.make(owning: address, host: host, peer: peer, settings: settings)
    }
}
