package import HostSystem
package import Secrets
import Transport
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

    /// The bytes of a file.
    ///
    /// It is read on a thread of its own: a pipe that nobody writes to, or a share that is gone, keeps its reader for
    /// ever.
    func bytes(ofFile path: String, limit: Int, by deadline: Deadline) async throws(FileError) -> [UInt8] {
        let read = await BlockingCall.value(by: deadline) { [host] () -> Result<[UInt8], FileError> in
            do throws(FileError) { return .success(try host.read(path, limit)) } catch { return .failure(error) }
        }
        guard let read else { throw FileError(path: path, .other("nothing came from it in time")) }
        return try read.get()
    }

    /// A text file without the white space around it.
    func text(ofFile path: String, limit: Int = 64 << 10, by deadline: Deadline) async throws(FileError) -> String {
        String(decoding: ConfigList.trimmed(try await bytes(ofFile: path, limit: limit, by: deadline)), as: UTF8.self)
    }

    @discardableResult
    func registered(_ text: String) -> Secret {
        let secret = Secret(text)
        register(secret)
        return secret
    }
}
