import Foundation
import Testing

/// The evidence of a run of all four gates against real clusters: whole, unaltered, and without a secret.
@Suite(.enabled(if: RealKafka.isAvailable, "KAFKA_HOME is not set"))
struct EvidenceTests {
    private struct World {
        let run: SluiceCommand.Result
        let folder: TemporaryFolder
        let bytes: [UInt8]
    }

    private static let user = "billing"
    private static let canary = "c4nary+/=s3cret billing"
    /// Wrong at the broker, and a secret all the same.
    private static let otherCanary = "wr0ng/c4nary?%&"

    private static let world = Task {
        let (source, target) = try await (SharedKafka.source, SharedKafka.target)
        for kafka in [source, target] {
            try await kafka.fixture.createTopic("run-evidence", partitions: 3)
            for partition in 0..<3 { try await kafka.fixture.produce(20, to: "run-evidence", partition: partition) }
        }
        try await source.fixture.commit("run-evidence", "run-evidence", [0: 20, 1: 20, 2: 15])
        let folder = try TemporaryFolder("evidence")
        let listener = "bootstrap.servers=\(target.bootstrap(KafkaSecurity.otherListener))\n"
        let right = try folder.write(
            KafkaSecurity.clientProperties(user: user, password: canary) + listener, to: "right.properties")
        let wrong = try folder.write(
            KafkaSecurity.clientProperties(user: "orders", password: otherCanary) + listener, to: "wrong.properties")
        let run = try await SluiceCommand.gates(
            ["lag_budget", "partition_parity", "decode_test", "auth_probe"], source: source.bootstrap,
            target: target.bootstrap,
            set: [
                "groups=run-evidence", "topics=run-evidence", "format=json", "max_lag=5",
                "auth_probe.topics=run-evidence",
            ],
            [
                "--principal", "billing=\(right)", "--principal", "orders=\(wrong)", "--allow", "plaintext_password",
                "--evidence", folder.path("run.jsonl"), "--trace", "--change", "CHG-1 \(canary)",
                "-X", "target.client.id=\(otherCanary)", "--detail",
            ])
        let bytes = try Data(contentsOf: folder.url.appendingPathComponent("run.jsonl"))
        return World(run: run, folder: folder, bytes: Array(bytes))
    }

    @Test("With a file for the evidence, standard output is the summary and nothing else")
    func summary() async throws {
        let world = try await Self.world.value
        #expect(world.run.exitCode == 1, "\(world.run.errors)")
        let evidence = try EvidenceLines(world.folder.lines(of: "run.jsonl"))
        let lines = try world.folder.lines(of: "run.jsonl")
        let head = try await Self.sha256(of: #require(lines.last))
        let id = try #require(evidence.lines.first?["run"].string)
        #expect(
            world.run.output == [
                "sluice FAIL run=\(id) pass=3 fail=1 inconclusive=0 skipped=0 waived=0 warned=0 head=sha256:\(head) "
                    + "evidence=\(world.folder.path("run.jsonl"))"
            ])
        #expect(evidence.verdict(of: "auth_probe") == "fail")
        #expect(!world.run.errors.contains { $0.hasPrefix("{") })
    }

    @Test("Without one, standard output is the evidence and nothing else, and people read the summary elsewhere")
    func standardOutput() async throws {
        let world = try await Self.world.value
        let run = try await SluiceCommand.gate("lag_budget", on: .source, set: ["groups=run-evidence", "max_lag=5"])
        #expect(run.exitCode == 0)
        #expect(run.output.allSatisfy { $0.hasPrefix("{") && $0.hasSuffix("}") })
        #expect(run.errors.last?.hasPrefix("sluice PASS run=") == true)
        let file = world.folder.path("stdout.jsonl")
        try run.bytes.write(to: URL(fileURLWithPath: file))
        #expect(try await SluiceCommand.run(["verify", file]).exitCode == 0)
        let quiet = try await SluiceCommand.gate(
            "lag_budget", on: .source, set: ["groups=run-evidence", "max_lag=5"], ["-q"])
        #expect(quiet.errors.isEmpty, "\(quiet.errors)")
    }

    @Test("Each line holds the hash of the one before, as sha256sum computes it")
    func chain() async throws {
        let world = try await Self.world.value
        let lines = try world.folder.lines(of: "run.jsonl")
        let evidence = try EvidenceLines(lines)
        #expect(evidence.lines.map { $0["seq"].integer } == (0..<lines.count).map { Int64($0) })
        #expect(evidence.lines.first?["prev"].string == String(repeating: "0", count: 64))
        for (line, next) in zip(lines.prefix(6), evidence.lines.dropFirst()) {
            #expect(try await Self.sha256(of: line) == next["prev"].string)
        }
        #expect(evidence.lines.first?["type"] == "run_started")
        #expect(evidence.lines.last?["type"] == "run_finished")
        #expect(evidence.lines.last?["lines"].integer == Int64(lines.count))
        #expect(lines.allSatisfy { $0.utf8.count <= 64 << 10 })
    }

    @Test("The clusters are the ones that Kafka's own client is told of")
    func clusters() async throws {
        let world = try await Self.world.value
        let evidence = try EvidenceLines(world.folder.lines(of: "run.jsonl"))
        let ids = evidence.of("cluster").compactMap { $0["cluster_id"].string }
        #expect(Set(ids).count == 2)
        for side in SharedCluster.allCases {
            let kafka = try await side.kafka
            let line = try #require(evidence.of("cluster").first { $0["role"].string == side.rawValue })
            #expect(try await kafka.fixture.clusterID() == line["cluster_id"].string)
            #expect(line["bootstrap"].string == kafka.bootstrap)
        }
    }

    @Test("It verifies, with its head too, and with another it does not")
    func verifies() async throws {
        let world = try await Self.world.value
        let file = world.folder.path("run.jsonl")
        let head = try #require(world.run.output.first?.split(separator: " ").first { $0.hasPrefix("head=") })
            .dropFirst(5)
        let verified = try await SluiceCommand.run(["verify", file, "--head", String(head)])
        #expect(verified.exitCode == 0, "\(verified.errors)")
        #expect(verified.output.count == 1)
        #expect(verified.output.first?.hasPrefix("OK-UNSIGNED \(file) ") == true)
        let other = "sha256:" + String(repeating: "1", count: 64)
        #expect(try await SluiceCommand.run(["verify", file, "--head", other]).exitCode == 1)
    }

    @Test("With any byte changed, left out or put in, it does not verify")
    func altered() async throws {
        let world = try await Self.world.value
        let folder = try TemporaryFolder("altered")
        var places = (0..<18).map { _ in Int.random(in: world.bytes.indices) }
        places += [0, world.bytes.count - 1, world.bytes.count - 2]
        var files: [String] = []
        for (index, place) in places.enumerated() {
            var bytes = world.bytes
            switch index % 3 {
            case 0: bytes[place] ^= 1
            case 1: bytes.remove(at: place)
            default: bytes.insert(UInt8(ascii: "0"), at: place)
            }
            let file = folder.path("\(index).jsonl")
            try Data(bytes).write(to: URL(fileURLWithPath: file))
            files.append(file)
        }
        // A whole line out of the middle, and the last one.
        let lines = world.bytes.split(separator: UInt8(ascii: "\n"))
        for dropped in [lines.count / 2, lines.count - 1] {
            let kept = lines.indices.filter { $0 != dropped }.map { lines[$0] }
            let file = folder.path("without-\(dropped).jsonl")
            try Data(kept.joined(separator: [UInt8(ascii: "\n")]) + [UInt8(ascii: "\n")]).write(
                to: URL(fileURLWithPath: file))
            files.append(file)
        }
        let run = try await SluiceCommand.run(["verify"] + files)
        #expect(run.exitCode == 1)
        #expect(run.output.count == files.count)
        for (line, file) in zip(run.output, files) { #expect(!line.hasPrefix("OK"), "\(file): \(line), \(places)") }
    }

    @Test("No secret leaves, in no encoding", arguments: [canary, otherCanary])
    func secrets(secret: String) async throws {
        let world = try await Self.world.value
        let everything = [world.bytes, Array(world.run.bytes), Array(world.run.errors.joined(separator: "\n").utf8)]
        for output in everything {
            let text = String(decoding: output, as: UTF8.self).lowercased()
            for encoded in try Self.encodings(of: secret) {
                #expect(!text.contains(encoded.lowercased()), "\(encoded)")
            }
        }
        // It is not that nothing was said.
        #expect(String(decoding: world.bytes, as: UTF8.self).contains("CHG-1"))
    }

    /// As JSON, base64, hexadecimal digits and URLs write it.
    private static func encodings(of secret: String) throws -> [String] {
        let bytes = Data(secret.utf8)
        let hex = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        let json = String(decoding: try JSONEncoder().encode(secret), as: UTF8.self).dropFirst().dropLast()
        let base64 = bytes.base64EncodedString()
        return [
            secret, String(json), base64, base64.replacingOccurrences(of: "+", with: "-"), hex,
            secret.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? secret,
            secret.addingPercentEncoding(withAllowedCharacters: .urlQueryAllowed) ?? secret,
        ]
    }

    /// By a program that knows nothing of evidence.
    private static func sha256(of line: String) async throws -> String {
        let process = try ChildProcess(["sh", "-c", "read -r line; printf %s \"$line\" | sha256sum"])
        try process.send(line)
        process.closeInput()
        _ = await process.end()
        return String(process.output.lines.first?.prefix(64) ?? "")
    }
}
