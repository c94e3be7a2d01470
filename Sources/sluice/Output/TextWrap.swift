/// Breaks texts into lines.
enum TextWrap {
    /// Lines of at most so many columns, broken at blanks; a longer word stands alone, whole.
    ///
    /// An empty line separates paragraphs. A line that begins with a blank or a bullet starts anew; one that begins with
    /// a blank keeps its form.
    static func lines(_ text: String, columns: Int) -> [String] {
        var result: [String] = []
        var paragraph: [Substring.UnicodeScalarView] = []
        func finish() {
            if !paragraph.isEmpty { result += filled(paragraph, columns: columns) }
            paragraph = []
        }
        for line in text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false) {
            let words = line.split(whereSeparator: isBlank)
            if words.isEmpty {
                finish()
                result.append("")
            } else if let first = line.first, isBlank(first) {
                finish()
                result.append(String(String.UnicodeScalarView(line.filter { $0 != "\r" })))
            } else {
                if words[0].elementsEqual("-".unicodeScalars) || words[0].elementsEqual("*".unicodeScalars) { finish() }
                paragraph += words
            }
        }
        finish()
        while result.last?.isEmpty == true { result.removeLast() }
        while result.first?.isEmpty == true { result.removeFirst() }
        return result
    }

    private static func filled(_ words: [Substring.UnicodeScalarView], columns: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        var width = 0
        for word in words {
            let text = String(word)
            let more = TextWidth.of(text)
            if width > 0, width + 1 + more > columns {
                lines.append(line)
                (line, width) = (text, more)
            } else {
                line += (width > 0 ? " " : "") + text
                width += more + (width > 0 ? 1 : 0)
            }
        }
        return lines + [line]
    }

    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool { scalar == " " || scalar == "\t" || scalar == "\r" }
}
