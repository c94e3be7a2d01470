import HostSystem

/// A machine of a test: files in memory, variables, nothing else.
struct FakeHost: Sendable {
    var files: [String: [UInt8]] = [:]
    /// Files that are there and may not be read.
    var locked: Set<String> = []
    var variables: [String: String] = [:]
    var binary: String?

    init(_ files: [String: String] = [:]) {
        for (path, text) in files { self.files[path] = Array(text.utf8) }
    }

    var system: HostSystem {
        let fake = self
        return HostSystem(
            variable: { fake.variables[$0] },
            read: { path, limit throws(FileError) in
                if fake.locked.contains(path) { throw FileError(path: path, .notPermitted) }
                guard let bytes = fake.files[path] else { throw FileError(path: path, .missing) }
                guard bytes.count <= limit else { throw FileError(path: path, .tooLarge(limit: limit)) }
                return bytes
            },
            entries: { folder throws(FileError) in
                let inside = fake.files.keys.filter { $0.hasPrefix(folder + "/") }
                guard !inside.isEmpty else { throw FileError(path: folder, .missing) }
                var names: [String: Bool] = [:]
                for path in inside {
                    let rest = path.dropFirst(folder.count + 1)
                    let name = rest.prefix { $0 != "/" }
                    names[String(name)] = rest.count > name.count
                }
                return names.sorted { $0.key < $1.key }.map { HostSystem.Entry(name: $0.key, isFolder: $0.value) }
            },
            executablePath: { fake.binary }, hostName: { "test-host" })
    }
}
