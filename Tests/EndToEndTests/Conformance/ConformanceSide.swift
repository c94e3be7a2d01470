import Guarding
import KafkaWire
import Transport

/// One of the two brokers that are asked the same: how it is reached, and what it calls things.
final class ConformanceSide: Sendable {
    private struct Names {
        var aliases: [String: String] = [:]
        var values: [String: String] = [:]
        var ids: [String: KafkaUUID] = [:]
        var streams: [String: TCPStream] = [:]
    }

    let name: String
    private let ports: [String: UInt16]
    private let reactor: Reactor
    private let names = Guarded(Names())

    init(_ name: String, ports: [String: UInt16], reactor: Reactor) {
        self.name = name
        self.ports = ports
        self.reactor = reactor
        names.withLock { names in
            for (listener, port) in ports { names.aliases["\(port)"] = "port of \(listener)" }
        }
    }

    // MARK: Names

    var aliases: [String: String] { names.withLock { $0.aliases } }

    /// Keeps a name that this broker made up, such as a member's id, under one that both sides share.
    func keep(_ value: String, as name: String, isAlias: Bool = true) {
        names.withLock { names in
            names.values[name] = value
            if isAlias, !value.isEmpty { names.aliases[value] = "‹\(name)›" }
        }
    }

    func kept(_ name: String) -> String { names.withLock { $0.values[name] ?? "" } }

    func keep(_ id: KafkaUUID, of topic: String) {
        names.withLock { names in
            names.ids[topic] = id
            names.aliases["\(id)"] = "‹id of \(topic)›"
        }
    }

    func id(of topic: String) -> KafkaUUID { names.withLock { $0.ids[topic] ?? .zero } }

    // MARK: Requests

    /// The body of the answer; nil where the broker closes the connection instead.
    ///
    /// Connections are kept by `connection`, which begins with the name of a listener.
    func ask(_ frame: [UInt8], flexible: Bool, on connection: String) async throws -> ArraySlice<UInt8>? {
        let deadline = Deadline.after(.seconds(10))
        let stream = try await stream(connection, by: deadline)
        try await stream.write(frame, by: deadline)
        guard let size = try await Self.bytes(4, of: stream, by: deadline) else {
            forget(connection)
            return nil
        }
        let count = size.reduce(0) { $0 << 8 | Int($1) }
        guard let answer = try await Self.bytes(count, of: stream, by: deadline) else { return nil }
        return try ResponseHeader.split(answer[...], isFlexible: flexible).body
    }

    func forget(_ connection: String) {
        names.withLock { $0.streams.removeValue(forKey: connection) }?.close()
    }

    func close() {
        for stream in names.withLock({ $0.streams.values.map(\.self) }) { stream.close() }
    }

    private func stream(_ connection: String, by deadline: Deadline) async throws -> TCPStream {
        if let known = names.withLock({ $0.streams[connection] }) { return known }
        let listener = String(connection.prefix { $0 != "/" })
        guard let port = ports[listener] else { throw KafkaFixtureError("\(name) has no listener \(listener)") }
        let stream = try await TCPDialer(reactor: reactor).connect(to: "127.0.0.1", port: port, by: deadline).stream
            .get()
        names.withLock { $0.streams[connection] = stream }
        return stream
    }

    private static func bytes(
        _ count: Int, of stream: TCPStream, by deadline: Deadline
    ) async throws -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let got = (try? await stream.read(into: &buffer, from: filled, by: deadline)) ?? 0
            guard got > 0 else { return nil }
            filled += got
        }
        return buffer
    }
}
