import Secrets
import Value

/// What all layers together say about each setting, read by type; a refusal names the place.
struct SettingTable: Sendable {
    struct Entry: Sendable {
        /// As spelled.
        var key: String
        var value: ResolvedValue
        var origin: ConfigOrigin
    }

    private let entries: [Setting: Entry]
    private(set) var warnings: [ConfigWarning] = []

    /// Secrets in the entries are registered already.
    init(_ entries: [Setting: Entry]) { self.entries = entries }

    /// What was given, be it empty.
    func entry(_ setting: Setting) -> Entry? { entries[setting] }

    /// The text of a setting; nil where it is not given or empty.
    func text(_ setting: Setting) -> String? {
        guard let entry = entries[setting], !entry.value.bytes.isEmpty else { return nil }
        return entry.value.text
    }

    func has(_ setting: Setting) -> Bool { text(setting) != nil }

    mutating func warn(_ message: String, about setting: Setting? = nil, hint: String? = nil) {
        let entry = setting.flatMap { entries[$0] }
        warnings.append(
            ConfigWarning(message, at: entry?.origin, key: entry?.key ?? setting?.rawValue, hint: hint))
    }

    func failure(
        _ reason: ConfigError.Reason, _ message: String, about setting: Setting, hint: String? = nil
    ) -> ConfigError {
        let entry = entries[setting]
        return ConfigError(reason, message, at: entry?.origin, key: entry?.key ?? setting.rawValue, hint: hint)
    }

    /// Refuses two settings that say the same thing in two ways.
    func refuse(_ first: Setting, with second: Setting, hint: String? = nil) throws(ConfigError) {
        guard has(first), has(second), let other = entries[second] else { return }
        throw failure(
            .conflict, "contradicts \(other.key) (\(other.origin))", about: first,
            hint: hint ?? "keep one of the two; an empty value removes a setting")
    }

    /// A name out of a fixed few, compared without regard to case where `folding`.
    func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ setting: Setting, _ type: Choice.Type = Choice.self, folding: Bool = false
    ) throws(ConfigError) -> Choice? {
        guard let text = text(setting) else { return nil }
        let wanted = folding ? text.lowercased() : text
        for choice in Choice.allCases where (folding ? choice.rawValue.lowercased() : choice.rawValue) == wanted {
            return choice
        }
        let names = Choice.allCases.map(\.rawValue)
        let nearest = NearestName.nearestName(to: text, among: names, within: 4)
        throw failure(
            .badValue, "\(ConfigText.quoted(text)) is not known", about: setting,
            hint: nearest.map { "did you mean \($0)?" } ?? "one of \(names.joined(separator: ", "))")
    }

    func bool(_ setting: Setting) throws(ConfigError) -> Bool? {
        guard let text = text(setting) else { return nil }
        switch text.lowercased() {
        case "true", "t", "1": return true
        case "false", "f", "0": return false
        default:
            throw failure(
                .badValue, "\(ConfigText.quoted(text)) is neither true nor false", about: setting)
        }
    }

    func integer(_ setting: Setting, in range: ClosedRange<Int64>) throws(ConfigError) -> Int64? {
        guard let text = text(setting) else { return nil }
        guard let value = Int64(text) else {
            throw failure(.badValue, "\(ConfigText.quoted(text)) is not a whole number", about: setting)
        }
        guard range.contains(value) else {
            throw failure(
                .badValue, "\(value) is out of range", about: setting,
                hint: "from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    func decimal(_ setting: Setting, in range: ClosedRange<Double>) throws(ConfigError) -> Double? {
        guard let text = text(setting) else { return nil }
        guard let value = Double(text), range.contains(value) else {
            throw failure(
                .badValue, "\(ConfigText.quoted(text)) is not a number from \(range.lowerBound) to \(range.upperBound)",
                about: setting)
        }
        return value
    }

    /// A time in milliseconds; Java's "never" is the largest Long, so what is longer than ten years becomes ten years.
    func milliseconds(_ setting: Setting) throws(ConfigError) -> Duration? {
        guard let value = try integer(setting, in: 0...Int64.max) else { return nil }
        return .milliseconds(min(value, 3650 * 86_400_000))
    }

    /// The entries of a list; nil where it is not given or empty.
    func list(_ setting: Setting, separators: String = ",") -> [String]? {
        guard let text = text(setting) else { return nil }
        let entries = ConfigList.entries(text, separators: separators).filter { !$0.isEmpty }
        return entries.isEmpty ? nil : entries
    }

    func secret(_ setting: Setting) -> Secret? {
        guard let entry = entries[setting], !entry.value.bytes.isEmpty else { return nil }
        return Secret(bytes: entry.value.bytes)
    }

    /// The login module, if one is named.
    func jaas() throws(ConfigError) -> JaasConfig? {
        guard let entry = entries[.saslJaasConfig], !entry.value.bytes.isEmpty else { return nil }
        do {
            return try JaasConfig(entry.value.bytes)
        } catch {
            throw error.located(at: entry.origin, key: entry.key)
        }
    }
}
