import KafkaClient

/// What a gate has cost over all its attempts.
struct GateUsage: Sendable {
    private(set) var requests = 0
    private(set) var bytesIn = 0
    private(set) var roundTrip = Duration.zero
    private(set) var luaPeakBytes = 0

    mutating func add(_ attempt: AttemptResult) {
        requests += attempt.usage.requests
        bytesIn += attempt.usage.bytesIn
        roundTrip += attempt.usage.roundTrip
        luaPeakBytes = max(luaPeakBytes, attempt.luaPeakBytes)
    }
}
