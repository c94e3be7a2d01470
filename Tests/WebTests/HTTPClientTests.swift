import Testing
import Transport
import Web
import WebServer

/// The client by libcurl against a small server of this process.
struct HTTPClientTests {
    @Test("a request arrives as it was asked for, and the answer comes back whole")
    func exchange() async throws {
        let server = try LocalWebServer { request in
            LocalWebServer.Answer(status: request.path == "/token?a=b" ? 201 : 404, body: "hi " + request.body)
        }
        defer { server.stop() }
        var request = HTTPRequest(.post, server.url + "/token?a=b")
        request.headers = [.init("X-One", "1")]
        request.body = Array("grant=x\u{0}y".utf8)
        let response = try await HTTPClient.curl.send(request, .after(.seconds(20)))
        #expect(response.status == 201)
        #expect(String(decoding: response.body, as: UTF8.self) == "hi grant=x\u{0}y")
        let seen = try #require(server.requests.first)
        #expect(seen.method == "POST")
        #expect(seen.headers["x-one"] == "1")
        #expect(seen.headers["expect"] == nil)
    }

    @Test("a PUT without a body and a GET say what they are")
    func methods() async throws {
        let server = try LocalWebServer { _ in LocalWebServer.Answer(status: 200, body: "") }
        defer { server.stop() }
        for method in [HTTPRequest.Method.put, .get] {
            var request = HTTPRequest(method, server.url + "/")
            request.usesProxy = false
            #expect(try await HTTPClient.curl.send(request, .after(.seconds(20))).body.isEmpty)
        }
        #expect(server.requests.map(\.method) == ["PUT", "GET"])
    }

    @Test("a redirect is not followed")
    func redirect() async throws {
        let server = try LocalWebServer { _ in
            LocalWebServer.Answer(status: 302, body: "", headers: ["Location: /elsewhere"])
        }
        defer { server.stop() }
        #expect(try await HTTPClient.curl.send(HTTPRequest(.get, server.url), .after(.seconds(20))).status == 302)
        #expect(server.requests.count == 1)
    }

    @Test("a body without end is cut off")
    func tooLarge() async throws {
        let server = try LocalWebServer { _ in
            LocalWebServer.Answer(status: 200, body: String(repeating: "x", count: HTTPClient.bodyLimit + 1))
        }
        defer { server.stop() }
        let error = await #expect(throws: HTTPError.self) {
            try await HTTPClient.curl.send(HTTPRequest(.get, server.url), .after(.seconds(20)))
        }
        #expect(error?.reason == .tooLarge(limit: HTTPClient.bodyLimit))
    }

    @Test("a server that does not answer costs no more than the deadline")
    func silence() async throws {
        let server = try LocalWebServer { _ in nil }
        defer { server.stop() }
        let error = await #expect(throws: HTTPError.self) {
            try await HTTPClient.curl.send(HTTPRequest(.get, server.url + "/?secret=1"), .after(.milliseconds(300)))
        }
        #expect(error?.reason == .deadline)
        #expect(error.map { "\($0)" } == "\(server.url)/: no answer in time")
    }

    @Test("nobody there, another protocol: libcurl's words", arguments: ["http://127.0.0.1:1/", "file:///etc/passwd"])
    func failures(url: String) async throws {
        let error = await #expect(throws: HTTPError.self) {
            try await HTTPClient.curl.send(HTTPRequest(.get, url), .after(.seconds(20)))
        }
        guard case .failed(let words)? = error?.reason else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(!words.isEmpty)
    }
}
