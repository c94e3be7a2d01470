import Agent
import GateTesting

/// `sluice test`: runs tests of gates on clusters inside this process.
struct TestCommand {
    let context: CommandContext
    let options: ParsedOptions

    func perform(_ paths: [String]) async throws(AgentError) -> ExitCode {
        if options.flag(.luacats) {
            try context.console.print(text: TestDefinitions.luaCATS)
            return .pass
        }
        let patience = options.duration(.timeout) ?? TestSuite.defaultPatience
        let suite = TestSuite(context.environment, parallel: Processors.count, patience: patience)
        let files = try await suite.files(paths, filter: options.text(.filter))
        let console = context.console
        let isText = options.text(.format) ?? "text" == "text"
        var report = await suite.run(files, mutating: options.flag(.mutate)) { file, cases in
            // A pipe that is closed is found at the end.
            if isText { try? console.print(TestText.lines(file, cases)) }
        }
        // Of some tests alone it cannot be told.
        if options.text(.filter) != nil { report.forgetUnneeded() }
        switch options.text(.format) {
        case "tap": try console.print(TestText.tap(report))
        case "junit": try console.print(TestText.junit(report))
        default: try console.print(TestText.summary(report))
        }
        return report.failures == 0 ? .pass : .fail
    }
}
