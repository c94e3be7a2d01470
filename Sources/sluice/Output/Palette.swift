/// Colours, which only ever repeat what a word says.
struct Palette: Sendable {
    enum Colour: String, Sendable {
        case green = "32"
        case red = "31"
        case yellow = "33"
        case grey = "90"
        case bold = "1"
    }

    let isOn: Bool

    func paint(_ text: String, _ colour: Colour) -> String {
        isOn && !text.isEmpty ? "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m" : text
    }

    /// Whether to colour, by `--color`, what stands at the other end, and the environment.
    static func choose(_ option: String?, isTerminal: Bool, variable: (String) -> String?) -> Palette {
        switch option {
        case "always": return Palette(isOn: true)
        case "never": return Palette(isOn: false)
        default:
            let isRefused = variable("NO_COLOR").map { !$0.isEmpty } ?? false
            return Palette(isOn: isTerminal && !isRefused && variable("TERM") != "dumb")
        }
    }
}
