import KafkaClient
import TLS
import TLSFixtures
import Testing
import Transport

/// Peers that do not play by the rules, in memory.
@Suite struct TLSPeerTests {
    private func open(
        by deadline: Deadline = .after(.seconds(20)), _ peer: @escaping @Sendable (MemoryStream) async -> Void
    ) async throws -> Result<TLSStream, TransportError> {
        let reactor = try #require(TestClient.reactor)
        let (client, server) = MemoryStream.pair(reactor: reactor)
        let context = try TestClient.context(.init())
        return await withTaskGroup(of: Void.self) { group in
            group.addTask { await peer(server) }
            let (stream, _) = await TLSStream.open(over: client, context, host: "localhost", by: deadline)
            group.cancelAll()
            return stream
        }
    }

    @Test("A peer that says nothing costs no more than the deadline")
    func silence() async throws {
        let stream = try await open(by: .after(.milliseconds(200))) { _ in }
        guard case .failure(let error) = stream else {
            Issue.record("a handshake with nobody")
            return
        }
        #expect(error.reason == .deadline)
    }

    @Test("A peer that drips bytes for ever cannot move the deadline", .timeLimit(.minutes(1)))
    func drip() async throws {
        let stream = try await open(by: .after(.milliseconds(300))) { server in
            // The start of a record of a handshake, and then a byte of it now and then.
            var next: [UInt8] = [0x16, 0x03, 0x03, 0x3F, 0xFF]
            while !Task.isCancelled {
                try? await server.write(next, by: .after(.seconds(1)))
                next = [2]
                try? await Task.sleep(for: .milliseconds(5))
            }
        }
        guard case .failure(let error) = stream else {
            Issue.record("a handshake of nothing")
            return
        }
        #expect(error.reason == .deadline)
    }

    @Test("A flood of empty handshake messages is cut off by its size")
    func flood() async throws {
        let stream = try await open { server in
            // HelloRequest, which a client passes over before the server's hello.
            let message: [UInt8] = [0x16, 0x03, 0x03, 0x00, 0x04, 0, 0, 0, 0]
            let block = Array(repeatElement(message, count: 1000).joined())
            for _ in 0..<100 { try? await server.write(block, by: .after(.seconds(1))) }
        }
        #expect(stream.tlsFailure?.kind == .flood)
    }

    @Test(
        "What answers is named where it is no TLS",
        arguments: [
            ("HTTP/1.1 400 Bad Request\r\n\r\n", "answers in HTTP"), ("\u{0}\u{0}\u{0}\u{10}", "looks like plaintext"),
        ])
    func stranger(answer: String, words: String) async throws {
        let stream = try await open { server in
            try? await server.write(Array(answer.utf8), by: .after(.seconds(1)))
        }
        #expect(stream.tlsFailure?.kind == .notTLS)
        #expect(stream.tlsFailure?.message.contains(words) == true)
    }

    @Test("A peer that hangs up on the hello is taken for a plaintext listener")
    func hangUp() async throws {
        let stream = try await open { server in server.close() }
        #expect(stream.tlsFailure?.kind == .notTLS)
        #expect(stream.tlsFailure?.message.contains("security.protocol=PLAINTEXT") == true)
    }

    @Test("An alert is told in OpenSSL's words")
    func alert() async throws {
        let stream = try await open { server in
            try? await server.write([0x15, 0x03, 0x03, 0, 2, 2, 80], by: .after(.seconds(1)))
        }
        #expect(stream.tlsFailure?.kind == .handshake)
        #expect(stream.tlsFailure?.message.contains("alert internal error") == true)
    }
}
