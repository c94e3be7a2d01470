import Guarding
package import Transport

/// Lets one caller do what several want at the same moment, and gives all of them its result.
///
/// Where the one that does the work gives up because *its* time is over or *it* was interrupted, the next one tries.
package final class SingleFlight<Key: Hashable & Sendable, Output: Sendable>: Sendable {
    private typealias Waiter = CheckedContinuation<Signal, Never>

    private enum Signal: Sendable {
        case done(Result<Output, KafkaError>)
        case yourTurn
        case gaveUp(KafkaError.Reason)
    }

    private struct Flight {
        var waiters: [UInt64: Waiter] = [:]
    }

    private struct State {
        var nextID: UInt64 = 0
        var flights: [Key: Flight] = [:]
    }

    private let state = Guarded(State())
    private let reactor: Reactor

    package init(reactor: Reactor) { self.reactor = reactor }

    package func run(
        _ key: Key, by deadline: Deadline, _ work: () async -> Result<Output, KafkaError>
    ) async -> Result<Output, KafkaError> {
        while true {
            let leads = state.withLock { state in
                guard state.flights[key] == nil else { return false }
                state.flights[key] = Flight()
                return true
            }
            if leads {
                let result = await work()
                land(key, result)
                return result
            }
            switch await wait(key, by: deadline) {
            case .done(let result): return result
            case .yourTurn: continue
            case .gaveUp(let reason): return .failure(KafkaError(reason))
            }
        }
    }

    private func land(_ key: Key, _ result: Result<Output, KafkaError>) {
        let waiters = state.withLock { $0.flights.removeValue(forKey: key)?.waiters ?? [:] }
        var signal = Signal.done(result)
        if case .failure(let error) = result {
            switch error.reason {
            case .deadline, .cancelled, .throttled: signal = .yourTurn
            default: break
            }
        }
        for waiter in waiters.values { waiter.resume(returning: signal) }
    }

    private func wait(_ key: Key, by deadline: Deadline) async -> Signal {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        let timer = reactor.schedule(at: deadline) { [weak self] in self?.leave(key, id, .deadline) }
        defer { reactor.cancel(timer) }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                let early = state.withLock { state -> Signal? in
                    if Task.isCancelled { return .gaveUp(.cancelled) }
                    if deadline.hasPassed { return .gaveUp(.deadline) }
                    guard state.flights[key] != nil else { return .yourTurn }
                    state.flights[key]?.waiters[id] = waiter
                    return nil
                }
                if let early { waiter.resume(returning: early) }
            }
        } onCancel: {
            leave(key, id, .cancelled)
        }
    }

    private func leave(_ key: Key, _ id: UInt64, _ reason: KafkaError.Reason) {
        let waiter = state.withLock { $0.flights[key]?.waiters.removeValue(forKey: id) }
        waiter?.resume(returning: .gaveUp(reason))
    }
}
