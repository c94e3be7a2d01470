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

    /// What each primitive asks, for `sluice plan` and `sluice doc`.
    package static var primitives: [PrimitiveNeeds] { Primitive.everywhere.map(PrimitiveNeeds.init) }
}

/// What a primitive sends, and what its principal has to be allowed for that.
package struct PrimitiveNeeds: Sendable {
    package let primitive: String
    /// The Kafka APIs by their names.
    package let apis: [String]
    /// What the principal has to be allowed, as `READ on the topics`, perhaps with a remark in parentheses; APIs that need
    /// nothing more have none.
    package let permissions: [String]

    init(_ primitive: Primitive) {
        self.primitive = primitive.name
        var (apis, permissions): ([String], [String]) = ([], [])
        for text in primitive.apis {
            let parts = text.split(separator: "(", maxSplits: 1)
            apis += (parts.first ?? "").split(separator: " ").filter { $0 != "or" }.map(String.init)
            guard parts.count == 2 else { continue }
            let allowed = parts[1].dropLast().split(separator: ":", maxSplits: 1)
            let remark = allowed.count == 2 ? " (\(allowed[1].drop { $0 == " " }))" : ""
            permissions += (allowed.first ?? "").split(separator: ",").map { "\($0.drop { $0 == " " })\(remark)" }
        }
        (self.apis, self.permissions) = (apis, permissions)
    }
}
