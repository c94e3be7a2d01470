import Agent
private import Guarding

/// Shows a run on standard error as it goes on.
final class ProgressPrinter: RunObserver {
    private let view: Guarded<any ProgressView>
    private let console: Console
    private let started = ContinuousClock.now

    init(_ view: any ProgressView, console: Console) {
        self.view = Guarded(view)
        self.console = console
    }

    func observe(_ event: RunEvent) { write { $0.take(event, at: $1, columns: $2) } }

    /// Something to say besides the events.
    func say(_ message: String) {
        let line = "sluice: " + console.clean(message)
        write { $0.say(line, at: $1, columns: $2) }
    }

    /// Keeps what is shown up to date until the task is cancelled.
    func keepTime() async {
        do {
            while true {
                try await Task.sleep(for: .seconds(1))
                write { $0.tick(at: $1, columns: $2) }
            }
        } catch {
            // The run has ended.
        }
    }

    func end() { write { view, _, _ in view.end() } }

    private func write(_ change: (inout any ProgressView, Duration, Int) -> String) {
        view.withLock { view in
            let text = change(&view, ContinuousClock.now - started, Terminal.errors.columns)
            // Within the lock, so that lines appear in the order of the events.
            if !text.isEmpty { console.tell(text) }
        }
    }

    /// The view that `--progress`, `--trace`, `-q` and the terminal ask for.
    static func view(_ options: ParsedOptions, console: Console, variable: (String) -> String?) -> any ProgressView {
        let isTerminal = Terminal.errors.isTerminal
        let style = ProgressStyle(
            palette: Palette.choose(options.text(.color), isTerminal: isTerminal, variable: variable),
            isUnicode: !isTerminal || Terminal.showsUnicode(variable), isDetailed: options.flag(.detail),
            clean: { console.clean($0) })
        let progress = options.text(.progress) ?? "auto"
        if options.flag(.quiet) { return QuietProgress(style: style, showsWarnings: false) }
        if options.flag(.trace) { return PlainProgress(style: style, isTracing: true) }
        if progress == "none" { return QuietProgress(style: style, showsWarnings: true) }
        let isLive = progress == "auto" && isTerminal && Terminal.canRedraw(variable)
        return isLive ? TerminalProgress(style: style) : PlainProgress(style: style, isTracing: false)
    }
}
