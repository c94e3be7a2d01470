import Guarding
import HostSystem
import KafkaClient
import Secrets
import Web

/// A machine of variables and files, its clock stopped, that remembers the secrets it was told.
final class FakeHost: Sendable {
    static let now: Int64 = 1_700_000_000

    private let variables: [String: String]
    private let files: Guarded<[String: String]>
    private let told = Guarded<[Secret]>([])
    private let time = Guarded(FakeHost.now)
    private let http: HTTPClient

    init(_ variables: [String: String], files: [String: String] = [:], http: HTTPClient = .curl) {
        self.variables = variables
        self.files = Guarded(files)
        self.http = http
    }

    var secrets: [Secret] { told.withLock { $0 } }

    func pass(seconds: Int64) { time.withLock { $0 += seconds } }

    func write(_ text: String, to path: String) { files.withLock { $0[path] = text } }

    var world: LoginWorld {
        LoginWorld(
            host: HostSystem(
                variable: { self.variables[$0] },
                read: { path, _ throws(FileError) in
                    guard let text = self.files.withLock({ $0[path] }) else { throw FileError(path: path, .missing) }
                    return Array(text.utf8)
                },
                entries: { path throws(FileError) in throw FileError(path: path, .missing) },
                executablePath: { nil }, hostName: { "fake" }),
            http: http, register: { secret in self.told.withLock { $0.append(secret) } },
            now: { self.time.withLock { $0 } }, userAgent: "sluice/test")
    }
}
