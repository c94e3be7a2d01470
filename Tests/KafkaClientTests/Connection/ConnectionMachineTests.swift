import KafkaWire
import Secrets
import Testing
import Transport

@testable import KafkaClient

@Suite struct ConnectionMachineTests {
    // MARK: Negotiation

    @Test("the first request is ApiVersions v3, and its answer sets the connection up")
    func negotiates() throws {
        var machine = ConnectionMachine(settings: .init())
        let sent = try Self.sent(machine.handle(.opened))
        #expect(sent.apiKey == .apiVersions && sent.apiVersion == 3 && sent.clientID == "sluice")
        let actions = machine.handle(.frame(try Self.versions(for: sent)))
        guard case .established(let table, 0)? = actions.first else { throw Unexpected(actions) }
        #expect(table.ranges[.metadata] == 4...13)
    }

    @Test("error 35 with the range of ApiVersions asks again with its upper end", arguments: [Int16(2), 0])
    func fallsBack(offered: Int16) throws {
        var machine = ConnectionMachine(settings: .init())
        let first = try Self.sent(machine.handle(.opened))
        var refusal = ApiVersionsResponse()
        refusal.error = .unsupportedVersion
        refusal.apiKeys = [
            .with {
                $0.apiKey = .apiVersions; $0.maxVersion = offered
            }
        ]
        let second = try Self.sent(machine.handle(.frame(try Self.frame(refusal, to: first, as: 0))))
        #expect(second.apiVersion == offered)
        let actions = machine.handle(.frame(try Self.versions(for: second)))
        guard case .established? = actions.first else { throw Unexpected(actions) }
    }

    @Test("error 35 without a range, as brokers before 2.4 give it, asks again with version 0")
    func fallsBackBlindly() throws {
        var machine = ConnectionMachine(settings: .init())
        let first = try Self.sent(machine.handle(.opened))
        let body: [UInt8] = [0, 0, 0, 0, 0, 35, 0, 0, 0, 0]
        #expect(first.correlationID == 0)
        #expect(try Self.sent(machine.handle(.frame(body[...]))).apiVersion == 0)
    }

    @Test("error 35 to version 0 ends the connection")
    func refusesForGood() throws {
        var settings = ConnectionMachine.Settings()
        settings.firstApiVersions = 0
        var machine = ConnectionMachine(settings: settings)
        let first = try Self.sent(machine.handle(.opened))
        let refusal = ApiVersionsResponse.with { $0.error = .unsupportedVersion }
        let error = try Self.end(machine.handle(.frame(try Self.frame(refusal, to: first, as: 0))))
        #expect(error.code == 35 && error.api == "ApiVersions")
    }

    @Test("an empty list, and one of crossed ranges only, is no broker to talk to", arguments: [false, true])
    func advertisesNothing(crossed: Bool) throws {
        var machine = ConnectionMachine(settings: .init())
        let first = try Self.sent(machine.handle(.opened))
        var answer = ApiVersionsResponse()
        if crossed {
            answer.apiKeys = [
                .with {
                    $0.apiKey = .metadata; $0.minVersion = 5; $0.maxVersion = 4
                }
            ]
        }
        let error = try Self.end(machine.handle(.frame(try Self.frame(answer, to: first))))
        #expect(error.name == "protocol.unsupported")
    }

    @Test("the end of the stream right after ApiVersions is a hang-up on that request")
    func hangsUp() throws {
        var machine = ConnectionMachine(settings: .init())
        _ = machine.handle(.opened)
        let error = try Self.end(machine.handle(.ended(nil)))
        #expect(error.reason == .hungUp && error.api == "ApiVersions" && error.version == 3)
    }

    @Test("a request before the set-up is over is not sent")
    func refusesEarlyRequests() throws {
        var machine = ConnectionMachine(settings: .init())
        #expect(Self.isRejection(machine.handle(.submitted(Self.metadata(1))), of: 1))
        _ = machine.handle(.opened)
        #expect(Self.isRejection(machine.handle(.submitted(Self.metadata(2))), of: 2))
    }

    // MARK: Requests

    @Test("answers find their requests by correlation id, in order")
    func pipelines() throws {
        var machine = try Self.ready()
        let first = try Self.sent(machine.handle(.submitted(Self.metadata(1))))
        let second = try Self.sent(machine.handle(.submitted(Self.metadata(2))))
        #expect(first.correlationID != second.correlationID)
        for (id, request) in [(UInt64(1), first), (2, second)] {
            let actions = machine.handle(.frame(try Self.metadataAnswer(request)))
            guard case .deliver(id, _, _)? = actions.first else { throw Unexpected(actions) }
        }
    }

    @Test("an answer out of order, to nobody, or a second one ends all that is under way", arguments: 0..<3)
    func wrongCorrelation(kind: Int) throws {
        var machine = try Self.ready()
        var first = try Self.sent(machine.handle(.submitted(Self.metadata(1))))
        let second = try Self.sent(machine.handle(.submitted(Self.metadata(2))))
        let frame: ArraySlice<UInt8>
        var waiting: Set<UInt64> = [1, 2]
        switch kind {
        case 0: frame = try Self.metadataAnswer(second)
        case 1:
            first.correlationID = 77
            frame = try Self.metadataAnswer(first)
        default:
            frame = try Self.metadataAnswer(first)
            _ = machine.handle(.frame(frame))
            waiting = [2]
        }
        let actions = machine.handle(.frame(frame))
        #expect(Self.rejected(actions) == waiting)
        #expect(try Self.end(actions).name == "protocol")
    }

    @Test("a frame too short for a header ends the connection", arguments: 0..<4)
    func shortFrame(count: Int) throws {
        var machine = try Self.ready()
        let frame = [UInt8](repeating: 0, count: count)
        #expect(try Self.end(machine.handle(.frame(frame[...]))).name == "protocol")
    }

    @Test("the end of the stream ends every request under way, each under its own name")
    func endsAll() throws {
        var machine = try Self.ready()
        _ = machine.handle(.submitted(Self.metadata(1)))
        _ = machine.handle(.submitted(Self.metadata(2)))
        let actions = machine.handle(.ended(.closed))
        #expect(Self.rejected(actions) == [1, 2])
        #expect(try Self.end(actions).reason == .hungUp)
        #expect(Self.isRejection(machine.handle(.submitted(Self.metadata(3))), of: 3))
        #expect(machine.handle(.ended(nil)).isEmpty && machine.handle(.expired(1)).isEmpty)
    }

    @Test("a request that expires takes the connection with it, and only itself is late")
    func expires() throws {
        var machine = try Self.ready()
        _ = machine.handle(.submitted(Self.metadata(1)))
        _ = machine.handle(.submitted(Self.metadata(2)))
        var reasons: [UInt64: KafkaError.Reason] = [:]
        for case .reject(let id, let error) in machine.handle(.expired(2)) { reasons[id] = error.reason }
        #expect(reasons == [1: .transport(.closed), 2: .deadline])
        #expect(Self.isRejection(machine.handle(.submitted(Self.metadata(3))), of: 3))
    }

    @Test("an expiry that comes after the answer is nothing")
    func expiresLate() throws {
        var machine = try Self.ready()
        let request = try Self.sent(machine.handle(.submitted(Self.metadata(1))))
        _ = machine.handle(.frame(try Self.metadataAnswer(request)))
        #expect(machine.handle(.expired(1)).isEmpty)
        _ = try Self.sent(machine.handle(.submitted(Self.metadata(2))))
    }

    @Test("the answer to an abandoned request is dropped, and the connection lives on")
    func abandons() throws {
        var machine = try Self.ready()
        let first = try Self.sent(machine.handle(.submitted(Self.metadata(1))))
        #expect(machine.handle(.abandoned(1)).isEmpty)
        #expect(machine.handle(.frame(try Self.metadataAnswer(first))).isEmpty)
        _ = try Self.sent(machine.handle(.submitted(Self.metadata(2))))
    }

    @Test("what could change a cluster is not sent, unless that very effect is allowed")
    func allowList() throws {
        let writes: [ApiKey] = [.produce, .offsetCommit, .createTopics, .deleteTopics, .deleteRecords, .deleteGroups]
        var machine = try Self.ready()
        for key in writes + [ApiKey(rawValue: 999)] {
            let actions = machine.handle(.submitted(Self.submission(9, key)))
            guard case .reject(9, let error)? = actions.first, actions.count == 1 else { throw Unexpected(actions) }
            #expect(error.reason == .notAllowed && error.api == "\(key)")
        }
        var settings = ConnectionMachine.Settings()
        settings.allowedEffects = [.offsetCommit]
        var allowed = try Self.ready(settings)
        #expect(Self.isRejection(allowed.handle(.submitted(Self.submission(1, .produce))), of: 1))
        let actions = allowed.handle(.submitted(Self.submission(2, .offsetCommit)))
        guard case .write? = actions.first else { throw Unexpected(actions) }
    }

    @Test("a request that does not encode is refused and leaves the connection as it was")
    func encodingFails() throws {
        var machine = try Self.ready()
        let broken = ConnectionMachine.Submission(id: 1, key: .metadata, version: 99, hasFlexibleAnswer: true) {
            correlation, client throws(WireError) in
            try MetadataRequest().frame(version: 99, correlationID: correlation, clientID: client)
        }
        #expect(Self.isRejection(machine.handle(.submitted(broken)), of: 1))
        _ = try Self.sent(machine.handle(.submitted(Self.metadata(2))))
    }

    @Test("answers of the set-up are held to a mebibyte, later ones by what was asked")
    func frameLimits() throws {
        var machine = ConnectionMachine(settings: .init())
        #expect(machine.frameLimit == 1 << 20)
        machine = try Self.ready()
        _ = machine.handle(.submitted(Self.metadata(1)))
        #expect(machine.frameLimit == 32 << 20)
        _ = machine.handle(.submitted(Self.submission(2, .fetch)))
        #expect(machine.frameLimit == 100 << 20)
    }

    @Test(
        "a size that is no size tells who is there",
        arguments: [
            (Int32(bitPattern: 0x4854_5450), "HTTP"), (0x1503_0300, "TLS"), (0x1503_0100, "TLS"), (-1, "-1 bytes"),
            (0, "0 bytes"), (3, "3 bytes"), (0x7FFF_FFFF, "2147483647 bytes"),
        ])
    func badFrames(size: Int32, hint: String) throws {
        var machine = ConnectionMachine(settings: .init())
        _ = machine.handle(.opened)
        let error = try Self.end(machine.handle(.badFrame(size: size, limit: 1 << 20)))
        #expect(error.message.contains(hint) && error.errorClass == .protocol && !error.isRetriable)
    }

    // MARK: Login

    @Test("PLAIN logs in, and the session's lifetime is told")
    func logsIn() throws {
        var machine = ConnectionMachine(settings: Self.plain)
        let first = try Self.sent(machine.handle(.opened))
        let handshake = try Self.sent(machine.handle(.frame(try Self.versions(for: first))))
        #expect(handshake.apiKey == .saslHandshake && handshake.apiVersion == 1)
        let answer = SaslHandshakeResponse.with { $0.mechanisms = ["PLAIN", "SCRAM-SHA-256"] }
        let actions = machine.handle(
            .frame(try SaslHandshakeRequest.frame(answer, version: 1, correlationID: handshake.correlationID)[4...]))
        let login = try Self.sent(actions)
        #expect(login.apiKey == .saslAuthenticate && login.apiVersion == 2)
        guard case .write(let bytes)? = actions.first else { throw Unexpected(actions) }
        #expect(bytes.suffix(11) == Array("\0user\0pass\0".utf8)[...])
        let last = machine.handle(
            .frame(
                try SaslAuthenticateRequest.frame(
                    .with { $0.sessionLifetimeMs = 5000 }, version: 2, correlationID: login.correlationID)[4...]))
        guard case .established(_, 5000)? = last.first else { throw Unexpected(last) }
        #expect(machine.offeredMechanisms == ["PLAIN", "SCRAM-SHA-256"])
    }

    @Test("a mechanism that is not offered ends the login before the password is sent")
    func mechanismMissing() throws {
        var machine = ConnectionMachine(settings: Self.plain)
        let first = try Self.sent(machine.handle(.opened))
        let handshake = try Self.sent(machine.handle(.frame(try Self.versions(for: first))))
        let answer = SaslHandshakeResponse.with {
            $0.error = .unsupportedSaslMechanism
            $0.mechanisms = ["GSSAPI"]
        }
        let error = try Self.end(
            machine.handle(
                .frame(try SaslHandshakeRequest.frame(answer, version: 1, correlationID: handshake.correlationID)[4...])
            ))
        #expect(error.errorClass == .auth && error.message.contains("GSSAPI") && !error.isRetriable)
    }

    @Test("a wrong password is the broker's refusal, with its words, and is not tried again")
    func wrongPassword() throws {
        var (machine, login) = try Self.authenticating()
        let answer = SaslAuthenticateResponse.with {
            $0.error = .saslAuthenticationFailed
            $0.errorMessage = "Invalid username or password"
        }
        let error = try Self.end(
            machine.handle(
                .frame(try SaslAuthenticateRequest.frame(answer, version: 2, correlationID: login.correlationID)[4...]))
        )
        #expect(error.errorClass == .auth && error.message.contains("Invalid username or password"))
        #expect(!error.deservesRetry(after: 1))
    }

    @Test("a broker that hangs up on a password is not asked again: it may count")
    func hangsUpOnLogin() throws {
        var (machine, _) = try Self.authenticating()
        let error = try Self.end(machine.handle(.ended(.closed)))
        #expect(error.reason == .hungUp && !error.deservesRetry(after: 1))
    }

    @Test("whatever the event, no phase traps, and no request is left without an end", arguments: 0..<5)
    func everyEvent(phase: Int) throws {
        let events: [ConnectionMachine.Event] = [
            .opened, .frame([0, 0, 0, 0]), .frame([0, 0, 0, 1]), .frame([]), .ended(nil), .ended(.system(5)),
            .ended(.cancelled), .badFrame(size: -1, limit: 9), .submitted(Self.metadata(5)), .expired(5), .expired(6),
            .abandoned(5), .closed, .reauthenticate(PlainExchange(user: "user", password: Secret("pass"))),
            .reauthenticationExpired,
        ]
        for first in events {
            for second in events {
                var machine =
                    switch phase {
                    case 0: ConnectionMachine(settings: .init())
                    case 1: try Self.authenticating().machine
                    case 2, 3: try Self.ready()
                    default: try Self.reauthenticating()
                    }
                var open: Set<UInt64> = []
                if phase >= 3 {
                    _ = machine.handle(.submitted(Self.metadata(4)))
                    open = [4]
                }
                for event in [first, second, .closed] {
                    if case .submitted(let submission) = event { open.insert(submission.id) }
                    if case .abandoned(let id) = event { open.remove(id) }
                    for action in machine.handle(event) {
                        switch action {
                        case .reject(let id, _), .deliver(let id, _, _): open.remove(id)
                        default: break
                        }
                    }
                }
                #expect(open.isEmpty, "\(first), \(second)")
            }
        }
    }
}

// MARK: -

extension ConnectionMachineTests {
    private struct Unexpected: Error {
        let actions: String
        init(_ actions: [ConnectionMachine.Action]) { self.actions = "\(actions)" }
    }

    private static var plain: ConnectionMachine.Settings {
        var settings = ConnectionMachine.Settings()
        settings.sasl = PlainExchange(user: "user", password: Secret("pass"))
        return settings
    }

    private static func ready(_ settings: ConnectionMachine.Settings = .init()) throws -> ConnectionMachine {
        var machine = ConnectionMachine(settings: settings)
        let first = try sent(machine.handle(.opened))
        _ = machine.handle(.frame(try versions(for: first)))
        return machine
    }

    private static func authenticating() throws -> (machine: ConnectionMachine, login: RequestHeader) {
        var machine = ConnectionMachine(settings: plain)
        let first = try sent(machine.handle(.opened))
        let handshake = try sent(machine.handle(.frame(try versions(for: first))))
        let answer = SaslHandshakeResponse.with { $0.mechanisms = ["PLAIN"] }
        let frame = try SaslHandshakeRequest.frame(answer, version: 1, correlationID: handshake.correlationID)[4...]
        let login = try sent(machine.handle(.frame(frame)))
        return (machine, login)
    }

    private static func reauthenticating() throws -> ConnectionMachine {
        var (machine, login) = try authenticating()
        let answer = SaslAuthenticateResponse.with { $0.sessionLifetimeMs = 5000 }
        let frame = try SaslAuthenticateRequest.frame(answer, version: 2, correlationID: login.correlationID)[4...]
        _ = machine.handle(.frame(frame))
        _ = machine.handle(.reauthenticate(PlainExchange(user: "user", password: Secret("pass"))))
        return machine
    }

    private static func sent(_ actions: [ConnectionMachine.Action]) throws -> RequestHeader {
        guard case .write(let bytes)? = actions.first, actions.count == 1 else { throw Unexpected(actions) }
        return try RequestHeader.split(bytes[4...]).header
    }

    private static func end(_ actions: [ConnectionMachine.Action]) throws -> KafkaError {
        guard case .end(let error)? = actions.last else { throw Unexpected(actions) }
        return error
    }

    private static func rejected(_ actions: [ConnectionMachine.Action]) -> Set<UInt64> {
        var ids: Set<UInt64> = []
        for case .reject(let id, _) in actions { ids.insert(id) }
        return ids
    }

    private static func isRejection(_ actions: [ConnectionMachine.Action], of id: UInt64) -> Bool {
        actions.count == 1 && rejected(actions) == [id]
    }

    private static func frame(
        _ response: ApiVersionsResponse, to request: RequestHeader, as version: Int16? = nil
    ) throws -> ArraySlice<UInt8> {
        try ApiVersionsRequest.frame(
            response, version: version ?? request.apiVersion, correlationID: request.correlationID)[4...]
    }

    private static func versions(for request: RequestHeader) throws -> ArraySlice<UInt8> {
        var response = ApiVersionsResponse()
        response.apiKeys = KafkaMessages.requests.map { type in
            .with {
                $0.apiKey = type.key
                $0.minVersion = type.versions.lowerBound
                $0.maxVersion = type.versions.upperBound
            }
        }
        return try frame(response, to: request)
    }

    private static func metadata(_ id: UInt64) -> ConnectionMachine.Submission { submission(id, .metadata) }

    private static func submission(_ id: UInt64, _ key: ApiKey) -> ConnectionMachine.Submission {
        .init(id: id, key: key, version: 12, hasFlexibleAnswer: true) { correlation, client throws(WireError) in
            try MetadataRequest().frame(version: 12, correlationID: correlation, clientID: client)
        }
    }

    private static func metadataAnswer(_ request: RequestHeader) throws -> ArraySlice<UInt8> {
        try MetadataRequest.frame(.init(), version: 12, correlationID: request.correlationID)[4...]
    }
}
