import Guarding
import KafkaWire
import Transport

extension ScriptedCluster {
    /// How long a broker waits for a client: as long as any test.
    private static var patience: Deadline { .after(.seconds(600)) }

    func serve(_ node: Int32, _ listener: TCPListener) async {
        await withDiscardingTaskGroup { group in
            while let stream = try? await listener.accept(by: Self.patience) {
                state.withLock { $0.connections[node, default: 0] += 1 }
                group.addTask { await self.serve(stream) }
            }
            group.cancelAll()
        }
    }

    /// One connection: a request at a time, as Kafka does it.
    private func serve(_ stream: TCPStream) async {
        defer { stream.close() }
        var session = Session(isLoggedIn: state.withLock { $0.model.mechanisms.isEmpty })
        while let frame = try? await Self.frame(from: stream) {
            guard let reaction = try? await react(to: frame[...], &session) else { return }
            switch reaction {
            case .frame(let bytes):
                guard (try? await stream.write(bytes, by: Self.patience)) != nil else { return }
            case .last(let bytes):
                try? await stream.write(bytes, by: Self.patience)
                return
            case .nothing: continue
            case .hangUp, .standard: return
            }
        }
    }

    /// The login of one connection.
    private struct Session { var isLoggedIn: Bool }

    private func react(
        to frame: ArraySlice<UInt8>, _ session: inout Session
    ) async throws -> FrameReaction {
        let (header, body) = try RequestHeader.split(frame)
        let (number, handler) = state.withLock { state in
            state.counts[header.apiKey, default: 0] += 1
            return (state.counts[header.apiKey] ?? 0, state.handlers[header.apiKey])
        }
        let call = Call(
            key: header.apiKey, version: header.apiVersion, correlationID: header.correlationID, number: number)
        let request = LoggedRequest(
            call: call, clientID: header.clientID, frame: Array(frame), body: Array(body))
        state.withLock { $0.log.append(request) }
        let isLogin = [.apiVersions, .saslHandshake, .saslAuthenticate].contains(header.apiKey)
        guard session.isLoggedIn || isLogin else { return .hangUp }
        if let handler {
            let reaction = try await handler(body, call)
            guard case .standard = reaction else {
                if header.apiKey == .saslAuthenticate { session.isLoggedIn = true }
                return reaction
            }
        }
        // As Kafka does it: a version that was not advertised ends the connection, but for ApiVersions.
        guard let type = KafkaMessages.request(header.apiKey), type.versions.contains(header.apiVersion) else {
            return .hangUp
        }
        guard header.apiKey == .apiVersions || advertised[header.apiKey]?.contains(header.apiVersion) == true else {
            return .hangUp
        }
        let (frame, isLoggedIn) = try standard(type, body, call)
        if isLoggedIn { session.isLoggedIn = true }
        return frame.map { .frame($0) } ?? .hangUp
    }

    private func standard<R: WireRequest>(
        _ type: R.Type, _ body: ArraySlice<UInt8>, _ call: Call
    ) throws -> (frame: [UInt8]?, isLoggedIn: Bool) {
        let request = try R.request(from: body, version: call.version)
        guard let response = standardAnswer(to: request, call) as? R.Response else { return (nil, false) }
        if call.key == .apiVersions, let answer = response as? ApiVersionsResponse, answer.error != .none {
            // A refusal has the format of version 0.
            return (
                try ApiVersionsRequest.frame(answer, version: 0, correlationID: call.correlationID), false
            )
        }
        let frame = try R.frame(response, version: call.version, correlationID: call.correlationID)
        return (frame, (response as? SaslAuthenticateResponse)?.error == KafkaErrorCode.none)
    }

    private static func frame(from stream: TCPStream) async throws -> [UInt8] {
        let size = try await bytes(4, from: stream).reduce(0) { $0 << 8 | Int($1) }
        return try await bytes(size, from: stream)
    }

    private static func bytes(_ count: Int, from stream: TCPStream) async throws -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let read = try await stream.read(into: &buffer, from: filled, by: patience)
            guard read > 0 else { throw TransportError(.closed, peer: stream.peer) }
            filled += read
        }
        return buffer
    }
}
