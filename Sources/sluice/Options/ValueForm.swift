import Gate
import Value

/// How the value of an option is written.
enum ValueForm: Sendable {
    /// Nothing but not empty.
    case text
    case file
    case duration(ClosedRange<Duration>)
    case count(ClosedRange<Int>)
    case byteRate
    /// `I/N`, 0 ≤ I < N.
    case shard
    case word([String])
    /// Some of the words, separated by commas.
    case words([String])
    /// `NAME=VALUE`; what the name may be is told by the phrase.
    case assignment(String)
    /// The same where the value may be a password: no message shows it.
    case hiddenAssignment(String)
    /// SHA-256 in hexadecimal, with or without `sha256:` before it.
    case digest

    /// Longer ones are slips of the hand, and sums of them must not overflow.
    static let longest: Duration = .seconds(365 * 86_400)
    /// Bytes a second: a slower reader does not get an answer of Kafka's usual sizes before it counts as lost.
    static let slowest: Int64 = 64_000
    /// A duration that is more than nothing.
    static let positive = ValueForm.duration(.milliseconds(1)...longest)
    static let anyDuration = ValueForm.duration(.zero...longest)

    /// What is wrong with a text; nil where it is right.
    func problem(with text: String) -> String? {
        if text.isEmpty { return "the value is empty" }
        let shown = "\"\(text)\""
        switch self {
        case .text, .file: return nil
        case .duration(let range):
            guard let duration = DurationText.parse(text) else {
                return "\(shown) is not a duration such as 500ms, 10s, 5m, 2h or 1d"
            }
            if duration < range.lowerBound { return "\(shown) is not more than 0" }
            return duration > range.upperBound ? "\(shown) is more than 365d" : nil
        case .count(let range):
            if Self.count(text).map(range.contains) == true { return nil }
            return "\(shown) is not a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .byteRate:
            guard let rate = ByteRateText.parse(text) else { return "\(shown) is not \(ByteRateText.words)" }
            return rate < Self.slowest ? "\(shown) is less than 64kB/s: no answer would come in time" : nil
        case .shard:
            guard Shard(text) == nil else { return nil }
            return "\(shown) is not I/N, such as 0/3, 1/3 and 2/3 for three shards (N at most \(Shard.most))"
        case .word(let words): return Self.problem(with: text, of: words)
        case .words(let words):
            let parts = text.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
            return parts.lazy.compactMap { Self.problem(with: String(decoding: $0, as: UTF8.self), of: words) }.first
        case .assignment(let phrase):
            let equals = text.utf8.firstIndex(of: UInt8(ascii: "="))
            return equals == nil || equals == text.utf8.startIndex ? "\(shown) is not \(phrase)" : nil
        case .hiddenAssignment(let phrase):
            let equals = text.utf8.firstIndex(of: UInt8(ascii: "="))
            return equals == nil || equals == text.utf8.startIndex ? "the value is not \(phrase)" : nil
        case .digest: return Self.digest(text) == nil ? "\(shown) is not a SHA-256 in hexadecimal" : nil
        }
    }

    /// The number that digits alone stand for.
    static func count(_ text: String) -> Int? {
        text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(text) : nil
    }

    /// The digits in lower case.
    static func digest(_ text: String) -> String? {
        let digits = text.utf8.starts(with: "sha256:".utf8) ? text.utf8.dropFirst(7) : text.utf8[...]
        return digits.count == 64 ? Hex.decode(String(decoding: digits, as: UTF8.self)).map { Hex.text($0) } : nil
    }

    private static func problem(with text: String, of words: [String]) -> String? {
        guard !words.contains(where: { $0.utf8.elementsEqual(text.utf8) }) else { return nil }
        let fact = "\"\(text)\" is not one of " + words.joined(separator: ", ")
        return NearestName.nearestName(to: text, among: words).map { "\(fact); did you mean \($0)?" } ?? fact
    }
}
