import Gate
import Value

extension RunSetup {
    /// `world:run(arguments, options)`.
    static let method = ScriptMethod(
        "run",
        [
            .init("arguments", "table<string, any>", optional: true, "The gate's arguments, by name."),
            .init("options", "sluice.test.RunOptions", optional: true, "What options of `sluice run` would say."),
        ], returns: "sluice.test.Result result",
        "Runs the gate that the file is the test of, on both clusters as they are now.")

    /// The options, with their types in the notation of LuaCATS.
    static let options: [ScriptMethod.Parameter] = [
        .init(
            "wait", "string|integer", optional: true, "As `--wait`; such as `10m`. The world's clock makes it short."),
        .init("hold", "string|integer", optional: true, "As `--hold`."),
        .init("watch", "string|integer", optional: true, "As `--watch`."),
        .init("every", "string|integer", optional: true, "As `--every`."),
        .init("gate_timeout", "string|integer", optional: true, "As `--gate-timeout`."),
        .init("map_topics", "string", optional: true, "As `--map-topics`, such as `src.{topic}`."),
        .init("map_groups", "string", optional: true, "As `--map-groups`."),
        .init("allow", "string[]", optional: true, "Effects that the gate may have."),
        .init(
            "principals", "table<string, sluice.test.Login>", optional: true,
            "Principals to act as, by name: `{ billing = { user = \"billing\", password = \"secret\" } }`."),
        .init("login", "sluice.test.Login", optional: true, "How the run itself logs in. Default: it does not."),
        .init("config", "table<string, string|integer|boolean>", optional: true, "Client properties on both clusters."),
        .init(
            "gate", "string", optional: true,
            "Another gate to run, by its path from the test's folder: one whose evidence this one judges against."),
        .init("freeze", "string", optional: true, "As `--freeze`: `result.evidence` of a `freeze_capture`."),
        .init("host", "string", optional: true, "The machine it runs on. Default: one and the same."),
        .init("prior", "string[]", optional: true, "As `--prior`: `result.evidence` of earlier runs."),
        .init("plan", "table", optional: true, "Declared facts, as in a plan: `contracts`, `facts`, …"),
    ]

    /// `evidence`: What earlier runs of the test have written, by the names that their results gave.
    init(_ call: ScriptArguments, evidence: [String: [UInt8]]) throws(WorldError) {
        arguments = try call.map(0)
        let options = try call.options(1, Self.options.map(\.name))
        wait = try options.duration("wait")
        hold = try options.duration("hold")
        watch = try options.duration("watch")
        every = try options.duration("every")
        gateTimeout = try options.duration("gate_timeout")
        mapTopics = try options.text("map_topics")
        mapGroups = try options.text("map_groups")
        guard wait == nil || watch == nil else { throw WorldError("wait and watch exclude each other") }
        guard hold == nil || wait != nil else { throw WorldError("hold goes with wait") }
        for word in try options.texts("allow") {
            guard let effect = Effect(rawValue: word) else {
                throw options.mistake("allow", "a list of " + Effect.allCases.map(\.rawValue).joined(separator: ", "))
            }
            effects.insert(effect)
        }
        var common = try options.properties("config")
        if options["login"] != nil {
            common.merge(try login(try options.map("login"), "login")) { given, _ in given }
        }
        for side in ClusterSide.allCases { properties[side] = common }
        for (name, value) in try options.map("principals").sorted(by: { $0.key < $1.key }) {
            guard case .map(let entries) = value else { throw options.mistake("principals", "a table of logins") }
            principals.append(
                Principal(name: name.description, properties: try login(entries, name.description)))
        }
        otherGate = try options.text("gate")
        host = try options.text("host") ?? host
        func earlier(_ name: String) throws(WorldError) -> [UInt8] {
            guard let bytes = evidence[name] else {
                throw WorldError("'\(name)' is no evidence of this test; a result has its own as `evidence`")
            }
            return bytes
        }
        if let name = try options.text("freeze") { freeze = try earlier(name) }
        for name in try options.texts("prior") { priors.append(try earlier(name)) }
        if options["plan"] != nil { plan = .map(try options.map("plan")) }
    }

    /// `user`, `password` and `mechanism`, or client properties as they stand.
    private mutating func login(
        _ entries: [ByteString: Value], _ name: String
    ) throws(WorldError) -> [String: String] {
        var properties = try ScriptOptions.properties(entries, name, of: ":run")
        guard let user = properties.removeValue(forKey: "user") else { return properties }
        let password = properties.removeValue(forKey: "password") ?? ""
        passwords[user] = password
        let mechanism = properties.removeValue(forKey: "mechanism") ?? "PLAIN"
        let module = mechanism == "PLAIN" ? "plain.PlainLoginModule" : "scram.ScramLoginModule"
        let made = [
            "security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": mechanism,
            "sasl.jaas.config":
                "org.apache.kafka.common.security.\(module) required username=\"\(user)\" password=\"\(password)\";",
        ]
        return properties.merging(made) { given, _ in given }
    }
}
