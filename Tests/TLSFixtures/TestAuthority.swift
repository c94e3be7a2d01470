package import Foundation
import Guarding

/// A certificate authority in a temporary folder: a root, an intermediate below it, and what they sign.
///
/// The folder goes when its owner does. All methods block; keys are of curve P-256, which costs milliseconds.
package final class TestAuthority: Sendable {
    /// A key and its certificate, as files.
    package struct Identity: Sendable {
        /// PKCS#8, not encrypted.
        package let key: String
        package let certificate: String
        /// Key, certificate and intermediate in one file: a PEM key store.
        package let store: String
        /// The certificate and the intermediate.
        package let chain: String
    }

    package enum Validity: Sendable {
        case current, expired, future
        /// From yesterday, for so many more days.
        case days(Int)
    }

    package enum Issuer: Sendable { case root, intermediate, itself }

    package let folder: URL
    /// The root's certificate: a trust store.
    package var root: String { path("root.pem") }
    package var intermediate: String { path("intermediate.pem") }

    package init(_ name: String = "Test") throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("sluice-ca-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Self.made.withLock { made in
            if let files = made[name] {
                for (file, data) in files { try Data(data).write(to: folder.appendingPathComponent(file)) }
            } else {
                try establish(name)
                made[name] = try FileManager.default.contentsOfDirectory(atPath: folder.path).reduce(into: [:]) {
                    $0[$1] = try Array(Data(contentsOf: folder.appendingPathComponent($1)))
                }
            }
        }
    }

    /// The files of authorities made before, by name: another of the same name is a copy, for making one takes ten
    /// runs of `openssl`.
    private static let made = Guarded<[String: [String: [UInt8]]]>([:])

    private func establish(_ name: String) throws {
        try write(Self.configuration, to: "ca.cnf")
        try write("", to: "index.txt")
        try write("1000\n", to: "serial")
        try key("root")
        try OpenSSLCommand.run(
            [
                "req", "-x509", "-new", "-key", "root.key", "-out", "root.pem", "-days", "30", "-subj",
                "/O=\(name)/CN=\(name) Root", "-addext", "basicConstraints=critical,CA:TRUE", "-addext",
                "keyUsage=critical,keyCertSign,cRLSign",
            ], in: folder)
        try key("intermediate")
        try sign(
            "intermediate", subject: "/O=\(name)/CN=\(name) Issuing CA", by: "root", validity: .days(20),
            extensions: "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n")
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    package func path(_ file: String) -> String { folder.appendingPathComponent(file).path }

    @discardableResult
    package func write(_ text: String, to file: String) throws -> String {
        try Data(text.utf8).write(to: folder.appendingPathComponent(file))
        return path(file)
    }

    package func read(_ file: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: file)), as: UTF8.self)
    }

    /// Issues a certificate.
    ///
    /// `names` are as in `subjectAltName`, nil for none; with `sendsChain` the store and chain files hold the
    /// intermediate too.
    package func issue(
        _ name: String, names: String? = "DNS:localhost,IP:127.0.0.1", validity: Validity = .current,
        by issuer: Issuer = .intermediate, sendsChain: Bool = true, rsa: Bool = false
    ) throws -> Identity {
        try key(name, rsa: rsa)
        let extensions =
            "basicConstraints=CA:FALSE\n" + (names.map { "subjectAltName=\($0)\n" } ?? "")
            + "extendedKeyUsage=serverAuth,clientAuth\n"
        let signer =
            switch issuer {
            case .root: "root"
            case .intermediate: "intermediate"
            case .itself: name
            }
        try sign(name, subject: "/O=Test/CN=\(name)", by: signer, validity: validity, extensions: extensions)
        let own = try read(path("\(name).pem"))
        let above = sendsChain && issuer == .intermediate ? try read(intermediate) : ""
        try write(own + above, to: "\(name)-chain.pem")
        try write(try read(path("\(name).key")) + own + above, to: "\(name)-store.pem")
        return Identity(
            key: path("\(name).key"), certificate: path("\(name).pem"), store: path("\(name)-store.pem"),
            chain: path("\(name)-chain.pem"))
    }

    private func key(_ name: String, rsa: Bool = false) throws {
        let algorithm =
            rsa ? ["RSA", "-pkeyopt", "rsa_keygen_bits:2048"] : ["EC", "-pkeyopt", "ec_paramgen_curve:P-256"]
        try OpenSSLCommand.run(["genpkey", "-algorithm"] + algorithm + ["-out", "\(name).key"], in: folder)
    }

    private func sign(
        _ name: String, subject: String, by issuer: String, validity: Validity, extensions: String
    ) throws {
        try write("[ext]\n" + extensions, to: "\(name).ext")
        try OpenSSLCommand.run(
            ["req", "-new", "-key", "\(name).key", "-subj", subject, "-out", "\(name).csr"], in: folder)
        let day = 86_400.0
        let (start, end) =
            switch validity {
            case .current: (-day, 10 * day)
            case .expired: (-10 * day, -day)
            case .future: (5 * day, 10 * day)
            case .days(let days): (-day, Double(days) * day + 3600)
            }
        let signer =
            issuer == name
            ? ["-selfsign", "-keyfile", "\(name).key"]
            : ["-cert", "\(issuer).pem", "-keyfile", "\(issuer).key"]
        try OpenSSLCommand.run(
            [
                "ca", "-batch", "-config", "ca.cnf", "-notext", "-in", "\(name).csr", "-out",
                "\(name).pem", "-startdate", Self.stamp(start), "-enddate", Self.stamp(end), "-extfile",
                "\(name).ext", "-extensions", "ext",
            ] + signer, in: folder)
    }

    /// `20260131235959Z`, so many seconds from now.
    private static func stamp(_ offset: Double) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: "UTC")
        formatter.dateFormat = "yyyyMMddHHmmss'Z'"
        return formatter.string(from: Date(timeIntervalSinceNow: offset))
    }

    private static let configuration = """
        [ca]
        default_ca=default
        [default]
        dir=.
        database=$dir/index.txt
        serial=$dir/serial
        new_certs_dir=$dir
        default_md=sha256
        policy=any
        unique_subject=no
        [any]
        organizationName=optional
        commonName=supplied

        """
}
