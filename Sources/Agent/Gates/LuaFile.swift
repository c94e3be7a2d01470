import Gate
import LuaKit
import Value

/// A Lua file that returns a table: a gate or a plan, run with primitives absent.
enum LuaFile {
    /// Runs the file and takes its table; to be called on a Lua thread.
    static func load(_ source: [UInt8], path: String) throws(GateError) -> LuaModule {
        do throws(LuaFailure) {
            return try LuaHost().load(source: source, name: name(of: path))
        } catch {
            let text = "\(error)"
            // The message begins with the file's name, which stands in front already with its folder.
            let prefix = name(of: path) + ":"
            let fact = text.hasPrefix(prefix) ? "line " + text.dropFirst(prefix.count) : text
            throw GateError(.invalid(fact), file: path)
        }
    }

    /// The file's name, as evidence gives places: `lag_budget.lua`.
    static func name(of path: String) -> String {
        String(path[(path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex)...])
    }
}
