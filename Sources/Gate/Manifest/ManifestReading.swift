import Value

extension GateManifest {
    static let dataKeys = [
        "name", "summary", "doc", "phase", "severity", "tags", "clusters", "effects", "args", "timeout", "waivable",
        "probes", "shardable", "blind_to", "example",
    ]

    /// `run` must be a function, and nothing else may be one.
    static func checkFunctions(
        _ functions: some Sequence<ByteString>, of value: Value, at place: Place
    ) throws(GateError) {
        let names = Set(functions)
        if let run = value["run"] { throw place.key("run").wrongType("function", run) }
        let known = dataKeys + ["run"]
        if let stranger = names.filter({ $0 != "run" }).min() {
            if dataKeys.contains(where: { ByteString($0) == stranger }) {
                throw place.key(stranger).error(.wrongType(expected: "data", found: "function"))
            }
            throw place.key(stranger).error(.unknownKey, hint: Nearest.hint(stranger.description, among: known))
        }
        guard names.contains("run") else {
            throw place.key("run").error(.missing, hint: "run = function(ctx) … end")
        }
    }

    static func name(_ fields: Fields) throws(GateError) -> String {
        let place = fields.place(of: "name")
        guard let value = fields["name"] else { throw place.error(.missing, hint: NameRule.words) }
        let name = try Fields.name(value, at: place)
        // A selector could never name it.
        if ["and", "or", "not"].contains(name) {
            throw place.error(.invalid("\(Quoted.text(name)) is a word of selectors"))
        }
        return name
    }

    static func tags(_ fields: Fields) throws(GateError) -> [String] {
        var tags: [String] = []
        for (index, value) in try fields.list("tags").enumerated() {
            let place = fields.place(of: "tags").element(index)
            let tag = try Fields.line(value, at: place)
            guard NameRule.allowsTag(ByteString(tag)) else {
                throw place.error(.invalid("\(Quoted.text(tag)) is not 1 to 64 characters of a-z, 0-9, _, - and ."))
            }
            if !tags.contains(tag) { tags.append(tag) }
        }
        return tags
    }

    static func words<Word: RawRepresentable & CaseIterable & Equatable>(
        _ fields: Fields, _ key: String
    ) throws(GateError) -> [Word] where Word.RawValue == String {
        var words: [Word] = []
        for (index, value) in try fields.list(key).enumerated() {
            let word: Word = try Fields.word(value, at: fields.place(of: key).element(index))
            if !words.contains(word) { words.append(word) }
        }
        return words
    }

    static func timeout(_ fields: Fields) throws(GateError) -> Int64? {
        guard let value = fields["timeout"] else { return nil }
        let place = fields.place(of: "timeout")
        switch value {
        case .integer(let ms) where (1...DurationText.longestMs).contains(ms): return ms
        case .string(let text):
            if let ms = DurationText.milliseconds(text), ms > 0 { return ms }
            throw place.error(.invalid("\(Quoted.text(text)) is not \(DurationText.words), more than 0"))
        case .integer: throw place.error(.invalid("is not more than 0"))
        default: throw place.wrongType("a duration, as \"60s\" or milliseconds", value)
        }
    }

    /// A table of fact and reason, or a list of `{ fact = …, reason = … }`.
    static func blindSpots(_ fields: Fields) throws(GateError) -> [BlindSpot] {
        guard let value = fields["blind_to"] else { return [] }
        let place = fields.place(of: "blind_to")
        var spots: [BlindSpot] = []
        if case .map(let entries) = value {
            for (fact, reason) in entries.sorted(by: { $0.key < $1.key }) {
                let inner = place.key(fact)
                let name = try Fields.line(.string(fact), at: inner)
                spots.append(BlindSpot(fact: name, reason: try Fields.line(reason, at: inner)))
            }
            return spots
        }
        for (index, element) in try Fields.list(value, at: place).enumerated() {
            let inner = try Fields(element, at: place.element(index), known: ["fact", "reason"])
            let fact = try inner.requiredLine("fact")
            let reason = try inner.requiredLine("reason", hint: "say why this gate need not see it")
            spots.append(BlindSpot(fact: fact, reason: reason))
        }
        return spots
    }

    static func arguments(_ fields: Fields, matching: PatternMatcher) throws(GateError) -> [ArgumentSpec] {
        var specs: [ArgumentSpec] = []
        for (name, value) in try fields.map("args").sorted(by: { $0.key < $1.key }) {
            specs.append(try ArgumentSpec(name: name, value, at: fields.place(of: "args"), matching: matching))
        }
        return specs
    }

    /// A list of sides and `{ arg = … }`, or one `{ arg = … }` alone.
    static func clusters(_ fields: Fields, arguments: [ArgumentSpec]) throws(GateError) -> [ClusterUse] {
        guard let value = fields["clusters"] else { return [] }
        let place = fields.place(of: "clusters")
        if case .map(let entries) = value, !entries.isEmpty {
            return [try argumentUse(value, at: place, arguments: arguments)]
        }
        var uses: [ClusterUse] = []
        for (index, element) in try Fields.list(value, at: place).enumerated() {
            let inner = place.element(index)
            let use: ClusterUse
            if case .map = element {
                use = try argumentUse(element, at: inner, arguments: arguments)
            } else {
                use = .side(try Fields.word(element, at: inner))
            }
            if !uses.contains(use) { uses.append(use) }
        }
        return uses
    }

    private static func argumentUse(
        _ value: Value, at place: Place, arguments: [ArgumentSpec]
    ) throws(GateError) -> ClusterUse {
        let fields = try Fields(value, at: place, known: ["arg"])
        let name = try fields.requiredLine("arg")
        let inner = fields.place(of: "arg")
        guard let spec = arguments.first(where: { $0.name == name }) else {
            let hint = Nearest.hint(name, among: arguments.map(\.name))
            throw inner.error(.invalid("there is no argument \(Quoted.text(name))"), hint: hint)
        }
        let sides = ClusterSide.allCases.map { Value.text($0.rawValue) }
        let isSide =
            spec.type == ArgumentType(.string) && !spec.values.isEmpty && spec.values.allSatisfy(sides.contains)
        guard isSide else {
            let hint = "args.\(name) = { type = \"string\", values = { \"source\", \"target\" }, default = \"source\" }"
            throw inner.error(.invalid("argument \(name) is not a string of the values source and target"), hint: hint)
        }
        guard spec.isRequired || spec.defaultValue != nil else {
            throw inner.error(.invalid("argument \(name) is neither required nor has it a default"))
        }
        return .argument(name)
    }
}
