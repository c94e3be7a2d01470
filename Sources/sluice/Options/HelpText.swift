/// The pages of `--help`, from the tables of commands and options.
enum HelpText {
    private static let columns = 100
    private static let indent = 30

    static func page(_ command: Command?) -> [String] { command.map(page) ?? general }

    private static var general: [String] {
        var lines = ["sluice: gates for Kafka migrations; each earns its verdict with evidence", "", "usage:"]
        for command in Command.allCases {
            let usage = "sluice \(command.rawValue) \(command.operands)"
            lines += entry(usage, command.summary)
        }
        lines += ["", "sluice COMMAND --help shows the options of a command."]
        return lines
    }

    private static func page(_ command: Command) -> [String] {
        let options = OptionTable.options(of: command)
        let usage = ["sluice", command.rawValue, command.operands, options.isEmpty ? "" : "[options]"]
        var lines = ["usage: " + usage.filter { !$0.isEmpty }.joined(separator: " "), "", command.summary]
        for paragraph in command.details { lines += [""] + TextWrap.lines(paragraph, columns: columns) }
        let hasHeadings = Set(options.map(\.group)).count > 1
        for group in OptionSpec.Group.allCases {
            let members = options.filter { $0.group == group }
            guard !members.isEmpty else { continue }
            lines += ["", hasHeadings ? group.rawValue : "Options"]
            for option in members {
                let standard = option.standard.map { " (default: \($0))" } ?? ""
                let again = option.isRepeatable ? "; may be repeated" : ""
                lines += entry(option.usage, option.doc + again + standard)
            }
        }
        if !options.isEmpty { lines += [""] + TextWrap.lines(environment, columns: columns) }
        return lines + exitCodes(command)
    }

    private static let environment = """
        Each option has an environment variable, such as \(OptionName.gateTimeout.variable) for \
        \(OptionName.gateTimeout.spelled) and \(OptionName.property.variable) for \(OptionName.property.spelled). \
        An option on the command line replaces it. A flag is set by 1 or true, an option that may be repeated has one \
        value a line.
        """

    private static func exitCodes(_ command: Command) -> [String] {
        guard command == .run else { return [] }
        let codes = [
            ("0", "pass"), ("1", "fail"), ("2", "inconclusive"), ("64", "usage"),
            ("65", "bad plan, gate or argument, or nothing selected"), ("66", "a file is missing"),
            ("70", "a bug of sluice"), ("73", "the evidence file exists or cannot be created"),
            ("74", "evidence could not be written"), ("77", "permission, or an effect that is not allowed"),
            ("78", "bad configuration"), ("130", "interrupted"), ("143", "terminated"),
        ]
        return ["", "Exit codes"] + codes.map { "  " + TextWidth.padded($0.0, to: 5) + $0.1 }
    }

    /// Left what is written, right what it means; below each other where the left is too long.
    private static func entry(_ left: String, _ right: String) -> [String] {
        let texts = TextWrap.lines(right, columns: columns - indent)
        let margin = String(repeating: " ", count: indent)
        let head = "  " + left
        guard TextWidth.of(head) + 2 <= indent, let first = texts.first else {
            return [head] + texts.map { margin + $0 }
        }
        return [TextWidth.padded(head, to: indent) + first] + texts.dropFirst().map { margin + $0 }
    }
}
