import Foundation

/// A Kerberos realm of a test's own: a KDC in a temporary folder on a free port, and the keys of its principals.
struct KerberosRealm: Sendable {
    static let name = "SLUICE.TEST"

    /// Whether the programs of MIT Kerberos are installed.
    static var isAvailable: Bool {
        ["kdb5_util", "krb5kdc", "kadmin.local", "kinit"].allSatisfy { program($0) != nil }
    }

    /// Of alice and of the broker.
    var keytab: String { folder.path("keytab") }

    var environment: [String: String] {
        ["KRB5_CONFIG": folder.path("krb5.conf"), "KRB5_KDC_PROFILE": folder.path("kdc.conf")]
    }

    private let folder: TemporaryFolder
    private let kdc: ChildProcess

    init() async throws {
        folder = try TemporaryFolder("realm")
        let port = FreePorts.take(1)[0]
        _ = try folder.write(
            """
            [libdefaults]
              default_realm = \(Self.name)
              dns_lookup_kdc = false
              dns_lookup_realm = false
              dns_canonicalize_hostname = false
              rdns = false
              udp_preference_limit = 1
            [realms]
              \(Self.name) = {
                kdc = 127.0.0.1:\(port)
              }

            """, to: "krb5.conf")
        _ = try folder.write(
            """
            [kdcdefaults]
              kdc_listen = 127.0.0.1:\(port)
              kdc_tcp_listen = 127.0.0.1:\(port)
            [realms]
              \(Self.name) = {
                database_name = \(folder.path("principal"))
                key_stash_file = \(folder.path("stash"))
                acl_file = \(folder.path("kadm5.acl"))
                max_renewable_life = 1d
              }
            [logging]
              kdc = STDERR

            """, to: "kdc.conf")
        let environment = [
            "KRB5_CONFIG": folder.path("krb5.conf"), "KRB5_KDC_PROFILE": folder.path("kdc.conf"),
        ]
        try await Self.run("kdb5_util", ["create", "-s", "-r", Self.name, "-P", "master"], environment)
        for principal in ["alice", "kafka/127.0.0.1"] {
            try await Self.run("kadmin.local", ["-r", Self.name, "-q", "addprinc -randkey \(principal)"], environment)
            try await Self.run(
                "kadmin.local", ["-r", Self.name, "-q", "ktadd -k \(folder.path("keytab")) \(principal)"], environment)
        }
        for key in try KeytabKeys(contentsOf: folder.url.appendingPathComponent("keytab")).keys { Canary.add(key) }
        kdc = try ChildProcess(
            // Its input ends with the test process, however that ends, and the KDC with it.
            [
                "sh", "-c", "\"$1\" -n -r \"$2\" </dev/null & kdc=$!; cat >/dev/null; kill -KILL $kdc", "kdc",
                Self.program("krb5kdc") ?? "krb5kdc", Self.name,
            ],
            environment: ProcessInfo.processInfo.environment.merging(environment) { $1 })
        guard await kdc.errors.first(where: { $0.contains("commencing operation") }) != nil else {
            throw KafkaFixtureError("krb5kdc: \(kdc.errors.lines.joined(separator: "\n"))")
        }
    }

    /// Gets alice a ticket, in a cache of its own.
    func ticketCache() async throws -> String {
        let cache = "FILE:" + folder.path("tickets")
        try await Self.run("kinit", ["-c", cache, "-k", "-t", keytab, "alice"], environment)
        return cache
    }

    private static func run(_ name: String, _ arguments: [String], _ environment: [String: String]) async throws {
        let process = try ChildProcess(
            [program(name) ?? name] + arguments,
            environment: ProcessInfo.processInfo.environment.merging(environment) { $1 }, deadline: .seconds(60))
        process.closeInput()
        guard await process.end() == .exit(0) else {
            throw KafkaFixtureError("\(name): \(process.errors.lines.joined(separator: "\n"))")
        }
    }

    private static func program(_ name: String) -> String? {
        ["/usr/sbin", "/usr/bin", "/sbin"].map { "\($0)/\(name)" }.first {
            FileManager.default.isExecutableFile(atPath: $0)
        }
    }
}
