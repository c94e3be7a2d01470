package import Gate
import LuaKit

/// The test of a gate: a Lua file that returns a table of functions, each one test, beside the gate it is of.
package struct TestFile: Sendable {
    package let path: String
    let source: [UInt8]
    let gatePath: String
    let gateSource: [UInt8]
    /// In the order in which the file has them.
    package let tests: [String]
    /// On which line the function of each begins.
    let lines: [String: Int]
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

    /// `gates/x_test.lua:3`, where a test begins.
    func place(of test: String) -> String {
        // A function that Lua lends has none.
        guard let line = lines[test], line > 0 else { return path }
        return "\(path):\(line)"
    }

    /// `gates/x.lua:31` of `x.lua:31`: places as editors open them.
    func placed(_ message: String) -> String { opened(message) ?? message }

    /// What a test ended with, behind a place: its own, or else where it stood, or else where the test begins.
    func placed(_ failure: LuaFailure, in test: String) -> String {
        if let message = opened("\(failure)") { return message }
        guard case .script(_, let place?, _) = failure else { return "\(place(of: test)): \(failure)" }
        return placed("\(place): \(failure)")
    }

    /// Nil where the message begins with no place.
    private func opened(_ message: String) -> String? {
        for path in [path, gatePath] where message.hasPrefix(Self.name(of: path) + ":") {
            return path + message.dropFirst(Self.name(of: path).count)
        }
        return nil
    }
}
