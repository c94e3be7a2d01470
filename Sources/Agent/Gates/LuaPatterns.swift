import LuaKit
import Value

/// Lua patterns outside a script: those of arguments and of the check `matches`.
enum LuaPatterns {
    private static let source = "return { find = function(text, pattern) return text:find(pattern) ~= nil end }"

    /// Nil: the pattern is malformed or took too long.
    static func matches(_ subject: ByteString, _ pattern: ByteString) -> Bool? {
        do throws(LuaFailure) {
            let host = try LuaHost()
            _ = try host.load(source: Array(source.utf8), name: "pattern")
            let results = try host.results(
                of: "find", with: [.value(.string(subject)), .value(.string(pattern))],
                until: .now + .milliseconds(500))
            guard case .value(.bool(let isMatch))? = results.first else { return nil }
            return isMatch
        } catch {
            return nil
        }
    }
}
