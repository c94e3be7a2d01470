package import Value

/// A line of a Lua file.
package struct LuaPlace: Hashable, Sendable {
    package var file: String
    package var line: Int

    package init(file: String, line: Int) {
        self.file = file
        self.line = line
    }
}

extension LuaPlace: CustomStringConvertible {
    package var description: String { "\(file):\(line)" }
}

/// Why a script did not come to its end.
package enum LuaFailure: Error, Hashable, Sendable {
    /// The text is no Lua. The message begins with its place.
    case syntax(message: ByteString, place: LuaPlace?)
    /// The script raised. The message begins with the place wherever Lua knows one; neither holds an address.
    case script(message: ByteString, place: LuaPlace?, traceback: ByteString)
    /// The script met its memory limit.
    case memory
    /// The script met its deadline.
    case deadline
    /// A ``LuaInterrupter`` ended the script.
    case interrupted
    /// The host was called from inside one of its own functions.
    case busy
    /// The source text is longer than `limit` bytes.
    case tooLarge(limit: Int)
    /// The system gave no memory for a state, or no thread.
    case unavailable
}

extension LuaFailure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .syntax(let message, _), .script(let message, _, _): message.description
        case .memory: "the script met its memory limit"
        case .deadline: "the script met its deadline"
        case .interrupted: "the script was interrupted"
        case .busy: "the script is busy in a host function"
        case .tooLarge(let limit): "the file is longer than \(limit) bytes"
        case .unavailable: "the system gave no memory or no thread for a script"
        }
    }
}
