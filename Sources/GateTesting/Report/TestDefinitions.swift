/// The LuaCATS file of `world`, with which editors complete and check tests, from the methods' own descriptions.
package enum TestDefinitions {
    package static var luaCATS: String {
        var lines = [head]
        for (name, options) in [("RunOptions", RunSetup.options), ("TLS", ClusterMethod.tlsOptions)] {
            lines.append("---@class (exact) sluice.test.\(name)")
            for option in options { lines.append("---@field \(option.name)? \(option.type) \(option.doc)") }
            lines.append("")
        }
        lines += type("sluice.test.Cluster", "Cluster", [], ClusterMethod.all.map(\.method))
        lines += type(
            "sluice.test.Moment", nil,
            ["---@field source sluice.test.Cluster", "---@field target sluice.test.Cluster"], [])
        lines += type("sluice.test.Clock", "Clock", [], Array(WorldScript.clockMethods.prefix(1)))
        lines.append(
            "---What time it is in the world.\n---@return integer ms Since 1970.\nfunction Clock.now_ms() end\n")
        lines += type(
            "sluice.test.Result", "Result",
            [
                "---@field verdict \"pass\"|\"fail\"|\"inconclusive\"",
                "---@field evidence string For the options `freeze` and `prior` of a later run.",
                "---@field attempts integer How often the gate was evaluated.",
                "---@field held_ms integer? For how long it held, where that was asked for.",
                "---@field reasons { code: string, message: string }[]",
                "---@field checks sluice.test.Check[]",
            ], ResultScript.methods)
        lines += type(
            "sluice.test.World", "World",
            [
                "---@field source sluice.test.Cluster", "---@field target sluice.test.Cluster",
                "---@field clock sluice.test.Clock",
            ], WorldScript.methods)
        return lines.joined(separator: "\n")
    }

    private static func type(
        _ name: String, _ local: String?, _ fields: [String], _ methods: [ScriptMethod]
    ) -> [String] {
        var lines = ["---@class (exact) \(name)"] + fields
        guard let local else { return lines + [""] }
        lines.append("local \(local) = {}\n")
        for method in methods {
            lines.append("---\(method.doc)")
            for parameter in method.parameters {
                lines.append(
                    "---@param \(parameter.name)\(parameter.isOptional ? "?" : "") \(parameter.type) \(parameter.doc)")
            }
            if let result = method.result { lines.append("---@return \(result)") }
            lines.append(
                "function \(local):\(method.name)(\(method.parameters.map(\.name).joined(separator: ", "))) end\n")
        }
        return lines
    }

    private static let head = """
        ---@meta
        -- Written by `sluice test --luacats`: what the functions of a gate's test get, as `world`.

        ---@class sluice.test.Record
        ---@field key? string
        ---@field value? string Without: a tombstone.
        ---@field headers? table<string, string>
        ---@field timestamp? integer In ms since 1970. Default: the world's time.

        ---A user of SASL/PLAIN (or of another mechanism), or client properties as they stand; `certificate` is the name
        ---in the client's certificate, which is made for it.
        ---@class sluice.test.Login
        ---@field user? string
        ---@field password? string
        ---@field mechanism? string
        ---@field certificate? string

        ---@class sluice.test.Check
        ---@field check string
        ---@field subject? table<string, any>
        ---@field ok? boolean Nil where it is unknown.
        ---@field unknown? string The reason why it could not be judged.
        ---@field actual? any
        ---@field limit? any
        ---@field facts? table<string, any>

        """
}
