import Foundation
import Testing
import Transport

/// A proxy that does to connections what bad networks do, in a process that ends with the test's.
final class Toxiproxy: Sendable {
    /// What happens to the bytes of each connection, from the broker unless `isUpstream`.
    struct Toxic: Sendable {
        let type: String
        let attributes: [String: Int]
        var isUpstream = false

        /// Nothing gets through, and nobody hangs up.
        static let silence = Toxic(type: "timeout", attributes: ["timeout": 0])
        /// A reset instead of what comes.
        static let reset = Toxic(type: "reset_peer", attributes: ["timeout": 0])

        static func slices(of bytes: Int, every microseconds: Int) -> Toxic {
            Toxic(
                type: "slicer",
                attributes: ["average_size": bytes, "size_variation": 0, "delay": microseconds])
        }

        static func hangUp(after bytes: Int, isUpstream: Bool = false) -> Toxic {
            Toxic(type: "limit_data", attributes: ["bytes": bytes], isUpstream: isUpstream)
        }

        /// Nothing gets through after so many bytes, and nobody hangs up: the end of the connection is held back.
        static func silence(after bytes: Int, isUpstream: Bool = false) -> [Toxic] {
            [
                .hangUp(after: bytes, isUpstream: isUpstream),
                Toxic(type: "slow_close", attributes: ["delay": 120_000], isUpstream: isUpstream),
            ]
        }
    }

    static let program = SluiceCommand.repository.deletingLastPathComponent()
        .appendingPathComponent("shared/tools/toxiproxy-server").path
    static var isAvailable: Bool { FileManager.default.isExecutableFile(atPath: program) }

    private let port: UInt16
    private let process: ChildProcess
    private let reactor: Reactor

    /// The one that suites share.
    static var shared: Toxiproxy { get async throws { try await started.value } }

    private static let started = Task { try await Toxiproxy() }

    private init() async throws {
        port = FreePorts.take(1)[0]
        reactor = try Reactor()
        // It ends when its standard input does, and the kernel closes that with this process.
        process = try ChildProcess([
            "sh", "-c", "\"$1\" -host 127.0.0.1 -port \"$2\" 2>&1 & proxy=$!; cat >/dev/null; kill $proxy", "toxiproxy",
            Self.program, "\(port)",
        ])
        guard await process.output.first(where: { $0.contains("Starting HTTP server") }) != nil else {
            throw KafkaFixtureError("toxiproxy did not start: \(process.output.lines)")
        }
        // It says so a moment before it listens.
        for _ in 0..<100 {
            if (try? await ask("GET", "/proxies", "")) != nil { return }
            try await Task.sleep(for: .milliseconds(100))
        }
        throw KafkaFixtureError("toxiproxy does not listen")
    }

    deinit {
        reactor.stop()
        process.closeInput()
    }

    /// The address of a new proxy in front of this one.
    func proxy(to upstream: String, _ toxics: [Toxic]) async throws -> String {
        let name = UUID().uuidString
        let answer = try await ask(
            "POST", "/proxies", #"{"name":"\#(name)","listen":"127.0.0.1:0","upstream":"\#(upstream)"}"#)
        for toxic in toxics {
            let attributes = String(decoding: try JSONEncoder().encode(toxic.attributes), as: UTF8.self)
            _ = try await ask(
                "POST", "/proxies/\(name)/toxics",
                #"{"type":"\#(toxic.type)","stream":"\#(toxic.isUpstream ? "upstream" : "downstream")","#
                    + #""attributes":\#(attributes)}"#)
        }
        return try #require(answer["listen"].string)
    }

    private func ask(_ method: String, _ path: String, _ body: String) async throws -> JSON {
        let deadline = Deadline.after(.seconds(30))
        let stream = try await TCPDialer(reactor: reactor).connect(to: "127.0.0.1", port: port, by: deadline)
            .stream.get()
        defer { stream.close() }
        let request =
            "\(method) \(path) HTTP/1.0\r\nHost: toxiproxy\r\nContent-Type: application/json\r\n"
            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
        try await stream.write(Array(request.utf8), by: deadline)
        var answer: [UInt8] = []
        var room = [UInt8](repeating: 0, count: 4096)
        while case let count = try await stream.read(into: &room, from: 0, by: deadline), count > 0 {
            answer += room[..<count]
        }
        let text = String(decoding: answer, as: UTF8.self)
        guard let end = text.range(of: "\r\n\r\n"), text.hasPrefix("HTTP/1.0 2") || text.hasPrefix("HTTP/1.1 2") else {
            throw KafkaFixtureError("toxiproxy: \(text)")
        }
        return try JSONDecoder().decode(JSON.self, from: Data(text[end.upperBound...].utf8))
    }
}
