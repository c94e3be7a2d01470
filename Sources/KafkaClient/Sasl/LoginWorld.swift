package import HostSystem
package import Secrets
package import Web

/// What a login may look at and talk to outside the connection it is for.
package struct LoginWorld: Sendable {
    package var host: HostSystem
    package var http: HTTPClient
    /// Told every secret the moment it is there, before anything can repeat it.
    package var register: @Sendable (Secret) -> Void
    /// Seconds since 1970: what signatures and tokens count in.
    package var now: @Sendable () -> Int64
    /// How this client names itself to AWS: `sluice/1.0`.
    package var userAgent: String

    package init(
        host: HostSystem, http: HTTPClient, register: @escaping @Sendable (Secret) -> Void,
        now: @escaping @Sendable () -> Int64, userAgent: String
    ) {
        self.host = host
        self.http = http
        self.register = register
        self.now = now
        self.userAgent = userAgent
    }

    /// A variable that is set and not empty.
    func variable(_ name: String) -> String? {
        guard let value = host.variable(name), !value.isEmpty else { return nil }
        return value
    }

    /// A text file without the white space around it.
    func text(ofFile path: String, limit: Int = 64 << 10) throws(FileError) -> String {
        String(decoding: ConfigList.trimmed(try host.read(path, limit)), as: UTF8.self)
    }

    @discardableResult
    func registered(_ text: String) -> Secret {
        let secret = Secret(text)
        register(secret)
        return secret
    }
}
