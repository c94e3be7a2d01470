/// The page of `sluice doc --api`, from the primitives' own descriptions.
enum ApiPage {
    static var text: String {
        var lines = [
            "PRIMITIVES", "",
            "Methods of ctx.source and ctx.target, and of what :as(\"principal\") returns. Each takes one table of named",
            "parameters and returns rows. A row has values or `error`.", "",
            "ctx.compare.NAME{} is there for gates about both clusters, ctx.mm2.NAME{} for all: after a dot, not a colon.",
            "",
        ]
        for primitive in Primitive.everywhere {
            lines.append("\(primitive.callName){\(primitive.parameters.map(\.name).joined(separator: ", "))}")
            lines.append("    \(primitive.summary)")
            lines.append("    Kafka APIs: \(primitive.apis.joined(separator: "; "))")
            if !primitive.parameters.isEmpty { lines.append("    Parameters") }
            for parameter in primitive.parameters {
                let required = parameter.isRequired ? " (required)" : ""
                lines.append("        \(parameter.name): \(parameter.kind.type)\(required)")
                lines.append("            \(parameter.doc)")
            }
            lines.append("    Fields")
            for field in primitive.fields {
                lines.append("        \(field.name): \(field.type)")
                lines.append("            \(field.doc)")
            }
            lines.append("")
        }
        return lines.joined(separator: "\n")
    }
}

extension Agent {
    /// The LuaCATS file of the gate API.
    package static func luaCATS() -> String { LuaCATS.file }

    /// The gate API as a page of text.
    package static func apiDoc() -> String { ApiPage.text }

    /// What each primitive asks, for `sluice plan` and `sluice doc`: the APIs by their names alone.
    package static var primitives: [(name: String, summary: String, apis: [String])] {
        Primitive.everywhere.map { primitive in
            let names = primitive.apis.flatMap { text in
                text.prefix { $0 != "(" }.split(separator: " ").filter { $0 != "or" }.map(String.init)
            }
            return (primitive.name, primitive.summary, names)
        }
    }
}
