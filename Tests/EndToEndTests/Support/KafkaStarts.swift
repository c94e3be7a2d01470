/// Lets few clusters start at a time.
///
/// Suites run at once, and each JVM that starts takes a core: with all of them together none is up in its time.
actor KafkaStarts {
    static let shared = KafkaStarts(limit: 2)

    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    private init(limit: Int) { free = limit }

    func turn<R: Sendable>(_ start: @Sendable () async throws -> R) async throws -> R {
        if free > 0 {
            free -= 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
        defer {
            if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
        }
        return try await start()
    }
}
