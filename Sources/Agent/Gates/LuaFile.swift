import Gate
import LuaKit
import Value

/// A Lua file that returns a table: a gate or a plan, run with primitives absent.
enum LuaFile {
    /// Runs the file and takes its table; to be called on a Lua thread.
    ///
    /// `limit`: The longest text that is read.
    static func load(_ source: [UInt8], path: String, limit: Int) throws(GateError) -> LuaModule {
        do throws(LuaFailure) {
            var limits = LuaLimits()
            limits.sourceBytes = limit
            return try LuaHost(limits: limits).load(source: source, name: name(of: path))
        } catch {
            let text = "\(error)"
            let (file, fact) = placed(text, in: path)
            throw GateError(.invalid(fact), file: file)
        }
    }

    /// A message of Lua's begins with the file's name and the line, which become `folder/file.lua:3`, as editors open it.
    private static func placed(_ text: String, in path: String) -> (file: String, fact: String) {
        let prefix = name(of: path) + ":"
        guard text.hasPrefix(prefix) else { return (path, text) }
        let rest = text.dropFirst(prefix.count)
        let line = rest.prefix { $0.isASCII && $0.isNumber }
        let after = rest[line.endIndex...]
        guard !line.isEmpty, after.hasPrefix(": ") else { return (path, text) }
        return ("\(path):\(line)", String(after.dropFirst(2)))
    }

    /// The file's name, as evidence gives places: `lag_budget.lua`.
    static func name(of path: String) -> String {
        String(path[(path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex)...])
    }
}
