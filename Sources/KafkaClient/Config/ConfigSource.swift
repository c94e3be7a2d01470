/// What a configuration may look at outside itself.
package struct ConfigSource: Sendable {
    /// Why a file could not be read.
    package enum Failure: Error, Sendable, Hashable {
        case missing
        case notPermitted
        case isDirectory
        case tooLarge
        /// Anything else, in the words of the system.
        case other(String)
    }

    /// The value of a variable; nil where it is not set.
    package var environment: @Sendable (String) -> String?
    /// All bytes of a file, at most `PropertiesFile.maximumSize` of them.
    package var readFile: @Sendable (String) throws(Failure) -> [UInt8]

    package init(
        environment: @escaping @Sendable (String) -> String?,
        readFile: @escaping @Sendable (String) throws(Failure) -> [UInt8]
    ) {
        self.environment = environment
        self.readFile = readFile
    }

    /// A properties file; errors are placed at whoever named it.
    func properties(_ path: String, namedAt place: ConfigOrigin?, key: String?) throws(ConfigError) -> PropertiesFile {
        let bytes: [UInt8]
        do {
            bytes = try readFile(path)
        } catch {
            throw ConfigError(
                error == .tooLarge ? .tooLarge : .unreadable, "\(ConfigText.quoted(path)) \(error.words)", at: place,
                key: key)
        }
        return try PropertiesFile(bytes, path: path)
    }
}

extension ConfigSource.Failure {
    /// The fact without the path.
    package var words: String {
        switch self {
        case .missing: "does not exist"
        case .notPermitted: "may not be read"
        case .isDirectory: "is a directory"
        case .tooLarge: "is larger than \(PropertiesFile.maximumSize / 1024) KiB"
        case .other(let reason): "cannot be read: \(reason)"
        }
    }
}
