import Guarding
package import Transport

/// TLS over another byte stream.
///
/// After the handshake only the writer writes: what reading makes OpenSSL want to send (the answer to a key update)
/// goes out before the next data, which is when the protocol wants it.
package final class TLSStream: ByteStream {
    /// More bytes of a handshake than this no honest peer sends: OpenSSL itself takes 100 KiB of certificates.
    private static let handshakeLimit = 256 << 10
    /// More bytes than this without any data among them (tickets, key updates, empty records) are a flood.
    private static let silentLimit = 1 << 20
    /// How long a peer that asked for a certificate may take to refuse it before the first request goes out.
    private static let verdictPatience = Duration.milliseconds(500)
    private static let chunk = 32 << 10

    package let peer: String
    private let transport: any ByteStream
    private let engine: Guarded<TLSEngine>
    private let state = Guarded(State())

    private struct State {
        /// The reader's room for encrypted bytes; empty while it is in use.
        var room: [UInt8] = []
        var silentBytes = 0
        var hasReadData = false
    }

    private init(_ engine: sending TLSEngine, over transport: any ByteStream) {
        peer = transport.peer
        self.transport = transport
        self.engine = Guarded(engine)
    }

    /// Shakes hands over a stream that is closed where that fails: the stream of data or why there is none, and what was
    /// learnt of the peer.
    ///
    /// `host` is what the certificate must be for, not necessarily what was dialled.
    package static func open(
        over transport: any ByteStream, _ context: TLSContext, host: String, by deadline: Deadline
    ) async -> (stream: Result<TLSStream, TransportError>, facts: TLSFacts?) {
        let stream: TLSStream
        do throws(TLSFailure) {
            stream = TLSStream(try context.engine(host: host, peer: transport.peer), over: transport)
        } catch {
            transport.close()
            return (.failure(TransportError(.tls(error), peer: transport.peer)), nil)
        }
        let result: Result<TLSStream, TransportError>
        do throws(TransportError) {
            try await stream.handshake(by: deadline)
            try await stream.verdictOnCertificate(by: deadline)
            result = .success(stream)
        } catch {
            transport.close()
            result = .failure(error)
        }
        let facts = stream.facts
        // Where nothing came that says anything about the peer: no facts rather than empty ones.
        return (result, facts.chain.isEmpty && facts.version == nil ? nil : facts)
    }

    /// Shakes hands as the side that was called, over a stream that is closed where that fails.
    ///
    /// `seconds`: When a client's certificate has to be valid, since 1970; nil: now. Failures speak of a broker: nobody
    /// but tests reads them here.
    package static func accept(
        over transport: any ByteStream, _ context: TLSServerContext, at seconds: Int64?, by deadline: Deadline
    ) async throws(TransportError) -> TLSStream {
        do throws(TLSFailure) {
            let stream = TLSStream(try context.engine(peer: transport.peer, at: seconds), over: transport)
            do throws(TransportError) {
                try await stream.handshake(by: deadline)
            } catch {
                throw TLSFailure(.handshake, "\(error)")
            }
            return stream
        } catch {
            transport.close()
            throw TransportError(.tls(error), peer: transport.peer)
        }
    }

    /// What the handshake showed of the peer.
    package var facts: TLSFacts { engine.withLock { $0.facts } }

    // MARK: Handshake

    private func handshake(by deadline: Deadline) async throws(TransportError) {
        var room = [UInt8](repeating: 0, count: Self.chunk)
        var received = 0
        while true {
            let (progress, output) = engine.withLock { ($0.handshake(), $0.drained()) }
            if case .failed = progress {
                // The alert that says why; the peer may be gone already, and the failure stays what it is.
                try? await transport.write(output, by: deadline.atMost(.seconds(1)))
            } else if !output.isEmpty {
                try await handshakeWrite(output, received: received, by: deadline)
            }
            switch progress {
            case .done: return
            case .closed: throw failure(.handshake, "the broker ended the handshake")
            case .failed(let failure): throw TransportError(.tls(failure), peer: peer)
            case .needsInput: break
            }
            let count = try await handshakeRead(into: &room, received: received, by: deadline)
            if received == 0 { try requireTLS(room[..<count]) }
            received += count
            guard received <= Self.handshakeLimit else {
                throw failure(
                    .flood,
                    "the broker sent \(received) bytes, and the handshake is not over (at most "
                        + "\(Self.handshakeLimit))")
            }
            try feed(room[..<count])
        }
    }

    private func handshakeWrite(
        _ bytes: [UInt8], received: Int, by deadline: Deadline
    ) async throws(TransportError) {
        do throws(TransportError) {
            try await transport.write(bytes, by: deadline)
        } catch {
            throw error.reason == .closed ? hungUp(received: received) : error
        }
    }

    private func handshakeRead(
        into room: inout [UInt8], received: Int, by deadline: Deadline
    ) async throws(TransportError) -> Int {
        do throws(TransportError) {
            let count = try await transport.read(into: &room, from: 0, by: deadline)
            guard count > 0 else { throw TransportError(.closed, peer: peer) }
            return count
        } catch {
            throw error.reason == .closed ? hungUp(received: received) : error
        }
    }

    private func hungUp(received: Int) -> TransportError {
        guard received > 0 else {
            return failure(
                .notTLS,
                "the broker hung up on the first message of TLS: this listener looks like plaintext "
                    + "(security.protocol=PLAINTEXT or SASL_PLAINTEXT), or a proxy that does not know the host name")
        }
        let facts = facts
        guard facts.requestedCertificate else {
            return failure(.handshake, "the broker hung up during the handshake")
        }
        return TransportError(.tls(engine.withLock { $0.refusedCertificate }), peer: peer)
    }

    /// Says what it is that answers, where its first byte is none of a handshake's or an alert's.
    private func requireTLS(_ bytes: ArraySlice<UInt8>) throws(TransportError) {
        guard let first = bytes.first, first != 0x16, first != 0x15 else { return }
        let isWeb = bytes.starts(with: Array("HTTP".utf8))
        throw failure(
            .notTLS,
            isWeb
                ? "the peer answers in HTTP: a web server or load balancer, not a Kafka listener"
                : "the peer does not answer in TLS: this listener looks like plaintext (security.protocol=PLAINTEXT or "
                    + "SASL_PLAINTEXT)")
    }

    /// Gives a peer that asked for a certificate a moment to refuse it.
    ///
    /// In TLS 1.3 this side takes the handshake for done before the peer has seen the certificate, and a request sent
    /// meanwhile can make the peer's words get lost in a reset.
    private func verdictOnCertificate(by deadline: Deadline) async throws(TransportError) {
        guard engine.withLock({ $0.isJudgedLate }) else { return }
        var room = [UInt8](repeating: 0, count: Self.chunk)
        let patience = deadline.atMost(Self.verdictPatience)
        do throws(TransportError) {
            let count = try await transport.read(into: &room, from: 0, by: patience)
            guard count > 0 else { throw TransportError(.closed, peer: peer) }
            try feed(room[..<count])
        } catch {
            switch error.reason {
            case .deadline: return
            case .closed: throw TransportError(.tls(engine.withLock { $0.refusedCertificate }), peer: peer)
            default: throw error
            }
        }
        switch engine.withLock({ $0.settle() }) {
        case .done, .needsInput: return
        case .closed: throw TransportError(.tls(engine.withLock { $0.refusedCertificate }), peer: peer)
        case .failed(let failure): throw TransportError(.tls(failure), peer: peer)
        }
    }

    // MARK: Data

    package func read(
        into buffer: inout [UInt8], from offset: Int, by deadline: Deadline
    ) async throws(TransportError) -> Int {
        var room = state.withLock { state in
            defer { state.room = [] }
            return state.room
        }
        if room.isEmpty { room = [UInt8](repeating: 0, count: Self.chunk) }
        defer { state.withLock { [room] in $0.room = room } }
        while true {
            let progress = engine.withLock { engine in engine.read(into: &buffer, from: offset) }
            switch progress {
            case .done(let count):
                state.withLock {
                    $0.hasReadData = true; $0.silentBytes = 0
                }
                return count
            case .closed: return 0
            case .failed(let failure): throw TransportError(.tls(failure), peer: peer)
            case .needsInput: break
            }
            let count: Int
            do throws(TransportError) {
                count = try await transport.read(into: &room, from: 0, by: deadline)
            } catch {
                throw told(error)
            }
            guard count > 0 else {
                // Many peers leave without the goodbye of TLS; only what is cut off is an error here, and whether an
                // answer is cut off the frames say.
                if engine.withLock({ $0.isInRecord }) { throw told(TransportError(.closed, peer: peer)) }
                if let refusal = lateRefusal { throw refusal }
                return 0
            }
            let silent = state.withLock { state in
                state.silentBytes += count
                return state.silentBytes
            }
            guard silent <= Self.silentLimit else {
                throw failure(.flood, "the broker sent \(silent) bytes without any data in them")
            }
            try feed(room[..<count])
        }
    }

    package func write(_ bytes: [UInt8], by deadline: Deadline) async throws(TransportError) {
        let (failure, output) = engine.withLock { engine in (engine.write(bytes), engine.drained()) }
        if let failure { throw TransportError(.tls(failure), peer: peer) }
        do throws(TransportError) {
            try await transport.write(output, by: deadline)
        } catch {
            throw told(error)
        }
    }

    package func close() { transport.close() }

    // MARK: Words

    private func feed(_ bytes: ArraySlice<UInt8>) throws(TransportError) {
        guard engine.withLock({ $0.feed(bytes) }) else {
            throw failure(.record, "OpenSSL has no memory for what came")
        }
    }

    /// A peer that hangs up before its first answer, after it asked for a certificate, has refused it.
    private var lateRefusal: TransportError? {
        guard !state.withLock({ $0.hasReadData }) else { return nil }
        return engine.withLock { engine in
            engine.isJudgedLate ? TransportError(.tls(engine.refusedCertificate), peer: peer) : nil
        }
    }

    private func told(_ error: TransportError) -> TransportError {
        error.reason == .closed ? lateRefusal ?? error : error
    }

    private func failure(_ kind: TLSFailure.Kind, _ message: String) -> TransportError {
        TransportError(.tls(TLSFailure(kind, message)), peer: peer)
    }
}
