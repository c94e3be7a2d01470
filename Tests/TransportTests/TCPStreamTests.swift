import Testing
import Transport

@Suite struct TCPStreamTests {
    @Test("bytes arrive in order, both ways")
    func roundTrip() async throws {
        try await Loopback.with { near, far in
            try await near.write(Array("ping".utf8), by: .after(.seconds(60)))
            #expect(try await far.next() == Array("ping".utf8))
            try await far.write(Array("pong".utf8), by: .after(.seconds(60)))
            #expect(try await near.next() == Array("pong".utf8))
        }
    }

    @Test("a read ends at its deadline where nothing comes")
    func deadline() async throws {
        try await Loopback.with { near, _ in
            let start = ContinuousClock.now
            await #expect(throws: TransportError(.deadline, peer: near.peer)) {
                _ = try await near.next(by: .after(.milliseconds(100)))
            }
            let waited = start.duration(to: .now)
            #expect(waited >= .milliseconds(100) && waited < .seconds(5))
        }
    }

    @Test("a deadline in the past ends a read that would have to wait, at once")
    func passedDeadline() async throws {
        try await Loopback.with { near, _ in
            await #expect(throws: TransportError(.deadline, peer: near.peer)) {
                _ = try await near.next(by: .after(.seconds(-1)))
            }
        }
    }

    @Test("a cancelled task stops waiting")
    func cancellation() async throws {
        try await Loopback.with { near, _ in
            let error = await withTaskGroup(of: TransportError?.self) { group in
                group.addTask { await near.readError(by: .after(.seconds(60))) }
                group.cancelAll()
                return await group.next() ?? nil
            }
            #expect(error == TransportError(.cancelled, peer: near.peer))
        }
    }

    @Test("closing a stream ends the read that waits on it, again and again")
    func closeWhileWaiting() async throws {
        for _ in 0..<50 {
            try await Loopback.with { near, _ in
                let error = await withTaskGroup(of: TransportError?.self) { group in
                    group.addTask { await near.readError(by: .after(.seconds(60))) }
                    group.addTask {
                        near.close()
                        return nil
                    }
                    return await group.reduce(nil) { $0 ?? $1 }
                }
                #expect(error == TransportError(.closed, peer: near.peer))
            }
        }
    }

    @Test("a closed stream neither reads nor writes")
    func closed() async throws {
        try await Loopback.with { near, _ in
            near.close()
            near.close()
            #expect(await near.readError(by: .after(.seconds(60))) == TransportError(.closed, peer: near.peer))
            await #expect(throws: TransportError(.closed, peer: near.peer)) {
                try await near.write([1], by: .after(.seconds(60)))
            }
        }
    }

    @Test("a reader that can use many bytes only is not woken by each few, and gets what is there when the peer ends")
    func usefulBytes() async throws {
        try await Loopback.with { near, far in
            var buffer = [UInt8](repeating: 0, count: 200_000)
            let sizes = await withTaskGroup(of: [Int].self) { group in
                group.addTask {
                    for _ in 0..<20 {
                        try? await far.write([UInt8](repeating: 7, count: 5000), by: .after(.seconds(60)))
                        try? await Task.sleep(for: .milliseconds(2))
                    }
                    far.close()
                    return []
                }
                var sizes: [Int] = []
                while sizes.reduce(0, +) < 100_000 {
                    let filled = sizes.reduce(0, +)
                    let read = try? await near.read(
                        into: &buffer, from: filled, useful: 200_000 - filled, by: .after(.seconds(60)))
                    guard let count = read, count > 0 else { break }
                    sizes.append(count)
                }
                return sizes
            }
            #expect(sizes.reduce(0, +) == 100_000)
            #expect(sizes.count < 10, "\(sizes)")
            #expect(buffer[..<100_000].allSatisfy { $0 == 7 })
        }
    }

    @Test("after a read that wanted many bytes one byte is enough again")
    func usefulByteAgain() async throws {
        try await Loopback.with { near, far in
            var buffer = [UInt8](repeating: 0, count: 100_000)
            await #expect(throws: TransportError(.deadline, peer: near.peer)) {
                _ = try await near.read(into: &buffer, from: 0, useful: 100_000, by: .after(.milliseconds(10)))
            }
            let count = try await withThrowingTaskGroup(of: Int.self) { group in
                group.addTask {
                    var buffer = [UInt8](repeating: 0, count: 100)
                    return try await near.read(into: &buffer, from: 0, by: .after(.seconds(60)))
                }
                try await far.write([1], by: .after(.seconds(60)))
                return try await group.next() ?? 0
            }
            #expect(count == 1)
        }
    }

    @Test("the peer's orderly end reads as zero bytes")
    func endOfStream() async throws {
        try await Loopback.with { near, far in
            far.close()
            let rest = try await near.next()
            #expect(rest.isEmpty)
        }
    }

    @Test("a stream that is closed while somebody waits on it tells its peer at once")
    func closeIsHeard() async throws {
        for _ in 0..<50 {
            try await Loopback.with { near, far in
                // Both wait in one poll of the reactor, which nothing else wakes.
                async let waiting = far.readError(by: .after(.seconds(60)))
                async let ending = near.next(by: .after(.seconds(60)))
                for _ in 0..<20 { await Task.yield() }
                far.close()
                let rest = try await ending
                #expect(rest.isEmpty)
                _ = await waiting
            }
        }
    }

    @Test("writing to a peer that is gone ends as closed")
    func gone() async throws {
        try await Loopback.with { near, far in
            far.close()
            await #expect(throws: TransportError(.closed, peer: near.peer)) {
                // The first bytes draw the reset that refuses the later ones.
                for _ in 0..<100_000 { try await near.write([1], by: .after(.seconds(60))) }
            }
        }
    }

    @Test("a write larger than all buffers arrives whole")
    func largeWrite() async throws {
        try await Loopback.with { near, far in
            let block = (0..<9973).map { UInt8(truncatingIfNeeded: $0 &* 7 >> 3) }
            var bytes: [UInt8] = []
            for _ in 0..<1000 { bytes += block }
            let arrived = try await withThrowingTaskGroup(of: [UInt8].self) { group in
                group.addTask { [bytes] in
                    try await near.write(bytes, by: .after(.seconds(60)))
                    return []
                }
                group.addTask { [count = bytes.count] in
                    var all: [UInt8] = []
                    while all.count < count { all += try await far.next() }
                    return all
                }
                return try await group.reduce([], +)
            }
            #expect(arrived == bytes)
        }
    }

    @Test("a write to a peer that does not read ends at its deadline")
    func stuckWrite() async throws {
        try await Loopback.with { near, _ in
            await #expect(throws: TransportError(.deadline, peer: near.peer)) {
                try await near.write([UInt8](repeating: 0, count: 32 << 20), by: .after(.milliseconds(200)))
            }
        }
    }
}

@Suite struct TCPDialerTests {
    @Test("a port nobody listens on refuses, and the attempt is told")
    func refused() async throws {
        let reactor = try Reactor()
        defer { reactor.stop() }
        let listener = try TCPListener(reactor: reactor)
        let port = listener.port
        listener.close()
        let (stream, attempts) = await TCPDialer(reactor: reactor).connect(
            to: "127.0.0.1", port: port, by: .after(.seconds(60)))
        guard case .failure(let error) = stream else { throw TransportError(.refused, peer: "connected") }
        #expect(error.reason == .refused && error.peer == "127.0.0.1:\(port)")
        #expect(attempts.map(\.address) == ["127.0.0.1"] && attempts.map(\.failure) == [.refused])
    }

    @Test("a name that cannot be resolved has no attempts")
    func unresolved() async throws {
        let reactor = try Reactor()
        defer { reactor.stop() }
        let (stream, attempts) = await TCPDialer(reactor: reactor).connect(
            to: "not a host", port: 1, by: .after(.seconds(20)))
        guard case .failure(let error) = stream else { throw TransportError(.refused, peer: "connected") }
        guard case .unresolved = error.reason else { throw error }
        #expect(attempts.isEmpty)
    }
}

@Suite struct ResolverTests {
    @Test("numeric addresses need no resolver, IPv6 included", arguments: ["127.0.0.1", "::1"])
    func numeric(host: String) async throws {
        let reactor = try Reactor()
        defer { reactor.stop() }
        let addresses = try await Resolver.addresses(of: host, port: 80, by: .after(.seconds(60)), reactor: reactor)
        #expect(addresses.map(\.text) == [host])
    }

    @Test("localhost resolves by name")
    func localhost() async throws {
        let reactor = try Reactor()
        defer { reactor.stop() }
        let addresses = try await Resolver.addresses(
            of: "localhost", port: 80, by: .after(.seconds(60)), reactor: reactor)
        #expect(addresses.contains { $0.text == "127.0.0.1" || $0.text == "::1" })
    }

    @Test("a look-up that is late, or that nobody waits for any more, is left behind")
    func leftBehind() async throws {
        let reactor = try Reactor()
        defer { reactor.stop() }
        let late = await Self.failure(of: "localhost", by: .after(.seconds(-1)), reactor)
        #expect(late == nil || late?.reason == .deadline)
        let cancelled = await withTaskGroup(of: TransportError?.self) { group in
            group.cancelAll()
            group.addTask { await Self.failure(of: "a.invalid", by: .after(.seconds(60)), reactor) }
            return await group.next() ?? nil
        }
        #expect(cancelled != nil)
    }

    private static func failure(of host: String, by deadline: Deadline, _ reactor: Reactor) async -> TransportError? {
        do {
            _ = try await Resolver.addresses(of: host, port: 80, by: deadline, reactor: reactor)
            return nil
        } catch {
            return error
        }
    }
}
