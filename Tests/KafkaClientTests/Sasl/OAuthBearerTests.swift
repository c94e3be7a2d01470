import Glibc
import Guarding
import HostSystem
import KafkaClient
import Secrets
import Testing
import Transport
import Value
import Web
import WebServer

/// OAUTHBEARER: the conversation, and where tokens come from.
struct OAuthBearerTests {
    private static func jwt(exp: Int64) -> String {
        let claims = Base64.text(Array(#"{"sub":"me","exp":\#(exp)}"#.utf8), alphabet: .url)
        return "eyJhbGciOiJub25lIn0.\(claims).c2ln"
    }

    private func client(_ url: String, secret: String = "s3cr3t") -> OAuthBearerConfig.ClientCredentials {
        OAuthBearerConfig.ClientCredentials(endpoint: url, clientID: "id", clientSecret: Secret(secret))
    }

    private func first(
        _ config: OAuthBearerConfig, _ host: FakeHost, _ exchanges: SaslExchanges? = nil,
        by deadline: Deadline = .after(.seconds(60))
    ) async throws -> String {
        let reactor = try Reactor()
        defer { reactor.stop() }
        let exchanges = exchanges ?? SaslExchanges(.oauthBearer(config), world: host.world, reactor: reactor)
        var exchange = try await exchanges.exchange(for: HostPort(host: "b", port: 1), by: deadline)
        #expect(exchange.mechanism == "OAUTHBEARER")
        return String(decoding: try exchange.start(), as: UTF8.self)
    }

    @Test("the token and its extensions go in one message; nothing in answer is success")
    func conversation() throws {
        var exchange = OAuthBearerExchange(
            token: Secret("abc.def"), extensions: [.init(name: "logicalCluster", value: "lkc-1")])
        #expect(
            String(decoding: try exchange.start(), as: UTF8.self)
                == "n,,\u{1}auth=Bearer abc.def\u{1}logicalCluster=lkc-1\u{1}\u{1}")
        #expect(try exchange.answer([]) == .done)
    }

    @Test("a refusal in JSON gets its one byte, and is never taken for success")
    func refusal() throws {
        var exchange = OAuthBearerExchange(token: Secret("abc"))
        _ = try exchange.start()
        #expect(try exchange.answer(Array(#"{"status":"invalid_token"}"#.utf8)) == .send([1]))
        let failure = #expect(throws: SaslFailure.self) { try exchange.answer([]) }
        #expect(failure?.kind == .refused)
    }

    @Test("a token with a character that would end it is not sent", arguments: ["", "a b", "a\u{1}auth=x", "tökn"])
    func badToken(token: String) {
        #expect(throws: SaslFailure.self) { try OAuthBearerExchange(token: Secret(token)).start() }
    }

    @Test("a token file is read at each login, without the line's end")
    func file() async throws {
        let host = FakeHost([:], files: ["/t": "one\n"])
        let config = OAuthBearerConfig(token: .file("/t"))
        #expect(try await first(config, host).contains("Bearer one\u{1}"))
        host.write("two", to: "/t")
        #expect(try await first(config, host).contains("Bearer two\u{1}"))
        #expect(host.secrets == [Secret("one"), Secret("two")])
        let error = await #expect(throws: KafkaError.self) {
            try await first(OAuthBearerConfig(token: .file("/none")), host)
        }
        #expect(error?.reason == .loginAborted("no token: /none: does not exist"))
    }

    @Test("a token file that gives nothing does not keep the login past its deadline")
    func silentFile() async throws {
        let path = "/tmp/sluice-\(UInt64.random(in: 0 ... .max))"
        try #require(unsafe mkfifo(path, 0o600) == 0)
        var world = FakeHost([:]).world
        world.host = .real
        let reactor = try Reactor()
        defer { reactor.stop() }
        let exchanges = SaslExchanges(
            .oauthBearer(OAuthBearerConfig(token: .file(path))), world: world, reactor: reactor)
        let error = await #expect(throws: KafkaError.self) {
            try await exchanges.exchange(for: HostPort(host: "b", port: 1), by: .after(.milliseconds(200)))
        }
        #expect(error?.reason == .loginAborted("no token: \(path): nothing came from it in time"))
        // Who waits there for a writer goes on.
        let writer = unsafe open(path, O_WRONLY | O_NONBLOCK)
        #expect(writer >= 0)
        close(writer)
        _ = unsafe unlink(path)
    }

    @Test("an expired token is the broker's to refuse, and the refusal says that it was expired")
    func expired() async throws {
        let host = FakeHost([:], files: ["/t": Self.jwt(exp: FakeHost.now - 90)])
        let reactor = try Reactor()
        defer { reactor.stop() }
        let exchanges = SaslExchanges(
            .oauthBearer(OAuthBearerConfig(token: .file("/t"))), world: host.world, reactor: reactor)
        let exchange = try await exchanges.exchange(for: HostPort(host: "b", port: 1), by: .after(.seconds(60)))
        #expect(exchange.remark == "the token expired 90 s ago by this machine's clock")
    }

    @Test("an end that no clock comes near is as good as none", arguments: [Int64.min, .min + 1, .max, .max - 1])
    func senselessExpiration(end: Int64) async throws {
        let host = FakeHost([:], files: ["/t": Self.jwt(exp: end)])
        let reactor = try Reactor()
        defer { reactor.stop() }
        let exchanges = SaslExchanges(
            .oauthBearer(OAuthBearerConfig(token: .file("/t"))), world: host.world, reactor: reactor)
        let exchange = try await exchanges.exchange(for: HostPort(host: "b", port: 1), by: .after(.seconds(60)))
        #expect(exchange.remark == nil)
        #expect(OAuthToken(Secret(Self.jwt(exp: end))).expiration == nil)
    }

    @Test("an unsecured token says who it is for, since when and until when")
    func unsecured() async throws {
        var unsecured = OAuthBearerConfig.Unsecured(principal: "alice")
        unsecured.scopes = ["a", "b"]
        let sent = try await first(OAuthBearerConfig(token: .unsecured(unsecured)), FakeHost([:]))
        let token = try #require(sent.split(separator: "\u{1}").dropFirst().first?.dropFirst("auth=Bearer ".count))
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        try #require(parts.count == 3 && parts[2].isEmpty)
        #expect(try JSONReader.read(try #require(Base64.decode(parts[0], alphabet: .url))) == ["alg": "none"])
        #expect(
            try JSONReader.read(try #require(Base64.decode(parts[1], alphabet: .url))) == [
                "sub": "alice", "scope": ["a", "b"], "iat": .integer(FakeHost.now),
                "exp": .integer(FakeHost.now + 3600),
            ])
    }

    @Test("client credentials are posted as KIP-768 says, once for many brokers, and renewed in time")
    func clientCredentials() async throws {
        let server = try LocalWebServer { _ in
            LocalWebServer.Answer(
                status: 200, body: #"{"access_token":"\#(Self.jwt(exp: FakeHost.now + 3600))","expires_in":60}"#)
        }
        defer { server.stop() }
        var client = client(server.url + "/token", secret: "s3:cr=t")
        client.scope = "kafka read"
        let host = FakeHost([:])
        let reactor = try Reactor()
        defer { reactor.stop() }
        let config = OAuthBearerConfig(token: .clientCredentials(client))
        let exchanges = SaslExchanges(.oauthBearer(config), world: host.world, reactor: reactor)
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 {
                group.addTask { (try? await first(config, host, exchanges))?.contains("auth=Bearer eyJ") ?? false }
            }
            for await isLogin in group { #expect(isLogin) }
        }
        #expect(server.requests.count == 1)
        let request = try #require(server.requests.first)
        #expect(request.body == "grant_type=client_credentials&scope=kafka+read")
        #expect(request.headers["authorization"] == "Basic " + Base64.text(Array("id:s3:cr=t".utf8)))
        #expect(host.secrets.contains(Secret(Self.jwt(exp: FakeHost.now + 3600))))
        #expect(host.secrets.contains(Secret(Base64.text(Array("id:s3:cr=t".utf8)))))

        // The token's own end counts, and 80 to 85 % of its life are behind it after this.
        host.pass(seconds: 2800)
        _ = try await first(config, host, exchanges)
        #expect(server.requests.count == 1)
        host.pass(seconds: 350)
        _ = try await first(config, host, exchanges)
        #expect(server.requests.count == 2)
    }

    @Test("the parts of the header are encoded where that is asked for")
    func urlEncoded() async throws {
        let server = try LocalWebServer { _ in LocalWebServer.Answer(status: 200, body: #"{"access_token":"abc"}"#) }
        defer { server.stop() }
        var client = client(server.url, secret: "a b~*+")
        client.urlEncodesHeader = true
        _ = try await first(OAuthBearerConfig(token: .clientCredentials(client)), FakeHost([:]))
        #expect(
            server.requests.first?.headers["authorization"] == "Basic " + Base64.text(Array("id:a+b%7E*%2B".utf8)))
    }

    @Test("a busy endpoint is asked again, one that refuses is not")
    func retries() async throws {
        let count = Guarded(0)
        let busy = try LocalWebServer { _ in
            let tries = count.withLock { count in
                count += 1
                return count
            }
            let statuses = [503, 429]
            return tries <= statuses.count
                ? LocalWebServer.Answer(status: statuses[tries - 1], body: "busy")
                : LocalWebServer.Answer(status: 200, body: #"{"access_token":"abc"}"#)
        }
        defer { busy.stop() }
        var config = OAuthBearerConfig(token: .clientCredentials(client(busy.url)))
        config.retryBackoff = .init(first: .milliseconds(1), longest: .milliseconds(2))
        #expect(try await first(config, FakeHost([:])).contains("Bearer abc"))
        #expect(busy.requests.count == 3)

        let refusing = try LocalWebServer { _ in
            LocalWebServer.Answer(
                status: 401, body: "{\"error\":\"invalid_client\",\"error_description\":\"bad\\u001b[31m secret\"}")
        }
        defer { refusing.stop() }
        config.token = .clientCredentials(client(refusing.url + "/t?key=1"))
        let error = await #expect(throws: KafkaError.self) { try await first(config, FakeHost([:])) }
        #expect(refusing.requests.count == 1)
        #expect(
            error?.reason
                == .loginAborted(
                    "no token: token endpoint \(refusing.url)/t answers 401: invalid_client: bad [31m secret"))
        #expect(error?.errorClass == .auth)
        #expect(error?.isRetriable == false)
    }

    @Test("a system without libcurl is told of at once: to ask again would not help")
    func noLibrary() async throws {
        let count = Guarded(0)
        let http = HTTPClient { request, _ throws(HTTPError) in
            count.withLock { $0 += 1 }
            throw HTTPError(.unavailable("libcurl.so.4 cannot be loaded: not there"), url: request.url)
        }
        var config = OAuthBearerConfig(token: .clientCredentials(client("http://host/t?key=1")))
        config.retryBackoff = .init(first: .milliseconds(1), longest: .milliseconds(2))
        let error = await #expect(throws: KafkaError.self) { try await first(config, FakeHost([:], http: http)) }
        let words = "no token: token endpoint http://host/t: libcurl.so.4 cannot be loaded: not there"
        #expect(error?.reason == .loginAborted(words))
        #expect(count.withLock { $0 } == 1)
    }

    @Test("an endpoint that answers without a token, or not at all, is told from a refusal of the broker")
    func noToken() async throws {
        for body in [
            "", "{}", #"{"access_token":""}"#, #"{"access_token":1}"#, "[", #"{"access_token":"a","access_token":"b"}"#,
        ] {
            let server = try LocalWebServer { _ in LocalWebServer.Answer(status: 200, body: body) }
            defer { server.stop() }
            let error = await #expect(throws: KafkaError.self) {
                try await first(OAuthBearerConfig(token: .clientCredentials(client(server.url))), FakeHost([:]))
            }
            guard case .loginAborted(let why)? = error?.reason else {
                Issue.record("\(String(describing: error))")
                continue
            }
            #expect(why.contains("without an access_token"))
        }
        var config = OAuthBearerConfig(token: .clientCredentials(client("http://127.0.0.1:1/")))
        config.retryBackoff = .init(first: .milliseconds(1), longest: .milliseconds(2))
        let error = await #expect(throws: KafkaError.self) { try await first(config, FakeHost([:])) }
        guard case .loginAborted? = error?.reason else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("MSK's token is signed for the region of the broker's name")
    func msk() async throws {
        let host = FakeHost(["AWS_ACCESS_KEY_ID": "AKIA1", "AWS_SECRET_ACCESS_KEY": "s", "AWS_REGION": "eu-north-1"])
        let sent = try await first(OAuthBearerConfig(token: .awsMskIam(AwsMskIamConfig())), host)
        let token = try #require(sent.split(separator: "\u{1}").dropFirst().first?.dropFirst("auth=Bearer ".count))
        let url = String(decoding: try #require(Base64.decode(token, alphabet: .url)), as: UTF8.self)
        #expect(url.hasPrefix("https://kafka.eu-north-1.amazonaws.com/?Action="))
        #expect(host.secrets.contains(Secret(String(token))))
    }
}
