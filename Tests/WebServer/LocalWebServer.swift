import Glibc
import Guarding

/// An HTTP/1.1 server on loopback, one request a connection, on a thread of its own.
package final class LocalWebServer: Sendable {
    package struct Request: Sendable {
        package let method: String
        package let path: String
        /// By lower-case name.
        package let headers: [String: String]
        package let body: String
    }

    package struct Answer: Sendable {
        package let status: Int
        package let body: String
        package var headers: [String] = []

        package init(status: Int, body: String, headers: [String] = []) {
            self.status = status
            self.body = body
            self.headers = headers
        }
    }

    package struct CannotListen: Error {}

    package let url: String
    private let socket: Int32
    private let seen = Guarded<[Request]>([])

    package var requests: [Request] { seen.withLock { $0 } }

    /// Where there is no answer, the connection stays open without one.
    package init(_ answer: @escaping @Sendable (Request) -> Answer?) throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let file = socket
        let port: UInt16? = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                guard unsafe bind(file, address, size) == 0, listen(file, 16) == 0,
                    unsafe getsockname(file, address, &size) == 0
                else { return nil }
                return unsafe UnsafeRawPointer(address).loadUnaligned(as: sockaddr_in.self).sin_port.bigEndian
            }
        }
        guard let port else { throw CannotListen() }
        url = "http://127.0.0.1:\(port)"
        var thread = pthread_t()
        let start = unsafe Unmanaged.passRetained(Start(server: self, answer: answer))
        unsafe pthread_create(
            &thread, nil,
            { opaque in
                guard let opaque = unsafe opaque else { return nil }
                let start = unsafe Unmanaged<Start>.fromOpaque(opaque).takeRetainedValue()
                start.server.serve(start.answer)
                return nil
            }, start.toOpaque())
        pthread_detach(thread)
    }

    private final class Start {
        let server: LocalWebServer
        let answer: @Sendable (Request) -> Answer?

        init(server: LocalWebServer, answer: @escaping @Sendable (Request) -> Answer?) {
            self.server = server
            self.answer = answer
        }
    }

    package func stop() { shutdown(socket, Int32(SHUT_RDWR)) }

    private func serve(_ answer: @Sendable (Request) -> Answer?) {
        var silent: [Int32] = []
        while true {
            let peer = accept(socket, nil, nil)
            guard peer >= 0 else { break }
            guard let request = Self.request(from: peer) else {
                close(peer)
                continue
            }
            seen.withLock { $0.append(request) }
            guard let answer = answer(request) else {
                silent.append(peer)
                continue
            }
            let head =
                ["HTTP/1.1 \(answer.status) X", "Content-Length: \(answer.body.utf8.count)", "Connection: close"]
                + answer.headers
            Self.write(head.map { $0 + "\r\n" }.joined() + "\r\n" + answer.body, to: peer)
            close(peer)
        }
        for peer in silent { close(peer) }
        close(socket)
    }

    private static func write(_ text: String, to peer: Int32) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe send(peer, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    private static func request(from peer: Int32) -> Request? {
        var all: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        let end = Array("\r\n\r\n".utf8)
        while true {
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe recv(peer, $0.baseAddress, $0.count, 0) }
            guard count > 0 else { return nil }
            all += chunk[..<count]
            guard let head = (0..<max(0, all.count - 3)).first(where: { all[$0...].starts(with: end) }) else {
                continue
            }
            let lines = String(decoding: all[..<head], as: UTF8.self).split(separator: "\r\n").map(String.init)
            let first = (lines.first ?? "").split(separator: " ").map(String.init)
            guard first.count == 3 else { return nil }
            var headers: [String: String] = [:]
            for line in lines.dropFirst() {
                let parts = line.split(separator: ":", maxSplits: 1).map(String.init)
                headers[parts[0].lowercased()] = parts.count > 1 ? String(parts[1].drop { $0 == " " }) : ""
            }
            guard all.count - head - 4 >= Int(headers["content-length"] ?? "0") ?? 0 else { continue }
            return Request(
                method: first[0], path: first[1], headers: headers,
                body: String(decoding: all[(head + 4)...], as: UTF8.self))
        }
    }
}
