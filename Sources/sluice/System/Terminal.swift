private import Glibc

/// What stands at the other end of a descriptor.
struct Terminal: Sendable {
    static let input = Terminal(descriptor: STDIN_FILENO)
    static let output = Terminal(descriptor: STDOUT_FILENO)
    static let errors = Terminal(descriptor: STDERR_FILENO)

    private let descriptor: Int32

    var isTerminal: Bool { isatty(descriptor) == 1 }

    /// As wide as it is now; 80 where that cannot be told.
    var columns: Int {
        var size = winsize()
        guard unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return min(max(Int(size.ws_col), 40), 400)
    }

    /// Whether it can move its cursor, as far as the environment tells.
    static func canRedraw(_ variable: (String) -> String?) -> Bool {
        variable("TERM").map { !$0.isEmpty && $0 != "dumb" } ?? false
    }

    /// Whether it shows more than ASCII, as far as the environment tells.
    static func showsUnicode(_ variable: (String) -> String?) -> Bool {
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap(variable).first { !$0.isEmpty } ?? ""
        // `C.UTF-8`, `en_US.utf8`. `String.contains` of a text would link a whole parser of regular expressions.
        let letters = locale.lowercased().utf8.filter { $0 != UInt8(ascii: "-") }
        return letters.indices.contains { letters[$0...].starts(with: "utf8".utf8) }
    }
}
