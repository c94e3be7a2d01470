import KafkaClient
import Value

/// One question a gate can ask of a cluster, and all that is to be said of it.
///
/// The same description checks the arguments, names the fields of the rows, and becomes `sluice doc --api` and the
/// LuaCATS file of editors.
package struct Primitive: Sendable {
    package struct Parameter: Sendable {
        package enum Kind: Sendable {
            case string
            /// A list of strings; one string alone is a list of one.
            case strings
            case integer
            /// A list of integers; one alone is a list of one.
            case integers
            case boolean
            /// Node ids, as integers or texts of them, or a word for all; one alone is a list of one.
            case nodes
            /// A word of these.
            case word([String])
            /// A list of such words, in whatever case and with or without hyphens and low lines; one alone is a list of
            /// one.
            case words([String])
            /// An integer or a word of these.
            case integerOrWord([String])
        }

        package let name: String
        package let kind: Kind
        package let isRequired: Bool
        package let doc: String

        package init(_ name: String, _ kind: Kind, required: Bool = false, _ doc: String) {
            self.name = name
            self.kind = kind
            isRequired = required
            self.doc = doc
        }
    }

    package struct Field: Sendable {
        package let name: String
        /// In the notation of LuaCATS: `integer`, `string?`, `integer[]`.
        package let type: String
        package let doc: String

        package init(_ name: String, _ type: String, _ doc: String) {
            self.name = name
            self.type = type
            self.doc = doc
        }
    }

    package let name: String
    package let summary: String
    /// The Kafka APIs it sends, each with the permissions it needs: `OffsetFetch (DESCRIBE on the group, DESCRIBE on the
    /// topics: a remark)`.
    package let apis: [String]
    package let parameters: [Parameter]
    package let fields: [Field]
    private let body: @Sendable (Question) async throws(KafkaError) -> RowList

    init(
        _ name: String, _ summary: String, apis: [String], parameters: [Parameter], fields: [Field],
        answer body: @escaping @Sendable (Question) async throws(KafkaError) -> RowList
    ) {
        self.name = name
        self.summary = summary
        self.apis = apis
        self.parameters = parameters
        self.fields = fields
        self.body = body
    }

    /// Asks; a call that fails as a whole is one failed row, with what its arguments say of it.
    func answer(_ question: Question) async -> RowList {
        do throws(KafkaError) {
            return try await body(question)
        } catch {
            let known = question.arguments.filter { name, value in
                switch value {
                case .string, .integer: fieldNames.contains(name)
                default: false
                }
            }
            return question.failure(error, known)
        }
    }

    /// As a script calls it: `:lag`, or `ctx.compare.records`.
    var callName: String { name.contains(".") ? "ctx.\(name)" : ":\(name)" }

    /// Without its namespace.
    var shortName: String { name.split(separator: ".").last.map(String.init) ?? name }

    var fieldNames: [ByteString] { fields.map { ByteString($0.name) } }
}
