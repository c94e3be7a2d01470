import Value

/// What is to be said of a method that tests may call: errors name its parameters, and editors learn of them.
struct ScriptMethod: Sendable {
    struct Parameter: Sendable {
        let name: String
        /// In the notation of LuaCATS.
        let type: String
        let isOptional: Bool
        let doc: String

        init(_ name: String, _ type: String, optional: Bool = false, _ doc: String) {
            self.name = name
            self.type = type
            isOptional = optional
            self.doc = doc
        }
    }

    let name: String
    let parameters: [Parameter]
    /// What it returns, in the notation of LuaCATS with a word on it; nil: nothing.
    let result: String?
    let doc: String

    init(_ name: String, _ parameters: [Parameter], returns result: String? = nil, _ doc: String) {
        self.name = name
        self.parameters = parameters
        self.result = result
        self.doc = doc
    }
}

/// A method of `world.source` and `world.target`.
struct ClusterMethod: Sendable {
    typealias Change = @Sendable (inout World.Side) throws(WorldError) -> Value

    let method: ScriptMethod
    /// Reads the arguments; what it gives is done at once, or when its time comes.
    let change: @Sendable (ScriptArguments) throws(WorldError) -> Change

    static let all = topics + records + groups + access + brokers + certificates + faults
}
