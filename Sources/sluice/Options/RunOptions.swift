import Agent
import Gate
import Value

/// The options of `run` and `plan` as a request to the agent.
enum RunOptions {
    /// The request; `argv` is the whole command line, for the evidence.
    static func request(
        _ command: Command, words: [String], options given: ParsedOptions, argv: [String]
    ) throws(UsageError) -> RunRequest {
        let options = try settled(given, of: command)
        var request = RunRequest()
        request.argv = argv
        request.planFile = command == .plan ? words.first : options.text(.plan)
        request.words = Array(command == .plan ? words.dropFirst() : words[...])
        if request.words.isEmpty, request.planFile == nil {
            throw UsageError("no gate and no plan given; name a gate, or --plan PLAN", of: command)
        }
        addClusters(options, to: &request)
        addLimits(options, to: &request)
        request.assignments = options.texts(.set)
        request.freezeFile = options.text(.freeze)
        request.priorFiles = options.texts(.prior)
        request.assignmentFiles = options.texts(.setFile)
        addAllowed(options, to: &request)
        request.change = options.text(.change)
        request.operatorName = options.text(.operatorName)
        request.detail = options.flag(.detail)
        addOrigins(options, to: &request)
        return request
    }

    /// The request of a prompt: clusters alone.
    static func prompt(_ given: ParsedOptions, argv: [String]) throws(UsageError) -> RunRequest {
        let options = try settledPrompt(given)
        var request = RunRequest()
        request.argv = argv
        request.isEmbedded = options.flag(.demo)
        addClusters(options, to: &request)
        addAllowed(options, to: &request)
        addOrigins(options, to: &request)
        return request
    }

    private static func addAllowed(_ options: ParsedOptions, to request: inout RunRequest) {
        for effect in options.texts(.allow).flatMap({ $0.split(separator: ",") }) {
            if let effect = Effect(rawValue: String(effect)) { request.effects.insert(effect) }
            if effect == "plaintext_password" { request.allowsPlaintextPassword = true }
        }
    }

    /// Which variables options came from.
    private static func addOrigins(_ options: ParsedOptions, to request: inout RunRequest) {
        for name in OptionName.allCases {
            guard case .environment(let variable)? = options[name]?.origin else { continue }
            request.environmentOrigins[name.spelled] = variable
        }
    }

    private static func addClusters(_ options: ParsedOptions, to request: inout RunRequest) {
        request.source.bootstrap = options.text(.source)
        request.source.configFile = options.text(.sourceConfig)
        request.target.bootstrap = options.text(.target)
        request.target.configFile = options.text(.targetConfig)
        request.strictConfig = options.flag(.strictConfig)
        request.mapTopics = options.text(.mapTopics)
        request.mapGroups = options.text(.mapGroups)
        request.properties = options.texts(.property).map(property)
        request.principals = options.texts(.principal).map(principal)
        request.routes = options.texts(.dial).map { text in
            let (advertised, address) = halves(text, at: "=")
            return RunRequest.Route(advertised: advertised, address: address)
        }
    }

    private static func addLimits(_ options: ParsedOptions, to request: inout RunRequest) {
        request.wait = options.duration(.wait)
        request.hold = options.duration(.hold)
        request.watch = options.duration(.watch)
        let isRepeated = request.wait != nil || request.watch != nil
        request.every = isRepeated ? options.duration(.every) ?? .seconds(10) : nil
        request.gateTimeout = options.duration(.gateTimeout)
        request.timeout = options.duration(.timeout)
        request.maxRate = options.text(.maxRate).flatMap { ByteRateText.parse($0) }
        request.parallel = options.text(.parallel).flatMap { ValueForm.count($0) } ?? request.parallel
        request.shard = options.text(.shard).flatMap { Shard($0) }
        request.failFast = options.flag(.failFast)
    }

    // MARK: Values with parts

    private static func property(_ text: String) -> RunRequest.Property {
        let (key, value) = halves(text, at: "=")
        for side in ClusterSide.allCases where key.utf8.starts(with: (side.rawValue + ".").utf8) {
            let inner = String(decoding: key.utf8.dropFirst(side.rawValue.utf8.count + 1), as: UTF8.self)
            return RunRequest.Property(side: side, key: inner, value: value)
        }
        return RunRequest.Property(side: nil, key: key, value: value)
    }

    /// `NAME=FILE` is a file for the target, `NAME=SOURCE_FILE:TARGET_FILE` one for each; either may be left out.
    private static func principal(_ text: String) -> RunRequest.Principal {
        let (name, files) = halves(text, at: "=")
        guard files.utf8.contains(UInt8(ascii: ":")) else {
            return RunRequest.Principal(name: name, sourceFile: nil, targetFile: files)
        }
        let (source, target) = halves(files, at: ":")
        return RunRequest.Principal(
            name: name, sourceFile: source.isEmpty ? nil : source, targetFile: target.isEmpty ? nil : target)
    }

    private static func halves(_ text: String, at separator: Unicode.Scalar) -> (String, String) {
        let byte = UInt8(ascii: separator)
        let end = text.utf8.firstIndex(of: byte) ?? text.utf8.endIndex
        return (
            String(decoding: text.utf8[..<end], as: UTF8.self),
            String(decoding: text.utf8[end...].dropFirst(), as: UTF8.self)
        )
    }

    // MARK: Options that depend on each other

    /// The clusters of the demo are no others'; what is typed beats what stands in the environment.
    private static func settledPrompt(_ given: ParsedOptions) throws(UsageError) -> ParsedOptions {
        var options = given
        let others: [OptionName] = [.source, .target, .sourceConfig, .targetConfig, .property, .principal, .dial]
        for other in others where options.flag(.demo) && options.flag(other) {
            if options.isFromEnvironment(other), !options.isFromEnvironment(.demo) {
                options.drop(other)
            } else if options.isFromEnvironment(.demo), !options.isFromEnvironment(other) {
                options.drop(.demo)
            } else {
                let fact = "\(options.called(.demo)) brings its own clusters; leave out \(options.called(other)), or it"
                throw UsageError(fact, of: .repl)
            }
        }
        return options
    }

    /// Refuses contradictions, except that what is typed beats what stands in the environment.
    private static func settled(
        _ given: ParsedOptions, of command: Command
    ) throws(UsageError) -> ParsedOptions {
        var options = given
        for other in [OptionName.wait, .hold] where options.flag(.watch) && options.flag(other) {
            if options.isFromEnvironment(other), !options.isFromEnvironment(.watch) {
                options.drop(other)
            } else if options.isFromEnvironment(.watch), !options.isFromEnvironment(other) {
                options.drop(.watch)
            } else {
                let fact = "\(options.called(.watch)) and \(options.called(other)) exclude each other"
                throw UsageError(fact, of: command)
            }
        }
        for other in [OptionName.wait, .watch] where options.flag(.shard) && options.flag(other) {
            if options.isFromEnvironment(other), !options.isFromEnvironment(.shard) {
                options.drop(other)
                continue
            }
            let both = "\(options.called(.shard)) and \(options.called(other))"
            throw UsageError("\(both) exclude each other: no shard passes alone", of: command)
        }
        try need(.hold, oneOf: [.wait], &options, command)
        try need(.every, oneOf: [.wait, .watch], &options, command)
        for text in options.texts(.principal) where halves(text, at: "=").1.utf8.allSatisfy({ $0 == UInt8(ascii: ":") })
        {
            throw UsageError("\(options.called(.principal)): \"\(text)\" names no file", of: command)
        }
        return options
    }

    /// An option that means nothing without another; from the environment it waits for a run that has that one.
    private static func need(
        _ name: OptionName, oneOf others: [OptionName], _ options: inout ParsedOptions, _ command: Command
    ) throws(UsageError) {
        guard options.flag(name), !others.contains(where: options.flag) else { return }
        guard options.isFromEnvironment(name) else {
            let needed = others.map(\.spelled).joined(separator: " or ")
            throw UsageError("\(name.spelled) has no meaning without \(needed)", of: command)
        }
        options.drop(name)
    }
}
