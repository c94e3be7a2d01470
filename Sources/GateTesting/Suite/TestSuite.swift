package import Agent
import Gate
import HostSystem
import Value

/// Runs tests of gates side by side, each in a Lua state and in worlds of its own.
package struct TestSuite: Sendable {
    private let environment: AgentEnvironment
    /// Tests at a time.
    private let parallel: Int
    private let patience: Duration

    /// For each test, unless said otherwise.
    package static let defaultPatience = Duration.seconds(60)

    /// `patience`: For each test with all its runs, by the machine's clock.
    package init(_ environment: AgentEnvironment, parallel: Int, patience: Duration = defaultPatience) {
        self.environment = environment
        self.parallel = max(1, parallel)
        self.patience = patience
    }

    /// Reads test files; `filter` keeps the tests whose file and name have it in them.
    package func files(_ paths: [String], filter: String?) async throws(AgentError) -> [TestFile] {
        let finder = TestFinder(environment)
        // Only the gate itself: what else lies in the gate folders is of no matter.
        var alone = environment
        alone.host.entries = { _ in [] }
        let agent = Agent(alone)
        var files: [TestFile] = []
        for path in try finder.paths(paths) {
            let file = try await finder.file(path, agent)
            let chosen = file.keeping { name in ByteString("\(path) \(name)").holds(filter ?? "") }
            if !chosen.tests.isEmpty { files.append(chosen) }
        }
        guard !files.isEmpty else {
            throw AgentError(.badInput, "no test has '\(filter ?? "")' in its file or name")
        }
        return files
    }

    /// Runs the tests of the files; with `mutating`, changes the worlds of those that pass.
    ///
    /// `onFile`: Called as each file ends, in the order of the files.
    package func run(
        _ files: [TestFile], mutating: Bool, onFile: @Sendable (TestFile, [TestReport.Case]) -> Void
    ) async -> TestReport {
        let start = ContinuousClock.now
        let units = files.indices.flatMap { file in files[file].tests.map { (file: file, test: $0) } }
        var ended = files.map { _ in [String: Unit]() }
        var report = TestReport()
        if mutating { report.mutation = .init() }
        var told = 0
        var (seen, unseen) = ([Int: Set<String>](), [Int: Set<String>]())
        await withTaskGroup(of: (Int, String, Unit).self) { group in
            var next = 0
            func start() {
                guard next < units.count else { return }
                let (file, test) = units[next]
                next += 1
                group.addTask { (file, test, await self.unit(files[file], test, mutating: mutating)) }
            }
            for _ in 0..<parallel { start() }
            while let (file, test, unit) = await group.next() {
                ended[file][test] = unit
                if let mutation = unit.mutation {
                    report.mutation?.killed += mutation.killed
                    report.mutation?.declared += mutation.declared
                    report.mutation?.survived += mutation.survived
                }
                seen[file, default: []].formUnion(unit.seen)
                unseen[file, default: []].formUnion(unit.unseen)
                start()
                while told < files.count, ended[told].count == files[told].tests.count {
                    let cases = files[told].tests.flatMap { ended[told][$0]?.cases ?? [] }
                    report.cases += cases
                    onFile(files[told], cases)
                    told += 1
                }
            }
        }
        for (index, file) in files.enumerated() {
            for fact in file.manifest.blindTo.map(\.fact) where seen[index]?.contains(fact) == true {
                guard unseen[index]?.contains(fact) != true else { continue }
                report.unneeded.append(.init(gate: file.gatePath, fact: fact))
            }
        }
        report.elapsed = start.duration(to: .now)
        return report
    }

    private struct Unit: Sendable {
        let cases: [TestReport.Case]
        var mutation: TestReport.Mutation?
        var seen: Set<String> = []
        var unseen: Set<String> = []
    }

    private func unit(_ file: TestFile, _ test: String, mutating: Bool) async -> Unit {
        let run = TestRun(
            file: file, test: test, version: environment.version, host: environment.host, patience: patience)
        let ending = await run.ending()
        let own = TestReport.Case(file: file.path, name: test, failure: ending.failure, elapsed: ending.elapsed)
        guard mutating, ending.failure == nil, !ending.passed.isEmpty else { return Unit(cases: [own]) }
        let start = ContinuousClock.now
        var sums = TestReport.Mutation()
        var survivors: [String] = []
        var (seen, unseen): (Set<String>, Set<String>) = ([], [])
        for passed in ending.passed {
            let outcome = await MutationRun(file: file, passed: passed, version: environment.version).outcome()
            sums.killed += outcome.killed
            sums.declared += outcome.declared
            sums.survived += outcome.survived
            survivors += outcome.survivors
            seen.formUnion(outcome.seen)
            unseen.formUnion(outcome.unseen)
        }
        let mutated = TestReport.Case(
            file: file.path, name: "\(test) (mutation)",
            failure: survivors.isEmpty ? nil : survivors.joined(separator: "\n"), elapsed: start.duration(to: .now))
        return Unit(cases: [own, mutated], mutation: sums, seen: seen, unseen: unseen)
    }
}

extension TestFile {
    func keeping(_ isKept: (String) -> Bool) -> TestFile {
        TestFile(
            path: path, source: source, gatePath: gatePath, gateSource: gateSource, tests: tests.filter(isKept),
            lines: lines, manifest: manifest)
    }
}
