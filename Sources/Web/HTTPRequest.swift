/// A request to a web service that a login needs: a token endpoint, instance metadata, STS.
package struct HTTPRequest: Sendable {
    package enum Method: String, Sendable { case get = "GET", put = "PUT", post = "POST" }

    /// What the service's certificate is verified against.
    package enum Trust: Sendable {
        case system
        /// A PEM file, or a folder of hashed certificates.
        case path(String)
        case pem(String)
    }

    package struct Header: Sendable {
        package let name: String
        package let value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    package var method: Method
    /// `http` or `https`.
    package var url: String
    package var headers: [Header] = []
    package var body: [UInt8] = []
    package var trust = Trust.system
    /// Off for addresses of this machine and its link, which no proxy can reach.
    package var usesProxy = true

    package init(_ method: Method, _ url: String) {
        self.method = method
        self.url = url
    }
}

/// What a web service answered, whichever its status.
package struct HTTPResponse: Sendable {
    package var status: Int
    package var body: [UInt8]

    package init(status: Int, body: [UInt8]) {
        self.status = status
        self.body = body
    }
}

/// Why there is no answer.
package struct HTTPError: Error, Hashable, Sendable {
    package enum Reason: Hashable, Sendable {
        case deadline
        case cancelled
        case tooLarge(limit: Int)
        /// No libcurl on this system: nothing was sent, and nothing can be.
        case unavailable(String)
        /// In libcurl's words.
        case failed(String)
    }

    package let reason: Reason
    /// Where to, without what may follow the path.
    package let place: String

    package init(_ reason: Reason, url: String) {
        self.reason = reason
        place = String(decoding: url.utf8.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }, as: UTF8.self)
    }
}

extension HTTPError: CustomStringConvertible {
    package var description: String {
        switch reason {
        case .deadline: "\(place): no answer in time"
        case .cancelled: "\(place): interrupted"
        case .tooLarge(let limit): "\(place): an answer of more than \(limit >> 10) KiB"
        case .unavailable(let words), .failed(let words): "\(place): \(words)"
        }
    }
}
