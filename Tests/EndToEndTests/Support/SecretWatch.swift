import Foundation
import Testing

/// Watches one run of the program: no secret that it was given, and no canary at all, may be in what it wrote.
struct SecretWatch: Sendable {
    private let given: Set<Data>
    /// Where it was told to leave its evidence.
    private let evidence: String?
    /// Where whatever it leaves as JSON lines is evidence.
    private let folder: URL?
    private let name: String

    /// Of a script that runs the program more than once, `folder` is where the script leaves its evidence.
    init(arguments: [String], environment: [String: String], directory: URL, folder: URL? = nil) {
        self.folder = folder
        let named = GivenSecrets(arguments: arguments, environment: environment, directory: directory)
        given = Set(named.secrets.map { Data($0.utf8) })
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
        for path in evidencePaths {
            guard let attributes = try? FileManager.default.attributesOfItem(atPath: path),
                attributes[.type] as? FileAttributeType == .typeRegular,
                let bytes = try? Data(contentsOf: URL(fileURLWithPath: path))
            else { continue }
            outputs.append(("evidence", bytes))
        }
        return outputs.flatMap { place, bytes in leaks(in: bytes, at: place) }
    }

    private var evidencePaths: [String] {
        var paths = evidence.map { [$0] } ?? []
        if let folder, let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil) {
            for case let file as URL in files where file.pathExtension == "jsonl" { paths.append(file.path) }
        }
        return paths
    }

    private func leaks(in bytes: Data, at place: String) -> [String] {
        guard !bytes.isEmpty else { return [] }
        let canaries = Canary.made
        let scan = SecretScan(bytes)
        return given.union(scan.mayHold(canaries)).flatMap { secret in
            scan.encodings(of: secret, random: canaries.contains(secret)).map {
                "a secret of \(secret.count) bytes is on \(place), \($0)"
            }
        }
    }
}
