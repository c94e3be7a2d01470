import Agent
import Evidence
private import Glibc

/// The command line: reads what is asked, does it, and ends with the exit code of the contract.
@main
struct Sluice {
    static func main() async {
        CoreDumps.off()
        HeapSettings.keepFreed()
        StandardDescriptors.occupy()
        let environment = AgentEnvironment.real(version: ToolVersion.number, commit: ToolVersion.commit)
        let console = Console(
            secrets: environment.secrets,
            out: EvidenceFile.descriptor(STDOUT_FILENO, name: "standard output"),
            errors: EvidenceFile.descriptor(STDERR_FILENO, name: "standard error"))
        let context = CommandContext(environment: environment, console: console, argv: CommandLine.arguments)
        let code = await exitCode(of: context)
        // Everything is written. A gate that would not stop may still have its thread, under which the handlers of
        // `exit` must not tear down libraries.
        _exit(code.rawValue)
    }

    private static func exitCode(of context: CommandContext) async -> ExitCode {
        do throws(AgentError) {
            return try await context.perform()
        } catch {
            context.console.say(error.message)
            return error.exitCode
        }
    }
}
