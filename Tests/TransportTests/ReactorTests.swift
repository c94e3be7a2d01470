import Synchronization
import Testing
import Transport

@Suite struct ReactorTests {
    @Test("moments come in their order, none before its time")
    func timers() async throws {
        let reactor = try Reactor()
        defer { reactor.stop() }
        let start = ContinuousClock.now
        var seen: [Int] = []
        let (stream, sink) = AsyncStream.makeStream(of: (Int, Duration).self)
        for (index, delay) in [60, 20, 40].enumerated() {
            _ = reactor.schedule(at: .after(.milliseconds(delay), now: start)) {
                sink.yield((index, start.duration(to: .now)))
            }
        }
        for await (index, elapsed) in stream {
            #expect(elapsed >= .milliseconds([60, 20, 40][index]))
            seen.append(index)
            if seen.count == 3 { break }
        }
        #expect(seen == [1, 2, 0])
    }

    @Test("a moment that is called off does not come")
    func calledOff() async throws {
        let reactor = try Reactor()
        defer { reactor.stop() }
        let fired = Atomic(false)
        await withLatch { latch in
            let timer = reactor.schedule(at: .after(.milliseconds(20))) { fired.store(true, ordering: .relaxed) }
            reactor.cancel(timer)
            _ = reactor.schedule(at: .after(.milliseconds(60))) { latch.finish() }
        }
        let hasFired = fired.load(ordering: .relaxed)
        #expect(!hasFired)
    }

    @Test("a reactor that stops ends every wait, and keeps nobody waiting afterwards")
    func stopped() async throws {
        let reactor = try Reactor()
        let listener = try TCPListener(reactor: reactor)
        let errors = await withTaskGroup(of: TransportError?.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    do throws(TransportError) {
                        _ = try await listener.accept(by: .after(.seconds(60)))
                        return nil
                    } catch {
                        return error
                    }
                }
            }
            reactor.stop()
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(errors.allSatisfy { $0?.reason == .cancelled })
        await withLatch { latch in
            _ = reactor.schedule(at: .after(.seconds(3600))) { latch.finish() }
        }
    }

    @Test("waits and cancellations that race leave no wait behind and end none twice")
    func races() async throws {
        let reactor = try Reactor()
        defer { reactor.stop() }
        let listener = try TCPListener(reactor: reactor)
        for round in 0..<200 {
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        _ = try? await listener.accept(by: .after(.milliseconds(Int64(round % 3))))
                    }
                }
                if round % 2 == 0 { group.cancelAll() }
            }
        }
    }

    /// Waits for somebody to finish what is handed to `body`.
    private func withLatch(_ body: (AsyncStream<Never>.Continuation) -> Void) async {
        let (stream, end) = AsyncStream.makeStream(of: Never.self)
        body(end)
        for await _ in stream {}
    }
}
