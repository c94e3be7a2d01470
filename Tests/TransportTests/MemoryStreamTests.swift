import Testing
import Transport

@Suite struct MemoryStreamTests {
    @Test("what one end writes the other reads, in parts no larger than asked for")
    func roundTrip() async throws {
        try await Self.with { client, server in
            try await client.write([1, 2, 3, 4, 5], by: .after(.seconds(60)))
            var buffer: [UInt8] = [0, 0, 0, 9]
            #expect(try await server.read(into: &buffer, from: 1, by: .after(.seconds(60))) == 3)
            #expect(buffer == [0, 1, 2, 3])
            #expect(try await server.next() == [4, 5])
        }
    }

    @Test("a reader waits for the writer, up to its deadline")
    func waits() async throws {
        try await Self.with { client, server in
            #expect(
                await server.readError(by: .after(.milliseconds(100))) == TransportError(.deadline, peer: server.peer))
            let read = try await withThrowingTaskGroup(of: [UInt8].self) { group in
                group.addTask { try await server.next() }
                group.addTask {
                    try await client.write([7], by: .after(.seconds(60)))
                    return []
                }
                return try await group.reduce([], +)
            }
            #expect(read == [7])
        }
    }

    @Test("after a close the other end reads what is left and then the end; this one nothing")
    func closes() async throws {
        try await Self.with { client, server in
            try await client.write([1], by: .after(.seconds(60)))
            client.close()
            #expect(try await server.next() == [1])
            #expect(try await server.next() == [])
            #expect(await client.readError(by: .after(.seconds(60))) == TransportError(.closed, peer: client.peer))
            await #expect(throws: TransportError(.closed, peer: server.peer)) {
                try await server.write([1], by: .after(.seconds(60)))
            }
        }
    }

    @Test("a cancelled reader stops waiting")
    func cancelled() async throws {
        try await Self.with { client, _ in
            let error = await withTaskGroup(of: TransportError?.self) { group in
                group.addTask { await client.readError(by: .after(.seconds(60))) }
                group.cancelAll()
                return await group.next() ?? nil
            }
            #expect(error == TransportError(.cancelled, peer: client.peer))
        }
    }

    private static func with(_ body: (MemoryStream, MemoryStream) async throws -> Void) async throws {
        let reactor = try Reactor()
        defer { reactor.stop() }
        let (client, server) = MemoryStream.pair(reactor: reactor)
        try await body(client, server)
    }
}

@Suite struct DeadlineTests {
    @Test("milliseconds are rounded up, so that a wait does not end early")
    func roundsUp() {
        #expect(Duration.nanoseconds(1).millisecondsRoundedUp == 1)
        #expect(Duration.milliseconds(5).millisecondsRoundedUp == 5)
        #expect((Duration.milliseconds(5) + .nanoseconds(1)).millisecondsRoundedUp == 6)
        #expect(Duration.seconds(Int64.max).millisecondsRoundedUp == .max)
    }

    @Test("of two deadlines the earlier one counts")
    func atMost() {
        let now = ContinuousClock.now
        let deadline = Deadline.after(.seconds(10), now: now)
        #expect(deadline.atMost(.seconds(20), now: now) == deadline)
        #expect(deadline.atMost(.seconds(5), now: now) == .after(.seconds(5), now: now))
        #expect(Deadline.after(.seconds(-5)).remaining == .zero && Deadline.after(.seconds(-5)).hasPassed)
    }
}
