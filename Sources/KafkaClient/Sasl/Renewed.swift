import Guarding
import Transport

/// Something that is fetched when first needed, kept, and fetched again before it ends: a token, credentials.
///
/// Any number of logins at once cost one fetch.
final class Renewed<Output: Sendable>: Sendable {
    struct Kept: Sendable {
        let output: Output
        /// From when on a new one is fetched, and from when on the old one is of no use; nil: never.
        var renewAt: Int64?
        var expiration: Int64?
    }

    private let kept = Guarded<Kept?>(nil)
    private let flights: SingleFlight<Int, Output>
    private let now: @Sendable () -> Int64

    init(reactor: Reactor, now: @escaping @Sendable () -> Int64) {
        flights = SingleFlight(reactor: reactor)
        self.now = now
    }

    func value(
        by deadline: Deadline, fetch: @Sendable () async throws(KafkaError) -> Kept
    ) async throws(KafkaError) -> Output {
        if let fresh { return fresh }
        let result = await flights.run(0, by: deadline) {
            if let fresh { return .success(fresh) }
            do throws(KafkaError) {
                let fetched = try await fetch()
                kept.withLock { $0 = fetched }
                return .success(fetched.output)
            } catch {
                // A renewal that fails is no reason to stop while what there is still works.
                if let usable { return .success(usable) }
                return .failure(error)
            }
        }
        return try result.get()
    }

    private var fresh: Output? { kept { $0.renewAt } }
    private var usable: Output? { kept { $0.expiration } }

    private func kept(until end: (Kept) -> Int64?) -> Output? {
        kept.withLock { kept in
            guard let kept else { return nil }
            return end(kept).map { now() < $0 } ?? true ? kept.output : nil
        }
    }
}
