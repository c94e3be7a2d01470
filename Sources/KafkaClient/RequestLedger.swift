import Guarding

/// Every request of a run, added up by API, version and broker: what an auditor asks a read-only tool for.
package final class RequestLedger: Sendable {
    package struct Key: Hashable, Sendable, Comparable {
        package let broker: String
        package let api: String
        package let version: Int16

        package static func < (left: Key, right: Key) -> Bool {
            (left.broker, left.api, left.version) < (right.broker, right.api, right.version)
        }
    }

    package struct Entry: Hashable, Sendable {
        package var requests = 0
        package var bytesOut = 0
        package var bytesIn = 0
        package var time = Duration.zero
    }

    private let entries = Guarded<[Key: Entry]>([:])

    package init() {}

    func add(_ key: Key, bytesOut: Int, bytesIn: Int, time: Duration) {
        entries.withLock { entries in
            entries[key, default: Entry()].requests += 1
            entries[key, default: Entry()].bytesOut += bytesOut
            entries[key, default: Entry()].bytesIn += bytesIn
            entries[key, default: Entry()].time += time
        }
    }

    /// What was asked so far, in order of broker, API and version.
    package var all: [(key: Key, entry: Entry)] {
        entries.withLock { $0 }.sorted { $0.key < $1.key }.map { (key: $0.key, entry: $0.value) }
    }
}
