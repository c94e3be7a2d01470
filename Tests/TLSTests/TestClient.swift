import Foundation
import KafkaClient
import Secrets
import TLS
import TLSFixtures
import Transport

/// The client side of the tests.
enum TestClient {
    static let reactor = try? Reactor()

    struct NoReactor: Error {}

    static var source: ConfigSource {
        ConfigSource(environment: { _ in nil }) { path throws(ConfigSource.Failure) in
            var isFolder: ObjCBool = false
            guard unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { throw .missing }
            guard !isFolder.boolValue else { throw .isDirectory }
            guard let data = FileManager.default.contents(atPath: path) else { throw .notPermitted }
            return Array(data)
        }
    }

    static func context(_ config: TLSConfig) throws -> TLSContext { try TLSContext(config, source: source) }

    /// Trusts one file.
    static func trusting(_ path: String, _ change: (inout TLSConfig) -> Void = { _ in }) -> TLSConfig {
        var config = TLSConfig()
        config.trust = .file(path, declared: nil, password: nil)
        change(&config)
        return config
    }

    static func connect(
        _ port: UInt16, _ config: TLSConfig, host: String = "localhost", slices: Bool = false
    ) async throws -> (stream: Result<TLSStream, TransportError>, facts: TLSFacts?) {
        guard let reactor else { throw NoReactor() }
        let deadline = Deadline.after(.seconds(60))
        let (tcp, _) = await TCPDialer(reactor: reactor).connect(to: "127.0.0.1", port: port, by: deadline)
        let stream: any ByteStream = slices ? SlicedStream(try tcp.get()) : try tcp.get()
        return await TLSStream.open(over: stream, try context(config), host: host, by: deadline)
    }
}

extension Result where Failure == TransportError {
    /// Why TLS did not come about.
    var tlsFailure: TLSFailure? {
        guard case .failure(let error) = self, case .tls(let failure) = error.reason else { return nil }
        return failure
    }
}

/// Hands out one byte at a time, and writes one at a time.
struct SlicedStream: ByteStream {
    private let inner: any ByteStream
    var peer: String { inner.peer }

    init(_ inner: any ByteStream) { self.inner = inner }

    func read(into buffer: inout [UInt8], from offset: Int, by deadline: Deadline) async throws(TransportError) -> Int {
        var one: [UInt8] = [0]
        let count = try await inner.read(into: &one, from: 0, by: deadline)
        if count == 1 { buffer[offset] = one[0] }
        return count
    }

    func write(_ bytes: [UInt8], by deadline: Deadline) async throws(TransportError) {
        for byte in bytes { try await inner.write([byte], by: deadline) }
    }

    func close() { inner.close() }
}
