import Gate
import Value

/// Changes one fact after the other in a world in which a gate passes, and finds those that the gate does not see.
struct MutationRun: Sendable {
    let file: TestFile
    let passed: WorldScript.Passed
    let version: String

    /// So many survivors of a kind are named.
    private static let shown = 3

    struct Outcome: Sendable {
        var killed = 0
        /// Survived, and the manifest says so.
        var declared = 0
        /// How many survived undeclared.
        var survived = 0
        /// Kinds of facts of which a change was seen, and of which one was not.
        var seen: Set<String> = []
        var unseen: Set<String> = []
        /// Said of them: where, which side, what was changed; of many of a kind the first.
        var survivors: [String] = []
    }

    func outcome() async -> Outcome {
        var outcome = Outcome()
        var ofKind: [String: Int] = [:]
        let blind = Set(file.manifest.blindTo.map(\.fact))
        // A fact of one cluster alone is named with it: source.commit_behind.
        for mutation in Mutation.all(of: passed.world, sides: sides, passed.setup) {
            if await isSeen(mutation) {
                outcome.killed += 1
                outcome.seen.insert(mutation.fact.rawValue)
                continue
            }
            outcome.unseen.insert(mutation.fact.rawValue)
            let name = mutation.fact.rawValue
            if blind.contains(name) || blind.contains("\(mutation.side.rawValue).\(name)") {
                outcome.declared += 1
            } else {
                outcome.survived += 1
                let kind = "[\(mutation.fact.rawValue)] on the \(mutation.side.rawValue)"
                ofKind[kind, default: 0] += 1
                guard ofKind[kind, default: 0] <= Self.shown else { continue }
                outcome.survivors.append(
                    "\(file.placed(passed.place)): still passes where, on the \(mutation.side.rawValue), "
                        + "\(mutation.words) [\(mutation.fact.rawValue)]")
            }
        }
        for (kind, count) in ofKind.sorted(by: { $0.key < $1.key }) where count > Self.shown {
            outcome.survivors.append("and \(count - Self.shown) more of \(kind)")
        }
        return outcome
    }

    /// The clusters that the gate reads with these arguments.
    private var sides: Set<ClusterSide> {
        var sides: Set<ClusterSide> = []
        for use in file.manifest.clusters {
            switch use {
            case .side(let side): sides.insert(side)
            case .argument(let name):
                let given = passed.setup.arguments[.init(name)]
                let value = given ?? file.manifest.arguments.first { $0.name == name }?.defaultValue
                if let side = value?.text.flatMap(ClusterSide.init(rawValue:)) { sides.insert(side) }
            }
        }
        return sides
    }

    private func isSeen(_ mutation: Mutation) async -> Bool {
        let run = GateRun(
            gate: file.gatePath, source: file.gateSource, world: mutation.applied(to: passed.world),
            setup: passed.setup, version: version)
        do throws(WorldError) {
            let report = try await run.outcome().report
            if report.verdict != "pass" { return true }
            // A gate that takes stock passes whatever it finds: that it finds something else is what it is for.
            return passed.report.isCapture && report.captured != passed.report.captured
        } catch {
            // It could not even be asked, which is no pass.
            return true
        }
    }
}
