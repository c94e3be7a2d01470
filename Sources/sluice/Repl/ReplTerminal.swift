import Agent
import Secrets

/// A prompt on a terminal: keys become entries, entries run one at a time, and ^C ends what runs.
struct ReplTerminal {
    let console: Console
    let patience: Duration
    let history: ReplHistory

    private enum Event: Sendable {
        case keys([UInt8])
        case inputEnded(AgentError?)
        case finished(PromptReply)
    }

    private struct State {
        var editor: LineEditor
        var completion = ReplCompletion()
        /// The lines of an entry that is not finished.
        var entry = ReplEntry()
        var isRunning = false
        var hasEnded = false
        var ahead = TypedAhead()
    }

    private static let listed = 100

    func run(_ prompt: Prompt, recalled: [String]) async -> ExitCode {
        guard TerminalMode.raw() else {
            console.say("the terminal does not hand over keys")
            return .software
        }
        SignalWatch.start { TerminalMode.leave($0.rawValue) }
        let (events, feed) = AsyncStream.makeStream(of: Event.self)
        for line in await prompt.greeting() { console.tell(console.clean(line) + "\n") }
        console.tell("read-only; :help shows what can be typed\n")
        let code = await withTaskGroup(of: Void.self, returning: ExitCode.self) { group in
            group.addTask {
                var failure: AgentError?
                for await piece in InputThread.start() {
                    switch piece {
                    case .bytes(let keys): feed.yield(.keys(keys))
                    case .failed(let error): failure = error
                    }
                }
                feed.yield(.inputEnded(failure))
            }
            var code = ExitCode.pass
            var state = State(editor: LineEditor(history: recalled))
            draw(state)
            for await event in events {
                switch event {
                case .inputEnded(let failure):
                    if let failure { console.say(failure.message) }
                    code = failure?.exitCode ?? .pass
                    state.hasEnded = true
                case .keys(let keys): state.ahead.add(keys)
                case .finished(let reply):
                    state.isRunning = false
                    for value in reply.results { state.completion.learn(value) }
                    _ = ReplOutput.show(reply, console)
                    draw(state)
                }
                interrupt(&state, prompt)
                while !state.isRunning, !state.hasEnded, !state.ahead.isEmpty {
                    guard let source = key(state.ahead.next(), &state) else { continue }
                    state.isRunning = true
                    state.ahead.begin()
                    prompt.begin(patience: patience)
                    group.addTask { feed.yield(.finished(await prompt.enter(source))) }
                    // It may have been typed ahead.
                    interrupt(&state, prompt)
                }
                if state.hasEnded {
                    prompt.interrupt()
                    break
                }
            }
            group.cancelAll()
            return code
        }
        TerminalMode.restore()
        return code
    }

    /// ^C while an entry runs.
    private func interrupt(_ state: inout State, _ prompt: Prompt) {
        guard state.isRunning else { return }
        switch state.ahead.wish() {
        case nil: break
        case .interrupt?: prompt.interrupt()
        case .leave?: TerminalMode.leave(ExitCode.interrupted.rawValue)
        }
    }

    private func draw(_ state: State) {
        let sign = state.entry.isEmpty ? "sluice> " : "   ...> "
        console.tell(console.secrets.redact(state.editor.drawn(sign, columns: Terminal.errors.columns)))
    }

    /// Takes one key; the source of an entry that is to be run.
    private func key(_ byte: UInt8, _ state: inout State) -> String? {
        switch state.editor.feed(byte) {
        case .none: break
        case .changed: draw(state)
        case .cleared:
            console.tell("\u{1B}[H\u{1B}[2J")
            draw(state)
        case .complete: complete(&state)
        case .cancelled:
            console.tell("^C\n")
            state.entry.clear()
            draw(state)
        case .ended:
            console.tell("\n")
            state.hasEnded = true
        case .entered(let line):
            console.tell("\n")
            // A line that holds a secret is not kept, in this or any other form.
            if console.secrets.redact(line) == line { history.add(line) }
            return entered(line, &state)
        }
        return nil
    }

    private func entered(_ line: String, _ state: inout State) -> String? {
        var source: String?
        if state.entry.isEmpty, line.hasPrefix(":") {
            switch ReplOutput.command(line) {
            case nil: state.hasEnded = true
            case .success(let lines)?: _ = ReplOutput.show(lines, console)
            case .failure(let error)?: console.say(error.message)
            }
        } else if !state.entry.isEmpty || !line.allSatisfy(\.isWhitespace) {
            switch state.entry.add(line) {
            case .unfinished: break
            case .wrong(let message):
                state.entry.clear()
                console.say(message)
            case .whole(let whole):
                state.completion.learn(entry: state.entry.text)
                state.entry.clear()
                source = whole
            }
        }
        if source == nil, !state.hasEnded { draw(state) }
        return source
    }

    private func complete(_ state: inout State) {
        let (typed, names) = state.completion.candidates(state.editor.before)
        let shared = ReplCompletion.shared(names)
        if shared.utf8.count > typed.utf8.count {
            state.editor.insert(String(shared.dropFirst(typed.count)))
        } else if names.count > 1 {
            let more = names.count > Self.listed ? "  … \(names.count - Self.listed) more" : ""
            let list = names.prefix(Self.listed).map(console.clean).joined(separator: "  ") + more
            console.tell("\n" + TextWrap.lines(list, columns: Terminal.errors.columns).joined(separator: "\n") + "\n")
        }
        draw(state)
    }
}
