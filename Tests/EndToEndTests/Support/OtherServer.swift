import Foundation
import Glibc

/// A listener on this machine that is no Kafka: it answers whatever it is sent with the same bytes, then hangs up.
final class OtherServer: Sendable {
    /// What an HTTP server says to a request that it cannot read.
    static let http = Array("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".utf8)
    /// TLS: an alert, fatal, unexpected_message.
    static let tls: [UInt8] = [0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x0A]

    let port: UInt16
    private let socket: Int32

    var address: String { "127.0.0.1:\(port)" }

    init(answering bytes: [UInt8]) throws {
        let descriptor = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe bind(descriptor, pointer, length) == 0 && getsockname(descriptor, pointer, &length) == 0
            }
        }
        guard isBound, listen(descriptor, 8) == 0 else { throw KafkaFixtureError("no listener: \(errno)") }
        socket = descriptor
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread {
            while true {
                let peer = accept(descriptor, nil, nil)
                guard peer >= 0 else { return }
                var request = [UInt8](repeating: 0, count: 4096)
                _ = unsafe read(peer, &request, request.count)
                _ = unsafe send(peer, bytes, bytes.count, Int32(MSG_NOSIGNAL))
                close(peer)
            }
        }
    }

    deinit {
        shutdown(socket, Int32(SHUT_RDWR))
        close(socket)
    }
}
