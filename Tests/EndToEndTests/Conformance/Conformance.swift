import EmbeddedKafka
import Guarding
import KafkaWire
import Testing
import Transport

/// The same requests to an embedded broker and to a real one in the same state, their answers compared field by field.
final class Conformance: Sendable {
    let real: ConformanceSide
    let embedded: ConformanceSide
    /// The embedded cluster, for what no request can bring about there.
    let cluster: EmbeddedCluster
    private let tally = Guarded(Tally())

    /// What was compared.
    struct Tally: Sendable {
        var answers: [ApiKey: Int] = [:]
        var fields = 0
        var differences: [MayDiffer.Rule: Int] = [:]
        var failures: [Failure] = []
        var served: [ApiKey: ClosedRange<Int16>] = [:]
    }

    /// A field that differs, or more than a field.
    struct Failure: Hashable, Sendable {
        var api: ApiKey
        var version: Int16
        var what: String
        var difference: String
    }

    init(real: ConformanceSide, embedded: ConformanceSide, cluster: EmbeddedCluster) {
        self.real = real
        self.embedded = embedded
        self.cluster = cluster
    }

    var report: Tally { tally.withLock { $0 } }

    // MARK: Versions

    /// Learns which versions both offer; the embedded broker offers nothing that the real one does not, and what is new.
    func negotiate() async throws {
        let request = ApiVersionsRequest.with {
            $0.clientSoftwareName = "conformance"
            $0.clientSoftwareVersion = "1"
        }
        func ranges(_ side: ConformanceSide) async throws -> [ApiKey: ClosedRange<Int16>] {
            let body = try await side.ask(
                request.frame(version: 3, correlationID: 1, clientID: "conformance"), flexible: false, on: "PLAINTEXT")
            let answer = try ApiVersionsRequest.response(from: try #require(body), version: 3)
            return Dictionary(answer.apiKeys.map { ($0.apiKey, $0.minVersion...$0.maxVersion) }) { first, _ in first }
        }
        let (kafka, ours) = try await (ranges(real), ranges(embedded))
        for (key, range) in ours {
            guard let theirs = kafka[key], theirs.clamped(to: range) == range else {
                fail(key, -1, "negotiation", "offers \(range), Kafka \(kafka[key].map { "\($0)" } ?? "nothing")")
                continue
            }
            // Batches of transactions are what brokers tell each other.
            guard theirs.upperBound != range.upperBound, key != .addPartitionsToTxn else { continue }
            fail(key, -1, "negotiation", "ends at \(range.upperBound), Kafka at \(theirs.upperBound)")
        }
        tally.withLock { $0.served = ours }
    }

    private func versions<R: WireRequest>(of request: R.Type) -> ClosedRange<Int16>? {
        tally.withLock { $0.served[R.key] }
    }

    // MARK: Asking

    /// Asks both at every version that both offer, or at those of them in `versions`.
    ///
    /// `make` may make another request for each side, which knows things by names of its own, and none for a version
    /// that cannot say it. `look` sees both answers.
    func ask<R: WireRequest>(
        _ what: String, on connection: String = "PLAINTEXT", in versions: ClosedRange<Int16> = 0...Int16.max,
        _ make: @escaping @Sendable (ConformanceSide, Int16) -> R?,
        look: (@Sendable (ConformanceSide, R.Response) -> Void)? = nil
    ) async throws {
        guard let served = self.versions(of: R.self), served.overlaps(versions) else {
            if self.versions(of: R.self) == nil { fail(R.key, -1, what, "not offered") }
            return
        }
        for version in served.clamped(to: versions) {
            let (ours, kafkas) = (make(embedded, version), make(real, version))
            guard let ours, let kafkas else { continue }
            guard (try? kafkas.encoded(version: version)) != nil else { continue }
            let our = try await answer(ours, version, embedded, connection, look)
            let deadline = Deadline.after(.seconds(10))
            while true {
                let kafka = try await answer(kafkas, version, real, connection, look)
                let found = compare(kafka, our, version, what, R.self)
                // A real broker may still be about to know what another request brought about, or be busy with it.
                let mayLag = R.key.isReadOnly && !found.failures.isEmpty && report.failures.count < 20
                guard found.isPassing || mayLag, !deadline.hasPassed else {
                    note(R.key, found)
                    break
                }
                try await Task.sleep(for: .milliseconds(50))
            }
        }
    }

    /// The same on both sides, whatever they answer: what leads up to a state, compared all the same.
    func ask<R: WireRequest>(
        _ what: String, on connection: String = "PLAINTEXT", in versions: ClosedRange<Int16> = 0...Int16.max,
        _ request: R, look: (@Sendable (ConformanceSide, R.Response) -> Void)? = nil
    ) async throws {
        try await ask(what, on: connection, in: versions, { _, _ in request }, look: look)
    }

    /// At the newest version alone.
    func once<R: WireRequest>(
        _ what: String, on connection: String = "PLAINTEXT", at version: Int16? = nil,
        _ make: @escaping @Sendable (ConformanceSide) -> R,
        look: (@Sendable (ConformanceSide, R.Response) -> Void)? = nil
    ) async throws {
        let newest = versions(of: R.self)?.upperBound ?? 0
        let version = min(version ?? newest, newest)
        try await ask(what, on: connection, in: version...version, { side, _ in make(side) }, look: look)
    }

    /// What the real broker alone answers, at the newest version.
    func learn<R: WireRequest>(_ request: R) async throws -> R.Response? {
        try await answer(request, versions(of: R.self)?.upperBound ?? 0, real, "PLAINTEXT", nil)
    }

    private func answer<R: WireRequest>(
        _ request: R, _ version: Int16, _ side: ConformanceSide, _ connection: String,
        _ look: (@Sendable (ConformanceSide, R.Response) -> Void)?
    ) async throws -> R.Response? {
        let identified = try await identified(request, version, side)
        let frame = try identified.frame(version: version, correlationID: 9, clientID: "conformance")
        let body = try await side.ask(frame, flexible: R.hasFlexibleResponseHeader(version), on: connection)
        guard let body else { return nil }
        let answer: R.Response
        do throws(WireError) {
            answer = try R.response(from: body, version: version)
            // What is read and written again is the same, or a field was missed.
            if try R.encoded(answer, version: version) != Array(body) {
                fail(R.key, version, side.name, "its answer is more than the message holds")
            }
        } catch {
            throw KafkaFixtureError("\(R.key) v\(version), \(side.name): \(error) in \(Array(body))")
        }
        look?(side, answer)
        return answer
    }

    // MARK: Comparing

    private struct Comparison {
        var fields = 0
        var allowed: [MayDiffer.Rule: Int] = [:]
        var failures: [Failure] = []
        /// Kafka says that it is not ready, the embedded broker is: asked again.
        var isPassing = false
    }

    /// Codes by which Kafka asks for patience.
    private static let passing: Set<String> = ["5", "14", "15", "16", "51"]

    private func compare<R: WireRequest>(
        _ kafka: R.Response?, _ our: R.Response?, _ version: Int16, _ what: String, _ request: R.Type
    ) -> Comparison {
        var result = Comparison()
        guard let kafka, let our else {
            if (kafka == nil) != (our == nil) {
                let closing = kafka == nil ? "Kafka" : "the embedded broker"
                result.failures = [
                    Failure(api: R.key, version: version, what: what, difference: "\(closing) closes the connection")
                ]
            }
            return result
        }
        do {
            let theirs = try AnswerFields.of(kafka, to: R.self, version: version, aliases: real.aliases)
            let ours = try AnswerFields.of(our, to: R.self, version: version, aliases: embedded.aliases)
            result.fields = theirs.count
            var pairs: [String: (path: String, kafka: String?, our: String?)] = [:]
            var order: [String] = []
            for field in theirs {
                if pairs[field.place] == nil { order.append(field.place) }
                pairs[field.place, default: (field.path, nil, nil)].kafka =
                    (pairs[field.place]?.kafka.map { $0 + " " } ?? "") + field.value
            }
            for field in ours {
                if pairs[field.place] == nil { order.append(field.place) }
                pairs[field.place, default: (field.path, nil, nil)].our =
                    (pairs[field.place]?.our.map { $0 + " " } ?? "") + field.value
            }
            for place in order {
                guard let pair = pairs[place], pair.kafka != pair.our else { continue }
                if let rule = MayDiffer.rule(for: pair.path), pair.kafka != nil, pair.our != nil {
                    result.allowed[rule, default: 0] += 1
                    continue
                }
                if pair.path.hasSuffix("error_code"), let code = pair.kafka, Self.passing.contains(code) {
                    result.isPassing = true
                }
                result.failures.append(
                    Failure(
                        api: R.key, version: version, what: what,
                        difference: "\(place): Kafka \(pair.kafka ?? "–"), embedded \(pair.our ?? "–")"))
            }
        } catch {
            result.failures.append(Failure(api: R.key, version: version, what: what, difference: "\(error)"))
        }
        return result
    }

    private func note(_ api: ApiKey, _ found: Comparison) {
        tally.withLock { tally in
            tally.answers[api, default: 0] += 1
            tally.fields += found.fields
            tally.differences.merge(found.allowed) { $0 + $1 }
            tally.failures += found.failures
        }
    }

    func fail(_ api: ApiKey, _ version: Int16, _ what: String, _ difference: String) {
        tally.withLock {
            $0.failures.append(Failure(api: api, version: version, what: what, difference: difference))
        }
    }
}

extension Conformance.Tally {
    /// The failures, those alike at several versions in one line.
    var summary: [String] {
        var versions: [Conformance.Failure: [Int16]] = [:]
        var order: [Conformance.Failure] = []
        for failure in failures {
            var alike = failure
            alike.version = 0
            if versions[alike] == nil { order.append(alike) }
            versions[alike, default: []].append(failure.version)
        }
        return order.map { failure in
            let versions = (versions[failure] ?? []).map { "\($0)" }.joined(separator: " ")
            return "\(failure.api) v\(versions), \(failure.what): \(failure.difference.prefix(400))"
        }
    }
}
