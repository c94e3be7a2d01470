import LuaKit
import Value

/// Lua patterns outside a script: those of arguments and of the check `matches`.
///
/// Belongs to the thread that made it, as its Lua state does, which is made once and serves every match.
final class LuaPatterns {
    private static let source = "return { find = function(text, pattern) return text:find(pattern) ~= nil end }"
    /// The longest that one match may take.
    private static let patience = Duration.milliseconds(500)

    private let deadline: ContinuousClock.Instant?
    private var host: LuaHost?

    /// - Parameter deadline: after which nothing is matched any more.
    init(until deadline: ContinuousClock.Instant? = nil) { self.deadline = deadline }

    /// Nil: the pattern is malformed or took too long.
    func matches(_ subject: ByteString, _ pattern: ByteString) -> Bool? {
        do throws(LuaFailure) {
            let host = try ready()
            let own = ContinuousClock.now + Self.patience
            let results = try host.results(
                of: "find", with: [.value(.string(subject)), .value(.string(pattern))],
                until: deadline.map { min($0, own) } ?? own)
            guard case .value(.bool(let isMatch))? = results.first else { return nil }
            return isMatch
        } catch {
            // A pattern that Lua refuses leaves the state as it was; one that was killed is not used again.
            if case .script = error { return nil }
            host = nil
            return nil
        }
    }

    private func ready() throws(LuaFailure) -> LuaHost {
        if let host { return host }
        var limits = LuaLimits()
        limits.memoryBytes = 8 << 20
        let made = try LuaHost(limits: limits)
        _ = try made.load(source: Array(Self.source.utf8), name: "pattern")
        host = made
        return made
    }
}
