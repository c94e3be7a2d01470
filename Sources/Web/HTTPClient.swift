package import Transport

/// Sends a request and reads the whole answer; redirects are not followed, since they could carry a secret elsewhere.
package struct HTTPClient: Sendable {
    package static let bodyLimit = 1 << 20

    package var send: @Sendable (HTTPRequest, Deadline) async throws(HTTPError) -> HTTPResponse

    package init(send: @escaping @Sendable (HTTPRequest, Deadline) async throws(HTTPError) -> HTTPResponse) {
        self.send = send
    }

    /// By libcurl.
    ///
    /// Each request has a thread of its own, as libcurl's easy interface blocks.
    package static let curl = HTTPClient { request, deadline throws(HTTPError) in
        guard !Task.isCancelled else { throw HTTPError(.cancelled, url: request.url) }
        guard !deadline.hasPassed else { throw HTTPError(.deadline, url: request.url) }
        let answer = await BlockingCall.value(by: deadline) {
            CurlTransfer(request, timeoutMs: max(1, deadline.remaining.millisecondsRoundedUp)).answer()
        }
        guard let answer else {
            throw HTTPError(Task.isCancelled ? .cancelled : .deadline, url: request.url)
        }
        return try answer.get()
    }
}
