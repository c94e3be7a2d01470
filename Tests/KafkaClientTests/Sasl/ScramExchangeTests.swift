import Crypto
import KafkaClient
import Secrets
import Testing
import Value

/// SCRAM against the RFC's own conversation, and against servers that do everything wrong that a server can.
struct ScramExchangeTests {
    @Test("the conversation of RFC 7677 goes as it stands there")
    func vector() throws {
        var exchange = ScramExchange(
            .sha256, user: "user", password: Secret("pencil"), nonce: "rOprNGfwEbeRWgbNEkqO")
        #expect(exchange.mechanism == "SCRAM-SHA-256")
        #expect(try exchange.start() == Array("n,,n=user,r=rOprNGfwEbeRWgbNEkqO".utf8))
        let first =
            "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
        let proof =
            "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
            + "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
        #expect(try exchange.answer(Array(first.utf8)) == .send(Array(proof.utf8)))
        #expect(try exchange.answer(Array("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=".utf8)) == .done)
    }

    @Test("both hash functions prove both sides, for a user with commas and equal signs and a password of any bytes")
    func bothWays() throws {
        for hash in [HashFunction.sha256, .sha512] {
            var server = ScriptedScramServer(hash, password: "pä,=\u{1F511}")
            var exchange = ScramExchange(hash, user: "a=b,c", password: Secret("pä,=\u{1F511}"))
            let first = try exchange.start()
            #expect(String(decoding: first, as: UTF8.self).hasPrefix("n,,n=a=3Db=2Cc,r="))
            let proof = try #require(try exchange.answer(server.first(to: first)).sent)
            #expect(try server.accepts(proof))
            #expect(try exchange.answer(server.final()) == .done)
        }
    }

    @Test("a delegation token says so in the part that is signed")
    func tokenAuth() throws {
        var server = ScriptedScramServer(.sha512, password: "hmac")
        var exchange = ScramExchange(.sha512, user: "id", password: Secret("hmac"), tokenAuth: true)
        let first = try exchange.start()
        #expect(String(decoding: first, as: UTF8.self).hasSuffix(",tokenauth=true"))
        let proof = try #require(try exchange.answer(server.first(to: first)).sent)
        #expect(try server.accepts(proof))
    }

    @Test("each login has a nonce of its own")
    func nonces() throws {
        var one = ScramExchange(.sha256, user: "u", password: Secret("p"))
        var other = one
        #expect(try one.start() != other.start())
    }

    @Test("many brokers with one salt cost one PBKDF2")
    func cache() throws {
        let keys = ScramKeys()
        for _ in 0..<3 {
            var server = ScriptedScramServer(.sha256, password: "p")
            var exchange = ScramExchange(.sha256, user: "u", password: Secret("p"), keys: keys)
            let proof = try #require(try exchange.answer(server.first(to: try exchange.start())).sent)
            #expect(try server.accepts(proof))
        }
        #expect(keys.count == 1)
        // The next salt is another key, and a foreign password under the same salt never reaches this cache.
        var server = ScriptedScramServer(.sha256, password: "p", salt: [9, 9])
        var exchange = ScramExchange(.sha256, user: "u", password: Secret("p"), keys: keys)
        _ = try exchange.answer(server.first(to: try exchange.start()))
        #expect(keys.count == 2)
    }

    struct BadFirst: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let says: String
        var kind = SaslFailure.Kind.aborted
        /// Of this side's nonce.
        let message: @Sendable (String) -> String

        static let all = [
            BadFirst(
                testDescription: "a foreign nonce", says: "nonce", kind: .serverNotAuthenticated,
                message: { _ in "r=stranger,s=c2FsdA==,i=4096" }),
            BadFirst(
                testDescription: "our nonce and nothing of its own", says: "nonce", kind: .serverNotAuthenticated,
                message: { "r=\($0),s=c2FsdA==,i=4096" }),
            BadFirst(
                testDescription: "a nonce with a space", says: "nonce", message: { "r=\($0) x,s=c2FsdA==,i=4096" }),
            BadFirst(testDescription: "one iteration", says: "1 iterations", message: { "r=\($0)x,s=c2FsdA==,i=1" }),
            BadFirst(testDescription: "4095 iterations", says: "4095", message: { "r=\($0)x,s=c2FsdA==,i=4095" }),
            BadFirst(testDescription: "100001 iterations", says: "100001", message: { "r=\($0)x,s=c2FsdA==,i=100001" }),
            BadFirst(
                testDescription: "2^31 iterations", says: "2147483648", message: { "r=\($0)x,s=c2FsdA==,i=2147483648" }),
            BadFirst(
                testDescription: "more iterations than any integer", says: "no number",
                message: { "r=\($0)x,s=c2FsdA==,i=99999999999999999999" }),
            BadFirst(
                testDescription: "a negative number of iterations", says: "no number",
                message: { "r=\($0)x,s=c2FsdA==,i=-4096" }),
            BadFirst(testDescription: "no iterations", says: "no i=", message: { "r=\($0)x,s=c2FsdA==" }),
            BadFirst(testDescription: "no salt", says: "no s=", message: { "r=\($0)x,i=4096" }),
            BadFirst(testDescription: "an empty salt", says: "salt", message: { "r=\($0)x,s=,i=4096" }),
            BadFirst(testDescription: "a salt that is no base64", says: "salt", message: { "r=\($0)x,s=*,i=4096" }),
            BadFirst(
                testDescription: "a mandatory extension", says: "extension",
                message: { "m=x,r=\($0)x,s=c2FsdA==,i=4096" }),
            BadFirst(
                testDescription: "an error", says: "unknown-user", kind: .refused, message: { _ in "e=unknown-user" }),
            BadFirst(testDescription: "nothing", says: "no r=", message: { _ in "" }),
            BadFirst(
                testDescription: "10 MB", says: "10000",
                message: { "r=\($0)" + String(repeating: "x", count: 10_000_000) }
            ),
            BadFirst(
                testDescription: "4097 bytes", says: "4097",
                message: { String("r=\($0)" + String(repeating: "x", count: 5000)).prefix(4097).description }),
        ]
    }

    @Test("a server's first message is refused when it is", arguments: BadFirst.all)
    func badFirst(message: BadFirst) throws {
        let keys = ScramKeys()
        var exchange = ScramExchange(.sha256, user: "u", password: Secret("p"), keys: keys, nonce: "abc")
        _ = try exchange.start()
        do throws(SaslFailure) {
            _ = try exchange.answer(Array(message.message("abc").utf8))
            Issue.record("went along with \(message.testDescription)")
        } catch {
            #expect(error.kind == message.kind)
            #expect(error.message.contains(message.says), "\(error.message)")
        }
        // Nothing was computed for it.
        #expect(keys.count == 0)
    }

    @Test("optional extensions behind the iterations change nothing but the signature")
    func extraAttributes() throws {
        var server = ScriptedScramServer(.sha256, password: "p", suffix: ",x=whatever")
        var exchange = ScramExchange(.sha256, user: "u", password: Secret("p"))
        let proof = try #require(try exchange.answer(server.first(to: try exchange.start())).sent)
        #expect(try server.accepts(proof))
        #expect(try exchange.answer(server.final() + Array(",x=more".utf8)) == .done)
    }

    @Test("a server that does not prove itself is no broker")
    func badFinal() throws {
        let forged = "v=" + Base64.text([UInt8](repeating: 7, count: 32))
        let cases: [(String, SaslFailure.Kind)] = [
            (forged, .serverNotAuthenticated), ("v=", .serverNotAuthenticated), ("v=*", .serverNotAuthenticated),
            ("", .serverNotAuthenticated), ("x=1", .serverNotAuthenticated), ("e=invalid-proof", .refused),
            // Too long to be read at all.
            ("v=" + String(repeating: "A", count: 5000), .aborted),
        ]
        for (final, kind) in cases {
            var server = ScriptedScramServer(.sha256, password: "p")
            var exchange = ScramExchange(.sha256, user: "u", password: Secret("p"))
            _ = try exchange.answer(server.first(to: try exchange.start()))
            let failure = #expect(throws: SaslFailure.self) { try exchange.answer(Array(final.utf8)) }
            #expect(failure?.kind == kind, "\(final)")
        }
    }

    @Test("a server that knows another password cannot sign")
    func otherPassword() throws {
        var server = ScriptedScramServer(.sha256, password: "other")
        var exchange = ScramExchange(.sha256, user: "u", password: Secret("p"))
        let proof = try #require(try exchange.answer(server.first(to: try exchange.start())).sent)
        #expect(try !server.accepts(proof))
        let failure = #expect(throws: SaslFailure.self) { try exchange.answer(server.final()) }
        #expect(failure?.kind == .serverNotAuthenticated)
    }

    @Test("a challenge after the last word is out of order")
    func afterTheEnd() throws {
        var server = ScriptedScramServer(.sha256, password: "p")
        var exchange = ScramExchange(.sha256, user: "u", password: Secret("p"))
        _ = try exchange.answer(server.first(to: try exchange.start()))
        _ = try exchange.answer(server.final())
        #expect(throws: SaslFailure.self) { try exchange.answer(server.final()) }
    }
}

extension SaslStep {
    var sent: [UInt8]? {
        if case .send(let bytes) = self { bytes } else { nil }
    }
}
