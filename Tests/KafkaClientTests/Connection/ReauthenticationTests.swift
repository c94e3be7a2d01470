import Crypto
import KafkaWire
import Secrets
import Testing

@testable import KafkaClient

/// A login in the middle of a connection's life (KIP-368), as the machine sees it.
@Suite struct ReauthenticationTests {
    @Test("the same mechanism logs in again on the connection, with a fresh credential and without ApiVersions")
    func renews() throws {
        var scene = try Scene()
        let handshake = try scene.write(.reauthenticate(Self.login("fresh")))
        #expect(handshake.header.apiKey == .saslHandshake && handshake.header.apiVersion == 1)
        let login = try scene.write(.frame(try Self.handshake(handshake)))
        #expect(login.header.apiKey == .saslAuthenticate)
        #expect(login.body.suffix(12) == Array("\0user\0fresh\0".utf8)[...])
        let actions = scene.machine.handle(.frame(try Self.verdict(login, lifetime: 7000)))
        guard case .reauthenticated(7000)? = actions.first, actions.count == 1 else { throw Unexpected(actions) }
        // And once more, when that session ends in its turn.
        #expect(try scene.write(.reauthenticate(Self.login("third"))).header.apiKey == .saslHandshake)
    }

    @Test("what was asked before is answered first, what is asked meanwhile is sent after, in its order")
    func ordersRequests() throws {
        var scene = try Scene()
        let early = try scene.write(.submitted(Self.metadata(1)))
        let handshake = try scene.write(.reauthenticate(Self.login("fresh")))
        #expect(scene.machine.handle(.submitted(Self.metadata(2))).isEmpty)
        let actions = scene.machine.handle(.frame(try Self.metadataAnswer(early)))
        guard case .deliver(1, _, _)? = actions.first, actions.count == 1 else { throw Unexpected(actions) }
        let login = try scene.write(.frame(try Self.handshake(handshake)))
        #expect(scene.machine.handle(.submitted(Self.metadata(3))).isEmpty)
        let released = scene.machine.handle(.frame(try Self.verdict(login)))
        guard case .reauthenticated? = released.first, released.count == 3 else { throw Unexpected(released) }
        for (id, action) in zip([UInt64(2), 3], released.dropFirst()) {
            let request = try Scene.request([action])
            #expect(request.header.apiKey == .metadata)
            let answer = scene.machine.handle(.frame(try Self.metadataAnswer(request)))
            guard case .deliver(id, _, _)? = answer.first else { throw Unexpected(answer) }
        }
    }

    @Test("the answer to an abandoned request is not taken for the broker's word on the login")
    func abandonedAnswer() throws {
        var scene = try Scene()
        let early = try scene.write(.submitted(Self.metadata(1)))
        _ = scene.machine.handle(.abandoned(1))
        let handshake = try scene.write(.reauthenticate(Self.login("fresh")))
        #expect(scene.machine.handle(.frame(try Self.metadataAnswer(early))).isEmpty)
        #expect(try scene.write(.frame(try Self.handshake(handshake))).header.apiKey == .saslAuthenticate)
    }

    @Test("a refusal ends the connection, and whoever waits is told that it was the re-authentication")
    func refused() throws {
        var scene = try Scene()
        let handshake = try scene.write(.reauthenticate(Self.login("stale")))
        _ = scene.machine.handle(.submitted(Self.metadata(2)))
        let login = try scene.write(.frame(try Self.handshake(handshake)))
        let answer = SaslAuthenticateResponse.with {
            $0.error = .saslAuthenticationFailed
            $0.errorMessage = "Cannot change principals"
        }
        let actions = scene.machine.handle(
            .frame(
                try SaslAuthenticateRequest.frame(answer, version: 2, correlationID: login.header.correlationID)[4...]))
        let failures = Scene.failures(actions)
        #expect(failures.waiting.keys.sorted() == [2])
        for error in [failures.waiting[2], failures.end] {
            #expect(error?.errorClass == .auth && error?.isRetriable == false)
            #expect(error?.message.hasPrefix("re-authentication before the session ends: SASL_AUTH") == true)
            #expect(error?.message.contains("Cannot change principals") == true)
        }
    }

    @Test("a mechanism that is no longer enabled ends the connection before the password is sent")
    func mechanismGone() throws {
        var scene = try Scene()
        let handshake = try scene.write(.reauthenticate(Self.login("fresh")))
        let answer = SaslHandshakeResponse.with {
            $0.error = .unsupportedSaslMechanism
            $0.mechanisms = ["GSSAPI"]
        }
        let failures = Scene.failures(scene.machine.handle(.frame(try Self.handshake(handshake, answer))))
        #expect(failures.end?.message.contains("re-authentication") == true)
        #expect(failures.end?.message.contains("offered: GSSAPI") == true)
    }

    @Test("a broker that does not do it keeps the session, and what has waited is sent in it")
    func illegalState() throws {
        var scene = try Scene()
        let handshake = try scene.write(.reauthenticate(Self.login("fresh")))
        _ = scene.machine.handle(.submitted(Self.metadata(2)))
        let actions = scene.machine.handle(
            .frame(try Self.handshake(handshake, .with { $0.error = .illegalSaslState })))
        guard case .cannotReauthenticate? = actions.first, actions.count == 2 else { throw Unexpected(actions) }
        let late = try Scene.request(Array(actions.dropFirst()))
        let answer = scene.machine.handle(.frame(try Self.metadataAnswer(late)))
        guard case .deliver(2, _, _)? = answer.first else { throw Unexpected(answer) }
    }

    @Test("another mechanism than the first login's is not tried: no broker takes it")
    func otherMechanism() throws {
        var scene = try Scene()
        let actions = scene.machine.handle(
            .reauthenticate(ScramExchange(.sha256, user: "user", password: Secret("pass"))))
        guard case .cannotReauthenticate? = actions.first, actions.count == 1 else { throw Unexpected(actions) }
        #expect(try scene.write(.submitted(Self.metadata(1))).header.apiKey == .metadata)
    }

    @Test("who gives up while waiting leaves alone, and what was not sent never is")
    func givesUp() throws {
        var scene = try Scene()
        let handshake = try scene.write(.reauthenticate(Self.login("fresh")))
        for id in UInt64(2)...4 { _ = scene.machine.handle(.submitted(Self.metadata(id))) }
        #expect(scene.machine.handle(.abandoned(2)).isEmpty)
        let late = scene.machine.handle(.expired(3))
        guard case .reject(3, let error)? = late.first, late.count == 1 else { throw Unexpected(late) }
        #expect(error.reason == .deadline)
        // Of a request that was answered long ago.
        #expect(scene.machine.handle(.expired(1)).isEmpty)
        let login = try scene.write(.frame(try Self.handshake(handshake)))
        #expect(scene.machine.handle(.frame(try Self.verdict(login))).count == 2)
    }

    @Test(
        "a broker that takes too long, or hangs up, is a lost connection to those who wait", arguments: [true, false])
    func stalls(silently: Bool) throws {
        var scene = try Scene()
        let handshake = try scene.write(.reauthenticate(Self.login("fresh")))
        _ = scene.machine.handle(.submitted(Self.metadata(2)))
        _ = scene.machine.handle(.frame(try Self.handshake(handshake)))
        let failures = Scene.failures(scene.machine.handle(silently ? .reauthenticationExpired : .ended(nil)))
        #expect(failures.waiting[2]?.isLossOfConnection == true && failures.end != nil)
    }

    @Test("a bound that comes after the answer is nothing")
    func expiresLate() throws {
        var scene = try Scene()
        let handshake = try scene.write(.reauthenticate(Self.login("fresh")))
        let login = try scene.write(.frame(try Self.handshake(handshake)))
        _ = scene.machine.handle(.frame(try Self.verdict(login)))
        #expect(scene.machine.handle(.reauthenticationExpired).isEmpty)
        _ = try scene.write(.submitted(Self.metadata(1)))
    }

    @Test("it begins on a connection that is set up, once at a time")
    func outOfPlace() throws {
        var machine = ConnectionMachine(settings: .init())
        #expect(machine.handle(.reauthenticate(Self.login("x"))).isEmpty)
        _ = machine.handle(.opened)
        #expect(machine.handle(.reauthenticate(Self.login("x"))).isEmpty)
        var scene = try Scene()
        _ = try scene.write(.reauthenticate(Self.login("x")))
        #expect(scene.machine.handle(.reauthenticate(Self.login("y"))).isEmpty)
    }

    @Test("an effect that is not allowed is refused at once, and a large answer under way may still be large")
    func limits() throws {
        var scene = try Scene()
        let early = try scene.write(.submitted(Self.metadata(1)))
        _ = try scene.write(.reauthenticate(Self.login("fresh")))
        #expect(scene.machine.frameLimit == Connection.frameLimit)
        _ = scene.machine.handle(.frame(try Self.metadataAnswer(early)))
        #expect(scene.machine.frameLimit == Connection.firstFrameLimit)
        let write = ConnectionMachine.Submission(id: 2, key: .deleteTopics, version: 1, hasFlexibleAnswer: false) {
            _, _ in []
        }
        #expect(Scene.failures(scene.machine.handle(.submitted(write))).waiting[2]?.reason == .notAllowed)
    }

    @Test(
        "a session is renewed between 85 and 95 percent of its life, and not used past its end",
        arguments: [Int64(2000), 3_600_000, .max], [0.0, 0.5, 1])
    func schedule(lifetimeMs: Int64, jitter: Double) throws {
        let start = ContinuousClock.now
        let schedule = try #require(
            SessionSchedule(lifetimeMs: lifetimeMs, from: start, isRenewable: true, jitter: jitter))
        let lifetime = Double(min(lifetimeMs, 604_800_000))
        let renewal = try #require(schedule.renewal).duration(to: start) / .milliseconds(-1)
        #expect(renewal >= lifetime * 0.8499 && renewal <= lifetime * 0.9501)
        let end = start.duration(to: schedule.end) / .milliseconds(1)
        #expect(end > renewal && end < lifetime)
    }

    @Test("a session too short for Kafka's least interval, or that cannot be renewed, only ends; some never do")
    func unrenewed() throws {
        let start = ContinuousClock.now
        for (lifetime, isRenewable) in [(Int64(1100), true), (1, true), (10_000, false)] {
            let schedule = try #require(
                SessionSchedule(lifetimeMs: lifetime, from: start, isRenewable: isRenewable, jitter: 0))
            #expect(schedule.renewal == nil)
            #expect(start.duration(to: schedule.end) < .milliseconds(lifetime))
        }
        for lifetime in [Int64(0), -1, .min] {
            #expect(SessionSchedule(lifetimeMs: lifetime, from: start, isRenewable: true, jitter: 0) == nil)
        }
    }
}

// MARK: -

extension ReauthenticationTests {
    private struct Unexpected: Error {
        let actions: String
        init(_ actions: [ConnectionMachine.Action]) { self.actions = "\(actions)" }
    }

    private struct Sent {
        let header: RequestHeader
        let body: ArraySlice<UInt8>
    }

    /// A connection that has logged in by PLAIN.
    private struct Scene {
        var machine: ConnectionMachine

        init() throws {
            var settings = ConnectionMachine.Settings()
            settings.sasl = ReauthenticationTests.login("first")
            machine = ConnectionMachine(settings: settings)
            let opening = try write(.opened)
            let versions = ApiVersionsResponse.with {
                $0.apiKeys = KafkaMessages.requests.map { type in
                    .with {
                        $0.apiKey = type.key
                        $0.minVersion = type.versions.lowerBound
                        $0.maxVersion = type.versions.upperBound
                    }
                }
            }
            let answer = try ApiVersionsRequest.frame(
                versions, version: opening.header.apiVersion, correlationID: opening.header.correlationID)
            let handshake = try write(.frame(answer[4...]))
            let login = try write(.frame(try ReauthenticationTests.handshake(handshake)))
            let actions = machine.handle(.frame(try ReauthenticationTests.verdict(login)))
            guard case .established(_, 5000)? = actions.first else { throw Unexpected(actions) }
        }

        /// Hands over an event that must cause one request and nothing else.
        mutating func write(_ event: ConnectionMachine.Event) throws -> Sent { try Self.request(machine.handle(event)) }

        static func request(_ actions: [ConnectionMachine.Action]) throws -> Sent {
            guard case .write(let bytes)? = actions.first, actions.count == 1 else { throw Unexpected(actions) }
            let (header, body) = try RequestHeader.split(bytes[4...])
            return Sent(header: header, body: body)
        }

        static func failures(
            _ actions: [ConnectionMachine.Action]
        ) -> (waiting: [UInt64: KafkaError], end: KafkaError?) {
            var waiting: [UInt64: KafkaError] = [:]
            var end: KafkaError?
            for action in actions {
                switch action {
                case .reject(let id, let error): waiting[id] = error
                case .end(let error): end = error
                default: break
                }
            }
            return (waiting, end)
        }
    }

    private static func login(_ password: String) -> PlainExchange {
        PlainExchange(user: "user", password: Secret(password))
    }

    private static func handshake(
        _ request: Sent, _ answer: SaslHandshakeResponse = .with { $0.mechanisms = ["PLAIN"] }
    ) throws -> ArraySlice<UInt8> {
        try SaslHandshakeRequest.frame(answer, version: 1, correlationID: request.header.correlationID)[4...]
    }

    private static func verdict(_ request: Sent, lifetime: Int64 = 5000) throws -> ArraySlice<UInt8> {
        let answer = SaslAuthenticateResponse.with { $0.sessionLifetimeMs = lifetime }
        return try SaslAuthenticateRequest.frame(answer, version: 2, correlationID: request.header.correlationID)[4...]
    }

    private static func metadata(_ id: UInt64) -> ConnectionMachine.Submission {
        .init(id: id, key: .metadata, version: 12, hasFlexibleAnswer: true) { correlation, client throws(WireError) in
            try MetadataRequest().frame(version: 12, correlationID: correlation, clientID: client)
        }
    }

    private static func metadataAnswer(_ request: Sent) throws -> ArraySlice<UInt8> {
        try MetadataRequest.frame(.init(), version: 12, correlationID: request.header.correlationID)[4...]
    }
}
