private import Guarding

/// All secrets of a run; whatever leaves the process goes through it.
///
/// A secret is registered when it is loaded, before anything can repeat it: what was written earlier stays written.
package final class SecretRegistry: Sendable {
    private let current = Guarded(Redactor())

    package init() {}

    /// From now on the secret is replaced wherever it occurs.
    ///
    /// Empty secrets are ignored.
    package func register(_ secret: Secret) {
        secret.reveal { bytes in
            let needles = Redactor.needles(for: bytes)
            current.withLock { $0.add(bytes, needles: needles) }
        }
    }

    /// The rules as they are now, for many texts in a row.
    package var redactor: Redactor { current.withLock { $0 } }

    /// See `Redactor.redact(_:)`.
    package func redact(_ bytes: [UInt8]) -> [UInt8] { redactor.redact(bytes) }

    /// See `Redactor.redact(_:)`.
    package func redact(_ text: String) -> String { redactor.redact(text) }

    /// See `Redactor.redactJSON(_:)`.
    package func redactJSON(_ line: [UInt8]) -> [UInt8] { redactor.redactJSON(line) }
}
