private import CCurl

/// One transfer by libcurl's easy interface.
struct CurlTransfer {
    private let request: HTTPRequest
    private let timeoutMs: Int64

    init(_ request: HTTPRequest, timeoutMs: Int64) {
        self.request = request
        self.timeoutMs = timeoutMs
    }

    /// Collects the body; its address is what libcurl hands to the sink.
    private final class Body {
        var bytes: [UInt8] = []
        var isTooLarge = false

        func append(_ part: UnsafeRawBufferPointer) -> Bool {
            guard part.count <= HTTPClient.bodyLimit - bytes.count else {
                isTooLarge = true
                return false
            }
            unsafe bytes.append(contentsOf: part)
            return true
        }
    }

    /// Blocks until the answer is there or the time is over.
    func answer() -> Result<HTTPResponse, HTTPError> {
        switch CurlLibrary.system {
        case .failure(let why): return .failure(HTTPError(.unavailable(why.message), url: request.url))
        case .success(let library):
            // The library's table is reached through a bare pointer until the transfer is over.
            return withExtendedLifetime(library) {
                guard let curl = unsafe OpaquePointer(bitPattern: library.address) else {
                    return .failure(HTTPError(.failed("libcurl does not start"), url: request.url))
                }
                return unsafe answer(curl)
            }
        }
    }

    private func answer(_ curl: OpaquePointer) -> Result<HTTPResponse, HTTPError> {
        // C would cut the address at the NUL.
        guard !request.url.utf8.contains(0), let handle = unsafe sluice_curl_easy_init(curl) else {
            return .failure(HTTPError(.failed("libcurl does not start"), url: request.url))
        }
        defer { unsafe sluice_curl_easy_cleanup(curl, handle) }
        var headers: UnsafeMutablePointer<curl_slist>?
        // Without these, a body would be announced first, and be sent a second later.
        for line in request.headers.map({ "\($0.name): \($0.value)" }) + ["Expect:"] {
            guard let longer = unsafe sluice_curl_slist_append(curl, headers, line) else { continue }
            unsafe headers = longer
        }
        defer { unsafe sluice_curl_slist_free_all(curl, headers) }
        let body = Body()
        guard unsafe prepare(curl, handle, headers, body) else {
            return .failure(HTTPError(.failed("this libcurl lacks an option that is needed"), url: request.url))
        }
        var words = [CChar](repeating: 0, count: Int(CURL_ERROR_SIZE))
        let code = unsafe words.withUnsafeMutableBufferPointer { buffer in
            unsafe sluice_curl_set_error_buffer(curl, handle, buffer.baseAddress)
            let code = unsafe sluice_curl_easy_perform(curl, handle)
            // The buffer is gone before the handle is.
            unsafe sluice_curl_set_error_buffer(curl, handle, nil)
            return code
        }
        // `body` is reached through a bare pointer until here.
        return withExtendedLifetime(body) {
            switch code {
            case CURLE_OK:
                return .success(HTTPResponse(status: unsafe sluice_curl_status(curl, handle), body: body.bytes))
            case CURLE_OPERATION_TIMEDOUT: return .failure(HTTPError(.deadline, url: request.url))
            case _ where body.isTooLarge:
                return .failure(HTTPError(.tooLarge(limit: HTTPClient.bodyLimit), url: request.url))
            default:
                let said = String(decoding: words.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
                let why = said.isEmpty ? unsafe String(cString: sluice_curl_easy_strerror(curl, code)) : said
                return .failure(HTTPError(.failed(why), url: request.url))
            }
        }
    }

    private func prepare(
        _ curl: OpaquePointer, _ handle: UnsafeMutableRawPointer, _ headers: UnsafeMutablePointer<curl_slist>?,
        _ body: Body
    ) -> Bool {
        let texts: [(CURLoption, String)] = [
            (CURLOPT_URL, request.url), (CURLOPT_PROTOCOLS_STR, "http,https"),
            (CURLOPT_CUSTOMREQUEST, request.method.rawValue),
        ]
        let numbers: [(CURLoption, Int)] = [
            // Name look-ups are timed out without a signal, which would hit any thread.
            (CURLOPT_NOSIGNAL, 1), (CURLOPT_FOLLOWLOCATION, 0), (CURLOPT_NETRC, 0),
            (CURLOPT_TIMEOUT_MS, Int(timeoutMs)), (CURLOPT_SSL_VERIFYPEER, 1), (CURLOPT_SSL_VERIFYHOST, 2),
        ]
        var codes = texts.map { unsafe sluice_curl_set_text(curl, handle, $0.0, $0.1) }
        codes += numbers.map { unsafe sluice_curl_set_long(curl, handle, $0.0, $0.1) }
        unsafe codes.append(sluice_curl_set_headers(curl, handle, headers))
        if !request.usesProxy { unsafe codes.append(sluice_curl_set_text(curl, handle, CURLOPT_NOPROXY, "*")) }
        if !request.body.isEmpty || request.method == .post {
            unsafe request.body.withUnsafeBytes { bytes in
                // Not null even where it is empty, which would have libcurl ask for the bytes later.
                let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
                if let start = unsafe start {
                    unsafe codes.append(sluice_curl_set_body(curl, handle, start, bytes.count))
                } else {
                    unsafe codes.append(sluice_curl_set_body(curl, handle, "", 0))
                }
            }
        }
        unsafe codes.append(contentsOf: trust(curl, handle))
        let context = unsafe Unmanaged.passUnretained(body).toOpaque()
        unsafe codes.append(
            sluice_curl_set_sink(
                curl, handle,
                { bytes, size, count, context in
                    guard let bytes = unsafe bytes, let context = unsafe context else { return 0 }
                    let body = unsafe Unmanaged<Body>.fromOpaque(context).takeUnretainedValue()
                    let part = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
                    // Any other number than that of the bytes ends the transfer.
                    return unsafe body.append(part) ? part.count : 0
                }, context))
        return codes.allSatisfy { $0 == CURLE_OK }
    }

    private func trust(_ curl: OpaquePointer, _ handle: UnsafeMutableRawPointer) -> [CURLcode] {
        switch request.trust {
        case .system: return []
        case .path(let path):
            // A folder or a file: libcurl takes what is there of the two.
            let isFolder = path.utf8.last == UInt8(ascii: "/")
            return unsafe [sluice_curl_set_text(curl, handle, isFolder ? CURLOPT_CAPATH : CURLOPT_CAINFO, path)]
        case .pem(let text):
            let bytes = Array(text.utf8)
            return unsafe bytes.withUnsafeBytes { bytes in
                guard let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: CChar.self) else { return [] }
                return unsafe [sluice_curl_set_authorities(curl, handle, start, bytes.count)]
            }
        }
    }
}
