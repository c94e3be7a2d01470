import Evidence
import Gate
import KafkaClient
import Transport
import Value

extension EvidenceVerdict {
    init(_ verdict: Verdict) {
        self =
            switch verdict {
            case .pass: .pass
            case .fail: .fail
            case .inconclusive: .inconclusive
            }
    }
}

extension Value {
    /// The entries of a map; none where it is none.
    var entries: [ByteString: Value] {
        if case .map(let entries) = self { entries } else { [:] }
    }
}

extension Evidence.CheckRecord {
    init(_ record: Gate.CheckRecord, rounds: RoundSeries.Rounds? = nil) {
        self.init(
            check: "\(record.check)", subject: record.subject.entries, actual: record.actual, op: record.op.rawValue,
            limit: record.limit, unit: record.unit.map { "\($0)" }, ok: record.ok,
            facts: record.facts?.entries ?? [:],
            sampled: record.sampled.map { Evidence.Sampled(fromUs: $0.fromUs, toUs: $0.toUs) },
            rounds: rounds.map {
                Evidence.Rounds(
                    count: $0.n, ok: $0.ok, min: $0.min ?? .null, max: $0.max ?? .null, last: $0.last ?? .null)
            }, at: record.at)
    }
}

extension UnknownLine {
    init(_ record: UnknownRecord, gate: String, attempt: Int) {
        self.init(
            gate: gate, attempt: attempt, check: "\(record.check)", subject: record.subject.entries,
            reason: record.reason.rawValue, message: record.message, facts: record.facts?.entries ?? [:],
            at: record.at)
    }
}

extension GateFinished.Reason {
    init(_ reason: Gate.Reason) {
        self.init(
            code: reason.code.rawValue, message: reason.message, subject: reason.subject?.entries, at: reason.at)
    }
}

extension ReadErrorLine {
    init(_ error: KafkaError, gate: String?, isAcknowledged: Bool) {
        self.init(
            gate: gate, api: error.api ?? "", broker: error.broker, node: error.node.map { Int($0) },
            code: error.code.map { Int($0) }, name: error.name, errorClass: error.errorClass.rawValue,
            retriable: error.isRetriable, tries: error.tries, acknowledged: isAcknowledged)
    }
}

extension RunFinished.GateCounts {
    init(_ counts: RunVerdict.Counts) {
        self.init(
            pass: counts.pass, fail: counts.fail, inconclusive: counts.inconclusive, skipped: counts.skipped,
            waived: counts.waived, warned: counts.warned)
    }
}

extension RequestLedger {
    /// What was asked so far, added up over the brokers.
    var counts: [RequestCount] {
        var counts: [String: RequestCount] = [:]
        for (key, entry) in all {
            let id = "\(key.api) \(key.version)"
            var count =
                counts[id]
                ?? RequestCount(
                    api: key.api, version: Int(key.version), brokers: 0, requests: 0, bytesOut: 0, bytesIn: 0, timeUs: 0
                )
            count.brokers += 1
            count.requests += entry.requests
            count.bytesOut += Int64(entry.bytesOut)
            count.bytesIn += Int64(entry.bytesIn)
            count.timeUs += entry.time.microseconds
            counts[id] = count
        }
        return counts.values.sorted { ($0.api, $0.version) < ($1.api, $1.version) }
    }
}
