import Foundation

/// The secrets that a program is given: on its command line, in its environment, and in the files that those name,
/// found by the names under which clients have them.
struct GivenSecrets {
    private(set) var secrets: Set<String> = []
    private var seen: Set<String> = []
    private let environment: [String: String]
    private let directory: URL

    init(arguments: [String], environment: [String: String], directory: URL) {
        self.environment = environment
        self.directory = directory
        for argument in arguments { read(argument) }
        for (name, value) in environment {
            if ["AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"].contains(name) { add(value) }
            if name.hasPrefix("SLUICE_") { read(value) }
        }
    }

    /// A text, and the files that it may name.
    private mutating func read(_ text: String) {
        take(text)
        for path in text.split(whereSeparator: { "=:,\"' ;\n".contains($0) }) { open(String(path)) }
    }

    private mutating func open(_ path: String) {
        let path = path.hasPrefix("//") ? String(path.dropFirst(2)) : path
        guard path.contains(".") || path.hasPrefix("/"), path.count > 2, !path.hasSuffix(".lua"),
            !path.hasSuffix(".jsonl")
        else { return }
        let file = URL(fileURLWithPath: path, relativeTo: directory)
        guard seen.insert(file.path).inserted, seen.count < 50,
            let attributes = try? FileManager.default.attributesOfItem(atPath: file.path),
            attributes[.type] as? FileAttributeType == .typeRegular, (attributes[.size] as? Int ?? 0) < 1 << 18,
            let text = try? String(contentsOf: file, encoding: .utf8)
        else { return }
        read(text)
    }

    private mutating func take(_ text: String) {
        // password="…", clientSecret="…", in a login module
        for match in text.matches(of: /(?i)(?:password|secret|secretaccesskey|sessiontoken)\s*=\s*"((?:[^"\\]|\\.)*)"/)
        {
            add(String(match.output.1))
        }
        // ssl.key.password=…, sasl.password=…, sasl.oauthbearer.client.credentials.client.secret=…
        for match in text.matches(
            of: /(?im)^[ \t]*(?:-X)?(?:source\.|target\.)?[a-z.]+\.(?:password|secret)\s*=[ \t]*(.+)$/)
        {
            add(String(match.output.1).trimmingCharacters(in: .whitespaces))
        }
        for match in text.matches(of: /\$\{env:([A-Za-z0-9_]+)\}/) {
            if let value = environment[String(match.output.1)] { add(value) }
        }
        for match in text.matches(of: /token\.endpoint\.url\s*=\s*file:(?:\/\/)?(\/\S+)/) {
            let token = try? String(contentsOfFile: String(match.output.1), encoding: .utf8)
            if let token { add(token.trimmingCharacters(in: .whitespacesAndNewlines)) }
        }
        // A line of a private key that no other file has: those of the certificates in the same file are none.
        for match in text.matches(of: /-----BEGIN [A-Z ]*PRIVATE KEY-----\s+([A-Za-z0-9+\/=]+)\s+([A-Za-z0-9+\/=]+)/) {
            add(String(match.output.2))
        }
    }

    private mutating func add(_ secret: String) {
        if secret.utf8.count >= 4, !secret.contains("${") { secrets.insert(secret) }
    }
}
