import Testing
import Transport

/// Two ends of a TCP connection within this process.
enum Loopback {
    static func with(_ body: (_ near: TCPStream, _ far: TCPStream) async throws -> Void) async throws {
        let reactor = try Reactor()
        defer { reactor.stop() }
        let listener = try TCPListener(reactor: reactor)
        defer { listener.close() }
        let (near, _) = await TCPDialer(reactor: reactor).connect(
            to: "127.0.0.1", port: listener.port, by: .after(.seconds(60)))
        let far = try await listener.accept(by: .after(.seconds(60)))
        try await body(try near.get(), far)
    }
}

extension ByteStream {
    /// What comes next; empty at the end of the stream.
    func next(by deadline: Deadline = .after(.seconds(30))) async throws -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        let count = try await read(into: &buffer, from: 0, by: deadline)
        return Array(buffer.prefix(count))
    }

    func readError(by deadline: Deadline) async -> TransportError? {
        var buffer = [UInt8](repeating: 0, count: 16)
        do throws(TransportError) {
            _ = try await read(into: &buffer, from: 0, by: deadline)
            return nil
        } catch {
            return error
        }
    }
}
