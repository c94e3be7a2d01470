/// One line being typed: keys go in as bytes, what they ask for comes out.
///
/// It draws nothing and reads nothing.
/// The keys are those of Emacs, as in other shells: arrows, Home, End, Delete, ^A ^E ^B ^F ^P ^N ^K ^U ^W ^D ^H ^L.
struct LineEditor {
    enum Outcome: Equatable {
        /// Nothing that can be seen.
        case none
        /// The line, or the place in it, has changed.
        case changed
        case entered(String)
        /// Tab: whoever knows the names completes.
        case complete
        /// ^C.
        case cancelled
        /// ^D where nothing is typed.
        case ended
        /// ^L.
        case cleared
    }

    /// Longer than any line that somebody types; what is pasted beyond it is dropped.
    private static let longest = 16 << 10

    private(set) var scalars: [Unicode.Scalar] = []
    /// In scalars, from 0 to the end of the line.
    private(set) var cursor = 0
    private(set) var history: [String]
    /// Where in the history it is; its end is the new line.
    private var place: Int
    private var draft: [Unicode.Scalar] = []
    private var killed: [Unicode.Scalar] = []
    /// Of a key that takes several bytes.
    private var escape: [UInt8] = []
    private var letter: [UInt8] = []

    init(history: [String] = []) {
        self.history = history
        place = history.count
    }

    var text: String { Self.text(scalars[...]) }
    /// What stands before the cursor.
    var before: String { Self.text(scalars[..<cursor]) }

    private static func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        String(String.UnicodeScalarView(scalars))
    }

    // MARK: Keys

    mutating func feed(_ byte: UInt8) -> Outcome {
        if !escape.isEmpty { return continued(byte) }
        if byte >= 0x80 { return part(byte) }
        letter = []
        switch byte {
        case 0x0A, 0x0D: return enter()
        case 0x1B:
            escape = [byte]
            return .none
        case 0x7F, 0x08: return remove(cursor - 1)
        case 0x09: return .complete
        case 0x03:
            clear()
            return .cancelled
        case 0x04: return scalars.isEmpty ? .ended : remove(cursor)
        case 0x0C: return .cleared
        case 0x00..<0x20: return control(byte)
        default: return insert(Unicode.Scalar(byte))
        }
    }

    private mutating func control(_ byte: UInt8) -> Outcome {
        switch byte {
        case 0x01: return move(to: 0)
        case 0x05: return move(to: scalars.count)
        case 0x02: return move(to: cursor - 1)
        case 0x06: return move(to: cursor + 1)
        case 0x10: return recall(place - 1)
        case 0x0E: return recall(place + 1)
        case 0x0B: return kill(cursor..<scalars.count)
        case 0x15: return kill(0..<cursor)
        case 0x17: return kill(wordStart..<cursor)
        case 0x19:
            for scalar in killed { _ = insert(scalar) }
            return .changed
        default: return .none
        }
    }

    /// A part of a letter outside ASCII.
    private mutating func part(_ byte: UInt8) -> Outcome {
        letter.append(byte)
        if let text = String(validating: letter, as: UTF8.self) {
            letter = []
            for scalar in text.unicodeScalars { _ = insert(scalar) }
            return .changed
        }
        // What cannot become a letter any more is dropped.
        if letter.count >= 4 { letter = [] }
        return .none
    }

    /// A part of an escape sequence: `ESC [ … letter`, `ESC O letter`, or a key with Alt, which is dropped.
    private mutating func continued(_ byte: UInt8) -> Outcome {
        escape.append(byte)
        if escape.count == 2, byte == UInt8(ascii: "[") || byte == UInt8(ascii: "O") { return .none }
        let isWhole = escape.count == 2 || (0x40...0x7E).contains(byte)
        guard isWhole || escape.count > 16 else { return .none }
        let sequence = escape.dropFirst(2)
        escape = []
        switch String(decoding: sequence, as: UTF8.self) {
        case "A": return recall(place - 1)
        case "B": return recall(place + 1)
        case "C": return move(to: cursor + 1)
        case "D": return move(to: cursor - 1)
        case "H", "1~", "7~": return move(to: 0)
        case "F", "4~", "8~": return move(to: scalars.count)
        case "3~": return remove(cursor)
        default: return .none
        }
    }

    // MARK: What keys do

    private mutating func insert(_ scalar: Unicode.Scalar) -> Outcome {
        guard scalars.count < Self.longest else { return .none }
        scalars.insert(scalar, at: cursor)
        cursor += 1
        return .changed
    }

    /// Puts a text in at the cursor.
    mutating func insert(_ text: String) {
        for scalar in text.unicodeScalars { _ = insert(scalar) }
    }

    private mutating func remove(_ index: Int) -> Outcome {
        guard scalars.indices.contains(index) else { return .none }
        scalars.remove(at: index)
        cursor = index
        return .changed
    }

    private mutating func move(to place: Int) -> Outcome {
        let place = max(0, min(scalars.count, place))
        guard place != cursor else { return .none }
        cursor = place
        return .changed
    }

    private mutating func kill(_ range: Range<Int>) -> Outcome {
        guard !range.isEmpty else { return .none }
        killed = Array(scalars[range])
        scalars.removeSubrange(range)
        cursor = range.lowerBound
        return .changed
    }

    private var wordStart: Int {
        var start = cursor
        while start > 0, scalars[start - 1] == " " { start -= 1 }
        while start > 0, scalars[start - 1] != " " { start -= 1 }
        return start
    }

    private mutating func recall(_ wanted: Int) -> Outcome {
        guard (0...history.count).contains(wanted), wanted != place else { return .none }
        if place == history.count { draft = scalars }
        place = wanted
        scalars = wanted == history.count ? draft : Array(history[wanted].unicodeScalars)
        cursor = scalars.count
        return .changed
    }

    private mutating func enter() -> Outcome {
        let line = text
        if !line.allSatisfy({ $0 == " " }), history.last != line { history.append(line) }
        clear()
        return .entered(line)
    }

    mutating func clear() {
        (scalars, cursor, draft, letter, escape) = ([], 0, [], [], [])
        place = history.count
    }
}

extension LineEditor {
    /// The line as a terminal shows it: what to write, with the cursor where it belongs.
    ///
    /// A line wider than the terminal shows the part around the cursor. `columns`: How many there are.
    func drawn(_ prompt: String, columns: Int) -> String {
        let room = max(8, columns - TextWidth.of(prompt) - 1)
        var start = 0
        while TextWidth.of(Self.text(scalars[start..<cursor])) > room { start += 1 }
        var end = cursor
        while end < scalars.count, TextWidth.of(Self.text(scalars[start...end])) <= room { end += 1 }
        let shown = TerminalText.escaped(Self.text(scalars[start..<end]))
        let left = TextWidth.of(prompt) + TextWidth.of(TerminalText.escaped(Self.text(scalars[start..<cursor])))
        return "\r\(prompt)\(shown)\u{1B}[K\r" + (left > 0 ? "\u{1B}[\(left)C" : "")
    }
}
