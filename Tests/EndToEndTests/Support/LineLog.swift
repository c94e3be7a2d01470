import Foundation
import Glibc
import Guarding

/// What a program writes to one stream: kept whole, and awaited line by line as it comes.
final class LineLog: Sendable {
    private struct State {
        var bytes = Data()
        var lines: [String] = []
        /// Where the line begins that has no end yet.
        var lineStart = 0
        var isClosed = false
        var waiters: [Waiter] = []
    }

    private struct Waiter {
        let isWanted: @Sendable (String) -> Bool
        let continuation: CheckedContinuation<String?, Never>
    }

    private let state = Guarded(State())

    /// Reads on a thread of its own, since a pipe has no other way to be waited for without blocking a task.
    init(reading file: Int32) {
        Thread.detachNewThread { [self] in
            var chunk = [UInt8](repeating: 0, count: 64 << 10)
            while true {
                let count = unsafe chunk.withUnsafeMutableBytes { unsafe read(file, $0.baseAddress, $0.count) }
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { break }
                append(Data(chunk[..<count]))
            }
            Glibc.close(file)
            close()
        }
    }

    /// Every byte so far.
    var bytes: Data { state.withLock { $0.bytes } }

    /// Every line so far; the last may lack its end.
    var lines: [String] {
        state.withLock { state in
            let rest = state.bytes[state.lineStart...]
            return rest.isEmpty ? state.lines : state.lines + [String(decoding: rest, as: UTF8.self)]
        }
    }

    /// The first whole line that is wanted, already there or still to come; `nil` once the stream ended without it.
    func first(where isWanted: @escaping @Sendable (String) -> Bool) async -> String? {
        await withCheckedContinuation { continuation in
            let found: String?? = state.withLock { state in
                if let line = state.lines.first(where: isWanted) { return .some(line) }
                if state.isClosed { return .some(nil) }
                state.waiters.append(Waiter(isWanted: isWanted, continuation: continuation))
                return nil
            }
            if let found { continuation.resume(returning: found) }
        }
    }

    /// Returns once the stream has ended.
    func end() async {
        _ = await first { _ in false }
    }

    private func append(_ bytes: Data) {
        let answered: [(Waiter, String)] = state.withLock { state in
            state.bytes.append(bytes)
            var answered: [(Waiter, String)] = []
            while let newline = state.bytes[state.lineStart...].firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: state.bytes[state.lineStart..<newline], as: UTF8.self)
                state.lines.append(line)
                state.lineStart = newline + 1
                answered += state.waiters.filter { $0.isWanted(line) }.map { ($0, line) }
                state.waiters.removeAll { $0.isWanted(line) }
            }
            return answered
        }
        for (waiter, line) in answered { waiter.continuation.resume(returning: line) }
    }

    private func close() {
        let left = state.withLock { state in
            state.isClosed = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in left { waiter.continuation.resume(returning: nil) }
    }
}
