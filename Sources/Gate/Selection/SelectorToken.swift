import Value

/// One word or parenthesis of a selector.
struct SelectorToken: Hashable {
    enum Kind: Hashable {
        case open, close, and, or, not
        case atom(String)
        /// A whole word that starts like a path: it may hold blanks and parentheses.
        case path(String)
    }

    let kind: Kind
    /// From 1, in the words joined by single blanks.
    let column: Int
    let text: String

    /// Splits words at blanks and parentheses.
    ///
    /// A word that starts with `/`, `./` or `../` stays whole.
    static func list(_ words: [String]) -> [SelectorToken] {
        var tokens: [SelectorToken] = []
        var column = 1
        for word in words {
            defer { column += word.unicodeScalars.count + 1 }
            if ["/", "./", "../"].contains(where: word.hasPrefix) {
                tokens.append(SelectorToken(kind: .path(word), column: column, text: word))
                continue
            }
            tokens += split(word, from: column)
        }
        return tokens
    }

    private static func split(_ word: String, from start: Int) -> [SelectorToken] {
        var tokens: [SelectorToken] = []
        var atom = ""
        var atomColumn = start
        func finishAtom() {
            if !atom.isEmpty { tokens.append(SelectorToken(kind: kind(atom), column: atomColumn, text: atom)) }
            atom = ""
        }
        for (index, scalar) in word.unicodeScalars.enumerated() {
            switch scalar {
            case "(", ")":
                finishAtom()
                let kind = scalar == "(" ? Kind.open : .close
                tokens.append(SelectorToken(kind: kind, column: start + index, text: String(scalar)))
            case " ", "\t", "\n", "\r": finishAtom()
            default:
                if atom.isEmpty { atomColumn = start + index }
                atom.unicodeScalars.append(scalar)
            }
        }
        finishAtom()
        return tokens
    }

    private static func kind(_ text: String) -> Kind {
        switch text {
        case "and": .and
        case "or": .or
        case "not": .not
        default: text.contains("/") || text.hasSuffix(".lua") ? .path(text) : .atom(text)
        }
    }
}
