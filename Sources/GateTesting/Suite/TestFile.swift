package import Gate

/// The test of a gate: a Lua file that returns a table of functions, each one test, beside the gate it is of.
package struct TestFile: Sendable {
    package let path: String
    let source: [UInt8]
    let gatePath: String
    let gateSource: [UInt8]
    /// In the order in which the file has them.
    package let tests: [String]
    /// Of the gate.
    package let manifest: GateManifest

    /// The file's name, as Lua's messages give places.
    var name: String { Self.name(of: path) }

    static func name(of path: String) -> String {
        String(path[(path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex)...])
    }

    /// With a slash at its end.
    var folder: String {
        gatePath.lastIndex(of: "/").map { String(gatePath[...$0]) } ?? "./"
    }

    /// `gates/x.lua:31` of `x.lua:31`: places as editors open them.
    func placed(_ message: String) -> String {
        for path in [path, gatePath] where message.hasPrefix(Self.name(of: path) + ":") {
            return path + message.dropFirst(Self.name(of: path).count)
        }
        return message
    }
}
