import Evidence
import Gate
import HostSystem
import KafkaClient
import LuaKit
import Secrets
import TLS
import Value

/// Makes of what was asked for a run that can start: everything that can go wrong before a cluster is contacted goes
/// wrong here, with the exit code of the contract.
struct Preparation {
    let environment: AgentEnvironment
    let request: RunRequest
    private var planFile: PlanFile?
    private var warnings: [String] = []

    init(environment: AgentEnvironment, request: RunRequest) {
        self.environment = environment
        self.request = request
    }

    mutating func prepared() async throws(AgentError) -> PreparedRun {
        registerSecrets()
        if let hold = request.hold, let wait = request.wait, hold >= wait {
            warnings.append("what has to hold as long as is waited, or longer, can never have held: wait for longer")
        }
        if let path = request.planFile { planFile = try await PlanReader(host: environment.host).plan(path) }
        let plan = planFile?.plan
        let selected = try await GateSelection(environment: environment).gates(words: request.words, plan: planFile)
        let earlier = try EarlierEvidence(
            prior: request.priorFiles, freeze: request.freezeFile, host: environment.host)
        let known = Set(
            ClusterSide.allCases.filter { earlier.sides.contains($0.rawValue) && !hasAddress($0, plan: plan) })
        let steps = try await arguments(for: selected, plan: plan, known: known)
        let mapping = try mapping(plan)
        try checkEffects(steps)
        let sides = steps.reduce(into: Set<ClusterSide>()) { $0.formUnion($1.sides) }
        var clusters: [ClusterSide: PreparedRun.Cluster] = [:]
        for side in ClusterSide.allCases where sides.contains(side) {
            clusters[side] = try cluster(side, plan: plan, neededBy: steps)
        }
        return PreparedRun(
            request: request, plan: plan, planDigest: planFile?.digest, mapping: mapping, routes: try routes(),
            steps: steps, clusters: clusters, earlier: earlier,
            share: try share(of: steps, planDigest: planFile?.digest, mapping: mapping, earlier: earlier),
            warnings: warnings)
    }

    /// For a prompt: the clusters that are given, and no gate.
    mutating func preparedPrompt() throws(AgentError) -> PreparedRun {
        registerSecrets()
        var clusters: [ClusterSide: PreparedRun.Cluster] = [:]
        for side in ClusterSide.allCases {
            let given = side == .source ? request.source : request.target
            let isAmongProperties = request.properties.contains {
                $0.key == "bootstrap.servers" && ($0.side ?? side) == side
            }
            guard given.bootstrap != nil || given.configFile != nil || isAmongProperties else { continue }
            clusters[side] = try cluster(side, plan: nil, neededBy: [])
        }
        guard !clusters.isEmpty else {
            throw AgentError(.usage, "no cluster is given; add --source HOST:PORT or --target HOST:PORT, or try --demo")
        }
        return PreparedRun(
            request: request, plan: nil, planDigest: nil, mapping: try mapping(nil), routes: try routes(), steps: [],
            clusters: clusters, earlier: .none, share: nil, warnings: warnings)
    }

    /// The secrets of every `-X`, also of one for a cluster that no gate of this run needs: evidence holds the command
    /// line.
    private func registerSecrets() {
        var intake = builder()
        for property in request.properties {
            let entry = ConfigEntry(key: property.key, value: property.value, origin: .option("-X"))
            // What is wrong with a property is told where the property is used.
            do throws(ConfigError) { try intake.add([entry]) } catch { continue }
        }
    }

    // MARK: Arguments

    /// `known`: Sides that earlier evidence tells of and nobody has an address for; they are not contacted.
    private func arguments(
        for selected: [SelectedGate], plan: Plan?, known earlier: Set<ClusterSide>
    ) async throws(AgentError) -> [PreparedRun.Step] {
        var layers: [[Assignment]] = []
        let known = Set(selected.flatMap { [ByteString($0.id), ByteString($0.file.manifest.name)] })
        for path in request.assignmentFiles {
            let (value, _) = try await PlanReader(host: environment.host).data(path)
            layers.append(try gated { () throws(GateError) in try Assignment.list(value, file: path, gates: known) })
        }
        let given = try gated { () throws(GateError) in
            var list: [Assignment] = []
            let origin = request.environmentOrigins["--set"] ?? "--set"
            for text in request.assignments { list.append(try Assignment(parsing: ByteString(text), origin: origin)) }
            return list
        }
        // A file that is named on the command line beats values of the environment.
        let isFileTyped = request.environmentOrigins["--set-file"] == nil
        let isEarlier = isFileTyped && request.environmentOrigins["--set"] != nil
        layers.insert(given, at: isEarlier ? 0 : layers.endIndex)
        let gates = selected.map {
            EffectiveArguments.Gate(id: $0.id, name: $0.file.manifest.name, specs: $0.file.manifest.arguments)
        }
        let (all, file) = (layers, plan?.file)
        let resolved: Result<[EffectiveArguments], GateError>?
        do throws(LuaFailure) {
            // Patterns of arguments are Lua's, so this needs a Lua thread.
            resolved = try await LuaThread.run(until: .now + .seconds(30)) {
                Result { () throws(GateError) in
                    try EffectiveArguments.checkUse(of: all.flatMap { $0 }, by: gates)
                    let patterns = LuaPatterns()
                    var resolved: [EffectiveArguments] = []
                    for (gate, chosen) in zip(gates, selected) {
                        resolved.append(
                            try EffectiveArguments.resolve(
                                gate, plan: chosen.planArguments, planFile: file, layers: all,
                                matching: patterns.matches))
                    }
                    return resolved
                }
            }
        } catch {
            throw AgentError(.software, "\(error)")
        }
        guard let resolved else { throw AgentError(.badInput, "the arguments do not come to an end") }
        let arguments = try gated { () throws(GateError) in try resolved.get() }
        return zip(selected, arguments).map { gate, arguments in
            PreparedRun.Step(
                id: gate.id, file: gate.file, arguments: arguments, needs: gate.needs, isNamed: gate.isNamed,
                sides: gate.file.manifest.sides(with: arguments).subtracting(earlier))
        }
    }

    private func mapping(_ plan: Plan?) throws(AgentError) -> TopicMapping {
        do throws(GateError) {
            let base = if let plan { plan.mapping } else { try TopicMapping() }
            return try base.overriding(topics: request.mapTopics, groups: request.mapGroups)
        } catch {
            // A template of the plan was read with the plan.
            throw AgentError(.usage, "\(called(error.path)): \(GateError(error.reason, hint: error.hint))")
        }
    }

    private func routes() throws(AgentError) -> [HostPort: HostPort] {
        var routes: [HostPort: HostPort] = [:]
        for route in request.routes {
            do throws(ConfigError) {
                routes[try HostPort(route.advertised)] = try HostPort(route.address)
            } catch {
                throw AgentError(.usage, "\(called("--dial")) \(route.advertised)=\(route.address): \(error)")
            }
        }
        return routes
    }

    private func checkEffects(_ steps: [PreparedRun.Step]) throws(AgentError) {
        for step in steps {
            for effect in step.manifest.effects where !request.effects.contains(effect) {
                throw AgentError(
                    .noPermission,
                    "gate \(step.id) has the effect '\(effect.rawValue)', which this run does not allow; "
                        + "add --allow \(effect.rawValue) if it may change the cluster")
            }
        }
    }

    // MARK: Clusters

    private mutating func cluster(
        _ side: ClusterSide, plan: Plan?, neededBy steps: [PreparedRun.Step]
    ) throws(AgentError) -> PreparedRun.Cluster {
        let planned = side == .source ? plan?.source : plan?.target
        let given = side == .source ? request.source : request.target
        guard hasAddress(side, plan: plan) else {
            let gate = steps.first { $0.sides.contains(side) }?.id ?? ""
            throw AgentError(
                .usage,
                "gate \(gate) reads the \(side.rawValue) cluster, and none is given; add --\(side.rawValue) HOST:PORT "
                    + "or name it in a plan")
        }
        let own = try config(side, file: given.configFile ?? planned?.config, isOption: given.configFile != nil, plan)
        let tls = try opened(own, of: side.rawValue)
        var principals: [String: ClientConfig] = [:]
        var principalTLS: [String: TLSContext] = [:]
        for (name, file) in principalFiles(side, plan) {
            let config = try principal(name, file: file, side: side, bootstrap: own.bootstrap)
            principals[name] = config
            principalTLS[name] = try opened(config, of: "principal \(name)")
        }
        return PreparedRun.Cluster(
            side: side, config: own, pinnedID: planned?.clusterID, principals: principals, tls: tls,
            principalTLS: principalTLS)
    }

    /// Whether anything says where a cluster is.
    private func hasAddress(_ side: ClusterSide, plan: Plan?) -> Bool {
        let planned = side == .source ? plan?.source : plan?.target
        let given = side == .source ? request.source : request.target
        return given.bootstrap != nil || given.configFile != nil || planned?.config != nil
            || !(planned?.bootstrap.isEmpty ?? true)
            || request.properties.contains { $0.key == "bootstrap.servers" && ($0.side ?? side) == side }
    }

    private func principalFiles(_ side: ClusterSide, _ plan: Plan?) -> [(name: String, file: String)] {
        var files: [String: String] = [:]
        for principal in plan?.principals ?? [] {
            files[principal.name] = side == .source ? principal.source : principal.target
        }
        for principal in request.principals {
            files[principal.name] = side == .source ? principal.sourceFile : principal.targetFile
        }
        return files.sorted { $0.key < $1.key }.map { (name: $0.key, file: $0.value) }
    }

    /// The layers of the contract: file, plan, environment, options; the later beats the earlier.
    private mutating func config(
        _ side: ClusterSide, file: String?, isOption: Bool, _ plan: Plan?
    ) throws(AgentError) -> ClientConfig {
        let planned = side == .source ? plan?.source : plan?.target
        let given = side == .source ? request.source : request.target
        var builder = builder()
        if let file { try requireThere(file) }
        let result: ClientConfigBuilder.Result
        do throws(ConfigError) {
            if let file {
                let option = "--\(side.rawValue)-config"
                try builder.add(
                    file: file, namedAt: isOption ? .option(option) : .plan("\(side.rawValue).config"))
            }
            if let bootstrap = planned?.bootstrap, !bootstrap.isEmpty {
                try builder.add([
                    ConfigEntry(
                        key: "bootstrap.servers", value: bootstrap.joined(separator: ","),
                        origin: .plan("\(side.rawValue).bootstrap"))
                ])
            }
            try builder.add(overrides(side, isFromEnvironment: true, bootstrap: given.bootstrap))
            try builder.add(overrides(side, isFromEnvironment: false, bootstrap: given.bootstrap))
            result = try builder.build()
        } catch {
            var place = ""
            if let planFile, case .plan(let key)? = error.place { place = planFile.place(of: key) + ": " }
            throw AgentError(exitCode(of: error, side), "\(place)\(side.rawValue): \(error)")
        }
        warnings += result.warnings.map { "\(side.rawValue): \($0)" }
        try require(result.config, of: "the \(side.rawValue) cluster")
        return result.config
    }

    /// `--source` and `-X`, those of the environment or those of the command line.
    private func overrides(
        _ side: ClusterSide, isFromEnvironment: Bool, bootstrap: String?
    ) -> [ConfigEntry] {
        var entries: [ConfigEntry] = []
        let option = "--\(side.rawValue)"
        if let bootstrap, (request.environmentOrigins[option] != nil) == isFromEnvironment {
            entries.append(ConfigEntry(key: "bootstrap.servers", value: bootstrap, origin: origin(of: option)))
        }
        guard (request.environmentOrigins["-X"] != nil) == isFromEnvironment else { return entries }
        let origin = origin(of: "-X")
        for property in request.properties where (property.side ?? side) == side {
            entries.append(ConfigEntry(key: property.key, value: property.value, origin: origin))
        }
        return entries
    }

    private func origin(of option: String) -> ConfigOrigin {
        request.environmentOrigins[option].map { .environment($0) } ?? .option(option)
    }

    /// An option as messages call it: `--dial`, or the variable it came from.
    private func called(_ option: String) -> String { "\(origin(of: option))" }

    /// Addresses are wrong usage where an option or its variable has them and bad input where a plan has; `-X` is
    /// configuration like the file that it beats.
    private func exitCode(of error: ConfigError, _ side: ClusterSide) -> ExitCode {
        switch error.place {
        case origin(of: "--\(side.rawValue)"): .usage
        case .plan("\(side.rawValue).bootstrap"): .badInput
        default: .badConfiguration
        }
    }

    private mutating func principal(
        _ name: String, file: String, side: ClusterSide, bootstrap: [HostPort]
    ) throws(AgentError) -> ClientConfig {
        var builder = builder()
        try requireThere(file)
        let result: ClientConfigBuilder.Result
        do throws(ConfigError) {
            // Where the cluster is, the run says, unless the principal logs in on a listener of its own.
            try builder.add([
                ConfigEntry(
                    key: "bootstrap.servers", value: bootstrap.map { "\($0)" }.joined(separator: ","),
                    origin: .builtIn)
            ])
            try builder.add(file: file, namedAt: .option("--principal \(name)"))
            result = try builder.build()
        } catch {
            throw AgentError(.badConfiguration, "principal \(name): \(error)")
        }
        warnings += result.warnings.map { "principal \(name): \($0)" }
        if result.config.sasl == nil, result.config.tls?.identity == nil {
            warnings.append(
                "principal \(name): \(file) has neither a SASL login nor a client certificate: brokers take whoever "
                    + "comes so for User:ANONYMOUS")
        }
        try require(result.config, of: "principal \(name)")
        return result.config
    }

    private func builder() -> ClientConfigBuilder {
        ClientConfigBuilder(source: source, secrets: environment.secrets, strict: request.strictConfig)
    }

    private var source: ConfigSource {
        let host = environment.host
        return ConfigSource(environment: host.variable) { path throws(ConfigSource.Failure) in
            do throws(FileError) {
                return try host.read(path, PropertiesFile.maximumSize)
            } catch {
                throw ConfigSource.Failure(error)
            }
        }
    }

    /// Opens the key and trust stores of a configuration, if it has TLS.
    private mutating func opened(_ config: ClientConfig, of whom: String) throws(AgentError) -> TLSContext? {
        guard let tls = config.tls else { return nil }
        do throws(ConfigError) {
            let clock = environment.clock
            let context = try TLSContext(tls, source: source) { clock.now().wallUs / 1_000_000 }
            warnings += context.warnings.map { "\(whom): \($0)" }
            return context
        } catch {
            throw AgentError(.badConfiguration, "\(whom): \(error)")
        }
    }

    /// A file named on the command line or in the plan that is missing or may not be read has an exit code of its own.
    private func requireThere(_ path: String) throws(AgentError) {
        do throws(FileError) {
            _ = try environment.host.read(path, PropertiesFile.maximumSize)
        } catch {
            // What else is wrong with it, the configuration says with its own exit code.
            if [.missing, .notPermitted].contains(error.reason) { throw AgentError(error.exitCode, "\(error)") }
        }
    }

    /// What must not be sent, and what cannot be.
    private func require(_ config: ClientConfig, of whom: String) throws(AgentError) {
        if config.sendsPasswordInClear, !request.allowsPlaintextPassword {
            throw AgentError(
                .badConfiguration,
                "\(whom) would send its password in clear (SASL/PLAIN without TLS); use SASL_SSL, or allow it with "
                    + "--allow plaintext_password")
        }
    }

    private func gated<T>(_ body: () throws(GateError) -> T) throws(AgentError) -> T {
        do throws(GateError) {
            return try body()
        } catch {
            throw AgentError(error.isUsage ? .usage : .badInput, "\(planFile?.placed(error) ?? error)")
        }
    }
}

extension ConfigSource.Failure {
    fileprivate init(_ error: FileError) {
        self =
            switch error.reason {
            case .missing: .missing
            case .notPermitted: .notPermitted
            case .isFolder: .isDirectory
            case .tooLarge: .tooLarge
            case .other(let words): .other(words)
            }
    }
}
