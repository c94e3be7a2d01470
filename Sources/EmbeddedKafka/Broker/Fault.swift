import Guarding
package import KafkaWire

/// Something that goes wrong with an answer.
package struct Fault: Sendable {
    package enum Effect: Sendable {
        /// The answer is as it would have been: only ``onMeet`` tells that there was a request.
        case nothing
        /// The answer carries this code where Kafka would put it, and nothing that was measured.
        case error(KafkaErrorCode)
        /// The answer asks for a pause.
        case throttle(ms: Int32)
        /// The connection is closed instead of an answer.
        case disconnect
        /// The connection is closed after so many bytes of the answer.
        case cutOff(afterBytes: Int)
        /// The frame ends so many bytes early and says so: whole for the transport, too short for its message.
        case truncate(bytes: Int)
        /// The frame announces this size, whatever follows.
        case announce(size: Int32)
        /// All bytes behind the correlation id are this one.
        case malform(with: UInt8)
        /// The answer comes late by the machine's clock.
        case delay(Duration)
        /// The answer comes once the cluster's clock has moved on by so much.
        case delayByClock(ms: Int64)
        /// The answer comes in pieces.
        case drip(bytes: Int, every: Duration)
        /// There is no answer; the connection stays open.
        case silence
    }

    package var effect: Effect
    /// Nil: any API.
    package var api: ApiKey?
    /// Nil: any broker.
    package var broker: Int32?
    /// Nil: from now on.
    package var times: Int?
    /// Called each time a request meets it, before it takes effect: a test's clock moves on here.
    package var onMeet: (@Sendable () -> Void)?

    package init(_ effect: Effect, api: ApiKey? = nil, broker: Int32? = nil, times: Int? = nil) {
        self.effect = effect
        self.api = api
        self.broker = broker
        self.times = times
    }
}

/// The faults of a cluster that are still to happen, in the order they were asked for.
package final class FaultPlan: Sendable {
    private let faults = Guarded<[Fault]>([])

    package func add(_ fault: Fault) { faults.withLock { $0.append(fault) } }

    /// Whether every fault that was limited has happened.
    package var isEmpty: Bool { faults.withLock { $0.isEmpty } }

    package func removeAll() { faults.withLock { $0 = [] } }

    /// The fault that this request meets, which is then used up by one; the first that fits.
    func take(_ api: ApiKey, on broker: Int32) -> Fault.Effect? {
        let fault = met(api, on: broker)
        fault?.onMeet?()
        return fault?.effect
    }

    private func met(_ api: ApiKey, on broker: Int32) -> Fault? {
        faults.withLock { faults in
            let place = faults.firstIndex { fault in
                (fault.api ?? api) == api && (fault.broker ?? broker) == broker && fault.times != 0
            }
            guard let place else { return nil }
            if let times = faults[place].times {
                faults[place].times = times - 1
                defer { faults.removeAll { $0.times == 0 } }
                return faults[place]
            }
            return faults[place]
        }
    }
}
