import Gate
import KafkaClient
import KafkaFacts
import Value

/// Names and globs of an argument, resolved against what a cluster has.
///
/// A name is asked for whether or not it is listed; an entry that matches nothing is a failed row, so that a misspelt
/// glob can never shrink what was checked without a trace.
enum NameSelection {
    enum Entry: Sendable {
        case name(String)
        case nothing(pattern: String, KafkaError)
    }

    /// `all`: What there is; asked only where a glob needs it.
    static func entries(
        _ patterns: [String], of kind: String, all: () async throws(KafkaError) -> [GlobList.Candidate]
    ) async throws(KafkaError) -> [Entry] {
        let list: GlobList
        do throws(GateError) {
            list = try GlobList(patterns.map { ByteString($0) })
        } catch {
            throw KafkaError(.malformed("\(error)"))
        }
        let exact = list.exactNames
        let candidates = exact.count == patterns.count ? exact.map { GlobList.Candidate($0) } : try await all()
        let selection = list.select(from: candidates)
        var names: [ByteString] = []
        var seen: Set<ByteString> = []
        let excluded = Set(patterns.filter { $0.hasPrefix("!") }.map { ByteString($0.dropFirst()) })
        for name in exact + selection.names where !excluded.contains(name) && seen.insert(name).inserted {
            names.append(name)
        }
        let unmatched = selection.unmatched.filter { !exact.contains($0) }
        return names.sorted().map { .name($0.description) }
            + unmatched.map { pattern in
                .nothing(
                    pattern: pattern.description,
                    KafkaError(.malformed("\(pattern) matches no \(kind) that can be seen here")))
            }
    }
}
