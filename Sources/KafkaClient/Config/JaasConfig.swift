/// The one login module that `sasl.jaas.config` names: `Module flag name="value" … ;`.
package struct JaasConfig: Sendable, Hashable {
    package enum Flag: String, Sendable, CaseIterable {
        case required, requisite, sufficient, optional
    }

    package struct Option: Sendable, Hashable {
        package var name: String
        package var value: String
        /// Where the value stands in the text, before its escapes were read and without its quotes.
        package var range: Range<Int>
    }

    package let module: String
    package let flag: Flag
    /// In the order of the text; of one named twice the last counts, as in Java.
    package let options: [Option]

    /// - Throws: what is wrong and where, without quoting: any piece of a broken text may belong to a password.
    package init(_ bytes: [UInt8]) throws(ConfigError) {
        var lexer = JaasLexer(bytes)
        guard case .word(let module, _) = try lexer.next() else {
            throw ConfigError(.syntax, "names no login module", hint: Self.shape)
        }
        guard case .word(let word, _) = try lexer.next(),
            let flag = Flag(rawValue: String(decoding: word, as: UTF8.self).lowercased())
        else {
            throw ConfigError(
                .syntax, "the login module is not followed by required, requisite, sufficient or optional",
                hint: Self.shape)
        }
        var options: [Option] = []
        while true {
            let token = try lexer.next()
            if token == .symbol(UInt8(ascii: ";")) { break }
            guard case .word(let name, _) = token else {
                throw ConfigError(
                    .syntax, token == .end ? "does not end in a semicolon" : "has a '=' where a name should be",
                    hint: Self.shape)
            }
            guard try lexer.next() == .symbol(UInt8(ascii: "=")), case .word(let value, let range) = try lexer.next()
            else {
                throw ConfigError(.syntax, "option \(options.count + 1) has no value", hint: Self.shape)
            }
            options.append(
                Option(
                    name: String(decoding: name, as: UTF8.self), value: String(decoding: value, as: UTF8.self),
                    range: range))
        }
        guard try lexer.next() == .end else {
            throw ConfigError(.syntax, "goes on after its semicolon", hint: "a client has one login module")
        }
        self.module = String(decoding: module, as: UTF8.self)
        self.flag = flag
        self.options = options
    }

    /// The value of an option; nil where it is not given.
    package subscript(name: String) -> String? { option(name)?.value }

    package func option(_ name: String) -> Option? { options.last { $0.name == name } }

    private static let shape = "the form is: MODULE required NAME=\"VALUE\" … ;"
}
