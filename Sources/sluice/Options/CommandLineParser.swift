import Value

/// What a command line asks for.
enum Invocation: Sendable {
    case help(Command?)
    case command(Command, words: [String], options: ParsedOptions)
}

/// Reads a command line by the table of options: options and words in any order, the first word is the command.
struct CommandLineParser {
    private static let helpWords: Set<String> = ["-h", "--help"]

    private var rest: ArraySlice<String>
    private var words: [String] = []
    private var options = ParsedOptions()
    /// In the order given, to be checked once the command is known.
    private var used: [OptionSpec] = []

    /// Reads arguments, which come without the name of the program, and the environment.
    static func parse(
        _ arguments: [String], variable: @escaping (String) -> String?
    ) throws(UsageError) -> Invocation {
        let beforeEnd = arguments.prefix { $0 != "--" }
        if beforeEnd.contains(where: helpWords.contains) {
            return .help(beforeEnd.lazy.compactMap(Command.init(rawValue:)).first { $0 != .help })
        }
        // What other tools taught people to type.
        if arguments == ["--version"] || arguments == ["-V"] {
            return .command(.version, words: [], options: ParsedOptions())
        }
        var parser = CommandLineParser(rest: arguments[...])
        return try parser.parse(variable)
    }

    private init(rest: ArraySlice<String>) { self.rest = rest }

    private mutating func parse(_ variable: @escaping (String) -> String?) throws(UsageError) -> Invocation {
        let guess = rest.first.flatMap(Command.init(rawValue:))
        while let argument = rest.popFirst() {
            if argument == "--" {
                words += rest
                break
            } else if argument.utf8.starts(with: "--".utf8) {
                try long(argument, of: guess)
            } else if argument.utf8.first == UInt8(ascii: "-"), argument.utf8.count > 1 {
                try short(argument, of: guess)
            } else {
                words.append(argument)
            }
        }
        let command = try self.command()
        for spec in used where !spec.commands.contains(command) {
            throw UsageError("\(command.rawValue) has no option \(spec.name.spelled)", of: command)
        }
        try EnvironmentOptions(variable).fill(&options, for: command)
        try checkCount(of: words.count, for: command)
        return .command(command, words: words, options: options)
    }

    private mutating func command() throws(UsageError) -> Command {
        guard !words.isEmpty else { throw UsageError("no command given") }
        let word = words.removeFirst()
        guard let command = Command(rawValue: word) else { throw UsageError.unknownCommand(word) }
        return command
    }

    private func checkCount(of words: Int, for command: Command) throws(UsageError) {
        let range = command.operandCount
        if words < range.lowerBound { throw UsageError("\(command.rawValue) needs \(command.operands)", of: command) }
        if words > range.upperBound {
            throw UsageError("\(command.rawValue) does not take \"\(self.words[range.upperBound])\"", of: command)
        }
    }

    // MARK: Options

    private mutating func long(_ argument: String, of command: Command?) throws(UsageError) {
        let bytes = argument.utf8.dropFirst(2)
        let equals = bytes.firstIndex(of: UInt8(ascii: "="))
        let name = String(decoding: bytes[..<(equals ?? bytes.endIndex)], as: UTF8.self)
        let value = equals.map { String(decoding: bytes[bytes.index(after: $0)...], as: UTF8.self) }
        guard let spec = OptionTable.all.first(where: { $0.name.spelled == "--" + name }) else {
            throw unknown("--" + name, of: command)
        }
        try take(spec, value, of: command)
    }

    /// `-q`, `-X key=value`, `-Xkey=value`.
    private mutating func short(_ argument: String, of command: Command?) throws(UsageError) {
        let bytes = argument.utf8.dropFirst()
        let letter = String(decoding: bytes.prefix(1), as: UTF8.self)
        let attached = String(decoding: bytes.dropFirst(), as: UTF8.self)
        let spec = OptionTable.all.first { $0.name.spelled == "-" + letter || $0.short.map(String.init) == letter }
        guard let spec, spec.kind.form != nil || attached.isEmpty else { throw unknown(argument, of: command) }
        try take(spec, attached.isEmpty ? nil : attached, of: command)
    }

    private mutating func take(_ spec: OptionSpec, _ value: String?, of command: Command?) throws(UsageError) {
        used.append(spec)
        let name = spec.name.spelled
        guard let form = spec.kind.form else {
            if let value { throw UsageError("\(name) takes no value, but \"\(value)\" is given", of: command) }
            return options.add(nil, to: spec.name, from: .commandLine)
        }
        guard spec.isRepeatable || !options.flag(spec.name) else {
            throw UsageError("\(name) is given twice", of: command)
        }
        guard let value = value ?? nextValue() else {
            throw UsageError("\(name) needs a value: \(spec.placeholder)", of: command)
        }
        if let problem = form.problem(with: value) { throw UsageError("\(name): \(problem)", of: command) }
        options.add(value, to: spec.name, from: .commandLine)
    }

    /// The next argument, unless it is an option itself: then the value was forgotten.
    ///
    /// A value that begins with a dash
    /// is written `--option=-value`.
    private mutating func nextValue() -> String? {
        guard let next = rest.first else { return nil }
        let bytes = Array(next.utf8.prefix(2))
        let isOption = bytes.count == 2 && bytes[0] == UInt8(ascii: "-") && !(0x30...0x39).contains(bytes[1])
        return isOption ? nil : rest.popFirst()
    }

    private func unknown(_ option: String, of command: Command?) -> UsageError {
        // What is given to an option that nobody knows may be a password: -Dsasl.password=….
        let option = String(option.split(separator: "=", omittingEmptySubsequences: false).first ?? "")
        // Any letter is near any other.
        guard option.utf8.starts(with: "--".utf8) else { return UsageError("unknown option \(option)", of: command) }
        let known = command.map { OptionTable.options(of: $0) } ?? OptionTable.all
        let near = NearestName.nearestName(to: option, among: known.map(\.name.spelled))
        return UsageError("unknown option \(option)" + (near.map { "; did you mean \($0)?" } ?? ""), of: command)
    }
}
