import Dispatch
import Gate
import Guarding
import LuaKit
import Value

/// The thread of a prompt's Lua state, which does one entry after another.
final class PromptWorker: Sendable {
    struct Job: Sendable {
        let source: [UInt8]
        let deadline: ContinuousClock.Instant
        let done: @Sendable (PromptReply) -> Void
    }

    private let jobs = Guarded<[Job?]>([])
    private let isThere = DispatchSemaphore(value: 0)
    private let session: GateSession

    /// So many rows are shown of a list.
    private static let shownRows = 200
    /// What `ctx` of a gate has and a prompt has no use for: there is no evidence, and there are no arguments.
    private static let leftOut: Set<ByteString> = ["args", "log", "note"]

    init(session: GateSession) { self.session = session }

    func add(_ job: Job) { put(job) }

    /// The thread ends once it has done what was added before.
    func close() { put(nil) }

    private func put(_ job: Job?) {
        jobs.withLock { $0.append(job) }
        isThere.signal()
    }

    private func next() -> Job? {
        isThere.wait()
        return jobs.withLock { jobs in jobs.isEmpty ? .none : jobs.removeFirst() }
    }

    /// On the thread itself, until ``close()``.
    func work() {
        let host: Result<LuaHost, LuaFailure> = Result { () throws(LuaFailure) in try opened() }
        while let job = next() {
            switch host {
            case .success(let host): job.done(reply(to: job, host))
            case .failure(let failure):
                var reply = PromptReply()
                reply.error = "\(failure)"
                job.done(reply)
            }
        }
    }

    private func opened() throws(LuaFailure) -> LuaHost {
        let host = try LuaHost(limits: LuaLimits(), interrupter: session.interrupter)
        guard case .record(let members, let name) = try ScriptContext(session: session, host: host).reply() else {
            return host
        }
        let kept = members.filter { !Self.leftOut.contains($0.name) }
        let sides = kept.filter { member in ClusterSide.allCases.contains { ByteString($0.rawValue) == member.name } }
        try host.openPrompt([(name: "ctx", value: .record(kept, strictName: name))] + sides)
        return host
    }

    private func reply(to job: Job, _ host: LuaHost) -> PromptReply {
        var reply = PromptReply()
        do throws(LuaFailure) {
            reply.results = try host.enter(job.source, name: "prompt", until: job.deadline).map { shown($0, host) }
        } catch {
            reply.error = "\(error)"
            reply.wasInterrupted = error == .interrupted
        }
        reply.checks = session.takeRecords().compactMap(Self.words)
        return reply
    }

    // MARK: What is shown

    private func shown(_ argument: LuaArgument, _ host: LuaHost) -> PromptValue {
        switch argument {
        case .value(let value): .value(value)
        case .rows(let list): host.rows(list).map { .rows(Self.table($0, 0..<$0.count)) } ?? .text("rows")
        case .row(let reference):
            host.rows(reference.list).map {
                .rows(Self.table($0, reference.index..<min(reference.index + 1, $0.count)))
            } ?? .text("row")
        case .missing(_, let field): .text("missing: '\(field)' of a failed row")
        case .object: .text("an object of the host")
        case .record(let text): .text(text.description)
        }
    }

    private static func table(_ list: any LuaRows, _ range: Range<Int>) -> PromptRows {
        PromptRows(
            fields: list.fields.map(\.description), count: range.count,
            rows: range.prefix(shownRows).map { index in
                let row = list.row(at: index)
                let values = list.fields.indices.map { field -> Value in
                    guard field < row.values.count, let value = row.values[field] else { return .null }
                    switch value {
                    case .value(let data), .frozen(let data): return data
                    case .rows(let inner): return .text("\(inner.count) rows")
                    default: return .null
                    }
                }
                var error: String?
                if case .string(let message)? = row.error?["message"] { error = message.description }
                return PromptRows.Row(values: values, error: error ?? row.error.map { _ in "error" })
            })
    }

    private static func words(_ record: LedgerRecord) -> String? {
        switch record {
        case .check(let check):
            let unit = check.unit.map { " \($0)" } ?? ""
            return "\(check.ok ? "pass" : "fail") \(check.check): \(text(check.actual)) \(check.op.rawValue) "
                + "\(text(check.limit))\(unit)"
        case .unknown(let unknown): return "unknown \(unknown.check): \(unknown.message)"
        case .note: return nil
        }
    }

    private static func text(_ value: Value) -> String {
        do throws(JSONError) {
            return String(decoding: try JSONWriter.write(value), as: UTF8.self)
        } catch {
            return "?"
        }
    }
}
