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
        if !options.flag(.quiet) {
            for problem in merge.problems { context.console.say(problem) }
        }
        let evidence = try RunEvidence.open(options.text(.evidence), outputIsTerminal: Terminal.output.isTerminal)
        let result = merge.write(to: evidence.sink)
        return try RunCommand(context: context, options: options).report(result, evidence)
    }
}
