import HostSystem
import Transport

/// The profiles of `~/.aws/config` and `~/.aws/credentials`, the second before the first.
struct AwsProfiles {
    private var profiles: [String: [String: String]] = [:]
    /// The files that were looked for, for messages.
    let paths: [String]

    /// A file that is missing has no profiles.
    init(_ world: LoginWorld, by deadline: Deadline) async throws(FileError) {
        let home = world.variable("HOME") ?? ""
        func path(_ variable: String, _ name: String) -> String {
            guard let given = world.variable(variable) else { return "\(home)/.aws/\(name)" }
            return given.utf8.starts(with: "~/".utf8) ? home + String(given.dropFirst()) : given
        }
        let config = path("AWS_CONFIG_FILE", "config")
        let credentials = path("AWS_SHARED_CREDENTIALS_FILE", "credentials")
        paths = [config, credentials]
        for (path, isConfig) in [(config, true), (credentials, false)] {
            do throws(FileError) {
                let bytes = try await world.bytes(ofFile: path, limit: 1 << 20, by: deadline)
                read(String(decoding: bytes, as: UTF8.self), isConfig: isConfig)
            } catch {
                guard error.reason == .missing else { throw error }
            }
        }
    }

    subscript(name: String) -> [String: String]? { profiles[name] }

    private mutating func read(_ text: String, isConfig: Bool) {
        var current: String?
        for line in text.split(whereSeparator: { $0 == "\n" || $0 == "\r\n" }) {
            // An indented line belongs to the value above it, which nothing here reads.
            guard let first = line.utf8.first, first != 0x20, first != 0x09 else { continue }
            let text = String(decoding: ConfigList.trimmed(Array(line.utf8)), as: UTF8.self)
            if text.isEmpty || text.hasPrefix("#") || text.hasPrefix(";") { continue }
            if text.hasPrefix("[") {
                let end = text.firstIndex(of: "]") ?? text.endIndex
                current = Self.profile(String(text[text.index(after: text.startIndex)..<end]), isConfig: isConfig)
                if let current, profiles[current] == nil { profiles[current] = [:] }
                continue
            }
            guard let current, let pair = NameAndValue(text) else { continue }
            let name = String(decoding: ConfigList.trimmed(Array(pair.name.utf8)), as: UTF8.self).lowercased()
            profiles[current]?[name] = String(decoding: ConfigList.trimmed(Array(pair.value.utf8)), as: UTF8.self)
        }
    }

    /// `profile NAME` in the one file, `NAME` in the other, `default` in both; nil for sections of other kinds.
    private static func profile(_ section: String, isConfig: Bool) -> String? {
        let words = section.split { $0 == " " || $0 == "\t" }.map(String.init)
        guard isConfig else { return words.joined(separator: " ") }
        if words == ["default"] { return "default" }
        guard words.first == "profile", words.count > 1 else { return nil }
        return words.dropFirst().joined(separator: " ")
    }
}
