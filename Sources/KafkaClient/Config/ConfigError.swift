/// Why a client configuration cannot be used (exit 78): the place, the key, the fact and what to do about it.
///
/// Never holds the value of a secret, nor text that could be a part of one.
package struct ConfigError: Error, Sendable, Hashable {
    package enum Reason: Sendable, Hashable {
        /// A file is missing or cannot be read.
        case unreadable
        case tooLarge
        case syntax
        case encoding
        /// Only with `--strict-config`.
        case unknownKey
        case badValue
        /// Two settings contradict each other.
        case conflict
        case missing
        /// A `${…}` reference leads nowhere.
        case provider
        /// Valid for other clients, impossible here.
        case unsupported
    }

    package var reason: Reason
    /// A lower-case fact.
    package var message: String
    package var place: ConfigOrigin?
    package var key: String?
    package var hint: String?

    package init(
        _ reason: Reason, _ message: String, at place: ConfigOrigin? = nil, key: String? = nil, hint: String? = nil
    ) {
        self.reason = reason
        self.message = message
        self.place = place
        self.key = key
        self.hint = hint
    }

    /// The same error, told where it happened, unless it knows better.
    func located(at place: ConfigOrigin, key: String) -> ConfigError {
        var error = self
        error.place = self.place ?? place
        error.key = self.key ?? key
        return error
    }
}

extension ConfigError: CustomStringConvertible {
    package var description: String { ConfigText.sentence(place: place, key: key, message: message, hint: hint) }
}

/// Something odd in a client configuration that does not stop it from being used.
package struct ConfigWarning: Sendable, Hashable {
    package var message: String
    package var place: ConfigOrigin?
    package var key: String?
    package var hint: String?

    package init(_ message: String, at place: ConfigOrigin? = nil, key: String? = nil, hint: String? = nil) {
        self.message = message
        self.place = place
        self.key = key
        self.hint = hint
    }
}

extension ConfigWarning: CustomStringConvertible {
    package var description: String { ConfigText.sentence(place: place, key: key, message: message, hint: hint) }
}
