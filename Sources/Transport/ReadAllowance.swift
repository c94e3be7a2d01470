import Guarding

/// How fast several streams together may be read.
///
/// What was read is paid for by waiting before the next read: on average the rate holds, whatever the size of a read.
package final class ReadAllowance: Sendable {
    private let bytesPerSecond: Int64
    /// When all that was read is paid for.
    private let free: Guarded<ContinuousClock.Instant>

    /// `bytesPerSecond`: More than 0.
    package init(bytesPerSecond: Int64, now: ContinuousClock.Instant = .now) {
        self.bytesPerSecond = max(1, bytesPerSecond)
        free = Guarded(now)
    }

    /// When the next read may begin.
    package var nextRead: ContinuousClock.Instant { free.withLock { $0 } }

    package func spend(_ bytes: Int, now: ContinuousClock.Instant = .now) {
        let price = Duration.seconds(1) * (Double(bytes) / Double(bytesPerSecond))
        free.withLock { $0 = max($0, now) + price }
    }
}

/// A stream that is read no faster than its allowance; writing is not held up.
package final class SlowedStream: ByteStream {
    private static let nap = Duration.milliseconds(100)

    private let stream: any ByteStream
    private let allowance: ReadAllowance
    private let isClosed = Guarded(false)

    package var peer: String { stream.peer }

    package init(_ stream: any ByteStream, allowance: ReadAllowance) {
        self.stream = stream
        self.allowance = allowance
    }

    package func read(
        into buffer: inout [UInt8], from offset: Int, by deadline: Deadline
    ) async throws(TransportError) -> Int {
        try await read(into: &buffer, from: offset, useful: 1, by: deadline)
    }

    package func read(
        into buffer: inout [UInt8], from offset: Int, useful: Int, by deadline: Deadline
    ) async throws(TransportError) -> Int {
        while true {
            let now = ContinuousClock.now
            let next = allowance.nextRead
            // A closed stream, and a deadline that passes, the stream itself tells.
            guard next > now, !isClosed.withLock({ $0 }), !deadline.hasPassed, !Task.isCancelled else { break }
            // In short naps, so that closing it ends the wait.
            try? await Task.sleep(until: min(next, now + Self.nap, deadline.instant), clock: .continuous)
        }
        let count = try await stream.read(into: &buffer, from: offset, useful: useful, by: deadline)
        allowance.spend(count)
        return count
    }

    package func write(_ bytes: [UInt8], by deadline: Deadline) async throws(TransportError) {
        try await stream.write(bytes, by: deadline)
    }

    package func close() {
        isClosed.withLock { $0 = true }
        stream.close()
    }
}
