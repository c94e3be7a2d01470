import Gate
import Value

/// Values that tests start from.
enum Fixtures {
    /// Takes a pattern for a text to be contained; `%` is malformed, as in Lua.
    static func matching(_ subject: ByteString, _ pattern: ByteString) -> Bool? {
        guard let subject = subject.text, let pattern = pattern.text, pattern != "%" else { return nil }
        return pattern.isEmpty || subject.split(separator: pattern, omittingEmptySubsequences: false).count > 1
    }

    /// A manifest with the keys given put over a small valid one; a null takes a key away.
    static func manifest(
        _ changes: [ByteString: Value] = [:], functions: [ByteString] = ["run"]
    ) throws(GateError) -> GateManifest {
        var entries: [ByteString: Value] = [
            "name": "lag_budget", "summary": "Groups are within their lag budget", "phase": "catch_up",
            "clusters": ["source"],
        ]
        for (key, value) in changes {
            if value == .null { entries.removeValue(forKey: key) } else { entries[key] = value }
        }
        return try GateManifest(.map(entries), functions: functions, file: "lag.lua", matching: matching)
    }

    /// The argument `a` of a gate.
    static func argument(_ spec: Value) throws(GateError) -> ArgumentSpec {
        let manifest = try manifest(["args": ["a": spec]])
        guard let spec = manifest.arguments.first else { throw GateError(.missing) }
        return spec
    }

    static func gate(_ specs: Value, id: String = "lag_budget") throws(GateError) -> EffectiveArguments.Gate {
        EffectiveArguments.Gate(id: id, name: "lag_budget", specs: try manifest(["args": specs]).arguments)
    }

    /// What a call throws; nil where it does not.
    static func error<Result>(_ call: () throws(GateError) -> Result) -> GateError? {
        do {
            _ = try call()
            return nil
        } catch {
            return error
        }
    }

    static func value<Result>(_ call: () throws(GateError) -> Result) -> Result? { try? call() }

    static func message<Result>(_ call: () throws(GateError) -> Result) -> String {
        error(call)?.description ?? "no error"
    }
}

/// Repeatable randomness for tests (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
