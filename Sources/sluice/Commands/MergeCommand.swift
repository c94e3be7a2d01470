import Agent
import Evidence

/// `sluice merge`: the evidence of the shards of a run as that of the run.
struct MergeCommand {
    let context: CommandContext
    let options: ParsedOptions

    func perform(_ paths: [String]) throws(AgentError) -> ExitCode {
        let request = ShardMerge.Request(
            files: paths, argv: context.argv, change: options.text(.change), operatorName: options.text(.operatorName))
        let merge = try context.agent.merge(request)
        say(merge.problems)
        let evidence = try RunEvidence.open(options.text(.evidence), outputIsTerminal: Terminal.output.isTerminal)
        let (result, changes) = merge.write(to: evidence.sink)
        say(changes)
        return try RunCommand(context: context, options: options).report(result, evidence)
    }

    private func say(_ problems: [String]) {
        guard !options.flag(.quiet) else { return }
        for problem in problems { context.console.say(problem) }
    }
}
