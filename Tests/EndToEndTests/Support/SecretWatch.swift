import Foundation
import Testing

/// Watches one run of the program: no secret that it was given, and no canary at all, may be in what it wrote.
struct SecretWatch: Sendable {
    /// Larger outputs are searched for the secrets of their own run only: thousands of lines of evidence, a hundred
    /// canaries, and each in a dozen encodings.
    private static let limit = 1 << 17

    private let given: Set<String>
    /// Where it was told to leave its evidence.
    private let evidence: String?
    private let name: String

    init(arguments: [String], environment: [String: String], directory: URL) {
        given = GivenSecrets(arguments: arguments, environment: environment, directory: directory).secrets
        let option = arguments.firstIndex(of: "--evidence").map { arguments.index(after: $0) }
        let path =
            option.flatMap { $0 < arguments.endIndex ? arguments[$0] : nil } ?? environment["SLUICE_EVIDENCE"]
        evidence = path.flatMap { $0 == "-" ? nil : URL(fileURLWithPath: $0, relativeTo: directory).path }
        // A word that may be shown: not a secret in the place of the command.
        name = arguments.first { $0.count < 12 && $0.allSatisfy(\.isLowercase) } ?? "sluice"
    }

    /// Records an issue for each secret that is in an output, without repeating it.
    func check(_ process: ChildProcess) {
        for leak in leaks(in: process) { Issue.record("\(leak) (\(name))") }
    }

    /// What is where it must not be.
    func leaks(in process: ChildProcess) -> [String] {
        var outputs = [("standard output", process.output.bytes), ("standard error", process.errors.bytes)]
        if let evidence, let attributes = try? FileManager.default.attributesOfItem(atPath: evidence),
            attributes[.type] as? FileAttributeType == .typeRegular,
            let bytes = try? Data(contentsOf: URL(fileURLWithPath: evidence))
        {
            outputs.append(("evidence", bytes))
        }
        return outputs.flatMap { place, bytes in leaks(in: bytes, at: place) }
    }

    private func leaks(in bytes: Data, at place: String) -> [String] {
        guard !bytes.isEmpty else { return [] }
        let canaries = Canary.made
        let scan = SecretScan(bytes)
        let wanted = bytes.count <= Self.limit ? given.union(canaries) : given
        return wanted.sorted().flatMap { secret in
            scan.encodings(of: secret, random: canaries.contains(secret)).map {
                "a secret of \(secret.utf8.count) bytes is on \(place), \($0)"
            }
        }
    }
}
