/// What a gate or a run has earned.
package enum EvidenceVerdict: String, Sendable, CaseIterable {
    case pass, fail, inconclusive
}

/// What answered: a cluster, the embedded broker, or a recording.
package enum EvidenceMode: String, Sendable, CaseIterable {
    case live, embedded, replay
}
