import Value

/// Replaces `${env:NAME}` and `${file:PATH:key}` in values (KIP-297, with Kafka's own two simplest providers built in).
///
/// A relative `PATH` starts at the file that names it. What a file holds may refer further, eight levels deep; what the
/// environment holds is taken as it is. Each file is read once.
struct ConfigProviders: Sendable {
    /// Where a value stands.
    struct Place: Sendable {
        var origin: ConfigOrigin
        var key: String
        /// What relative paths start from; empty for the working directory.
        var directory: String
    }

    private static let maximumDepth = 8
    /// Doubling references in a few levels would otherwise fill the memory.
    private static let maximumSize = PropertiesFile.maximumSize
    private static let maximumLookups = 1_000

    private let source: ConfigSource
    private var files: [String: PropertiesFile] = [:]
    private var lookups = 0

    init(source: ConfigSource) { self.source = source }

    mutating func resolve(_ value: String, at place: Place) throws(ConfigError) -> ResolvedValue {
        try resolve(Array(value.utf8), at: place, depth: 0)
    }

    private mutating func resolve(_ value: [UInt8], at place: Place, depth: Int) throws(ConfigError) -> ResolvedValue {
        var result = ResolvedValue()
        var rest = value[...]
        while let reference = ConfigReference(firstIn: rest) {
            result.append(literal: rest[..<reference.range.lowerBound])
            result.append(provided: try look(up: reference, at: place, depth: depth), reference: reference.text)
            guard result.bytes.count <= Self.maximumSize else {
                throw failure(.tooLarge, "grows beyond \(Self.maximumSize / 1024) KiB", at: place)
            }
            rest = rest[reference.range.upperBound...]
        }
        result.append(literal: rest)
        return result
    }

    private mutating func look(
        up reference: ConfigReference, at place: Place, depth: Int
    ) throws(ConfigError) -> [UInt8] {
        lookups += 1
        guard lookups <= Self.maximumLookups else { throw failure(.provider, "too many references", at: place) }
        switch reference.provider {
        case "env":
            let name = reference.argument
            guard let value = source.environment(name) else {
                throw failure(
                    .provider, "environment variable \(ConfigText.quoted(name)) is not set", at: place,
                    hint: "set it, or write the reference differently")
            }
            return Array(value.utf8)
        case "file":
            return try look(upInFile: reference, at: place, depth: depth)
        default:
            // The name is not shown: a password may contain something that only looks like a reference.
            throw failure(
                .provider, "refers to a configuration provider that is not known here", at: place,
                hint: "${env:NAME} and ${file:PATH:key} are; text meant literally can come from an environment variable"
            )
        }
    }

    private mutating func look(
        upInFile reference: ConfigReference, at place: Place, depth: Int
    ) throws(ConfigError) -> [UInt8] {
        guard let (name, key) = reference.pathAndKey, !name.isEmpty, !key.isEmpty else {
            throw failure(.provider, "\(reference.text) names no key", at: place, hint: "write ${file:PATH:key}")
        }
        guard depth < Self.maximumDepth else {
            throw failure(.provider, "refers on and on", at: place, hint: "at most \(Self.maximumDepth) levels")
        }
        let path = ConfigPath.join(place.directory, name)
        let file: PropertiesFile
        if let known = files[path] {
            file = known
        } else {
            file = try source.properties(path, namedAt: place.origin, key: place.key)
            files[path] = file
        }
        guard let entry = file[key] else {
            let nearest = NearestName.nearestName(to: key, among: file.entries.map(\.key), within: 4)
            throw failure(
                .provider, "\(ConfigText.quoted(path)) has no key \(ConfigText.quoted(key))", at: place,
                hint: nearest.map { "did you mean \(ConfigText.quoted($0))?" })
        }
        let there = Place(
            origin: .file(path, line: entry.line), key: key, directory: ConfigPath.directory(of: path))
        return try resolve(Array(entry.value.utf8), at: there, depth: depth + 1).bytes
    }

    private func failure(
        _ reason: ConfigError.Reason, _ message: String, at place: Place, hint: String? = nil
    ) -> ConfigError {
        ConfigError(reason, message, at: place.origin, key: place.key, hint: hint)
    }
}

/// Paths as text: nothing is looked up.
enum ConfigPath {
    static func join(_ directory: String, _ path: String) -> String {
        path.utf8.first == UInt8(ascii: "/") || directory.isEmpty ? path : "\(directory)/\(path)"
    }

    /// Everything before the last slash; `/` for a file in the root, empty for a bare name.
    static func directory(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "" }
        return slash == path.utf8.startIndex ? "/" : String(path[..<slash])
    }
}
