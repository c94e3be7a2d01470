import Foundation
import Testing

/// The examples that share a run out over machines: here over processes.
@Suite(.enabled(if: RealKafka.isAvailable, "KAFKA_HOME is not set"))
struct DocsManyMachinesTests {
    private static func isInstalled(_ programs: String...) -> Bool {
        programs.allSatisfy { program in
            ["/usr/bin/", "/usr/local/bin/"].contains { FileManager.default.isExecutableFile(atPath: $0 + program) }
        }
    }

    @Test(
        "Shares under GNU parallel come to the verdict of the whole",
        .enabled(if: isInstalled("parallel"), "there is no parallel (Debian's package of that name)"))
    func parallel() async throws {
        try await DocsManyMachinesWorld.fill()
        let folder = try TemporaryFolder()
        let example = try await start("parallel/scan.sh", [folder.path("clean")], ["SHARDS": "5", "JOBS": "3"])
        #expect(await example.end() == .exit(0), "\(example.said)")
        #expect(example.output.lines.last?.hasPrefix("sluice PASS run=") == true, "\(example.said)")
        let shards = try FileManager.default.contentsOfDirectory(atPath: folder.path("clean"))
            .filter { $0.hasPrefix("shard-") && $0.hasSuffix(".jsonl") }
        #expect(shards.count == 5)

        // By the sizes of a freeze.
        let brokers = try await DocsWorld.brokers
        let freeze = folder.path("freeze.jsonl")
        let capture = try await SluiceCommand.run([
            "run", "freeze_capture", "--source", brokers.source.bootstrap(), "--set",
            "topics=\(DocsManyMachinesWorld.topics.joined(separator: ","))", "--evidence", freeze,
        ])
        #expect(capture.exitCode == 0, "\(capture.errors)")
        let frozen = try await start("parallel/scan.sh", [folder.path("frozen")], ["SHARDS": "2", "FREEZE": freeze])
        #expect(await frozen.end() == .exit(0), "\(frozen.said)")
    }

    @Test(
        "Shares go to hosts and their evidence comes back; that of a host which is down is missing",
        .enabled(if: isInstalled("parallel", "rsync"), "there is no parallel, or no rsync (Debian's packages)"))
    func hosts() async throws {
        try await DocsManyMachinesWorld.fill()
        let folder = try TemporaryFolder()
        // Every host is this one, in a home of its own; scan-3 is down. A login sets SHELL, which parallel's commands need.
        let ssh = try folder.write(
            """
            #!/bin/bash
            while [[ $1 == -* ]]; do
                case $1 in -l | -p | -o) shift 2 ;; *) shift ;; esac
            done
            host=$1
            shift
            [ "$host" != scan-3 ] || exit 255
            [ "$1" != -- ] || shift
            mkdir -p "$HOMES/$host" && cd "$HOMES/$host" && SHELL=/bin/bash exec bash -c "$*"

            """, to: "ssh")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: ssh)
        var settings = ["PARALLEL_SSH": ssh, "HOMES": folder.url.path, "SHARDS": "4", "HOSTS": "scan-1,scan-2"]
        let all = try await start("parallel/scan.sh", [folder.path("all")], settings)
        #expect(await all.end() == .exit(0), "\(all.said)")
        // Nothing stays behind there.
        for host in ["scan-1", "scan-2"] {
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path(host)).isEmpty)
        }
        settings["HOSTS"] = "scan-1,1/scan-3"
        let some = try await start("parallel/scan.sh", [folder.path("some")], settings)
        #expect(await some.end() == .exit(2), "\(some.said)")
        #expect(some.errors.lines.contains { $0.contains("missing of 4 shards: ") }, "\(some.said)")
    }

    @Test("The pods of the Job, and a pod that is started anew, leave what the merge joins")
    func pods() async throws {
        try await DocsManyMachinesWorld.fill()
        let folder = try TemporaryFolder()
        let plan = SluiceCommand.repository.appendingPathComponent("examples/parallel/plan.lua").path
        let settings = ["SHARDS": "3", "EVIDENCE": folder.url.path, "PLAN": plan]
        // What a pod left that was killed.
        _ = try folder.write("{", to: "shard-1.pod.1.part")
        for index in ["0", "1"] {
            let own = settings.merging(["JOB_COMPLETION_INDEX": index]) { $1 }
            let pod = try await start("kubernetes/shard.sh", [], own)
            #expect(await pod.end() == .exit(0), "\(pod.said)")
        }
        let early = try await start("kubernetes/merge.sh", [], settings)
        #expect(await early.end() == .exit(2), "\(early.said)")
        #expect(early.errors.lines.first == "sluice: missing of 3 shards: 2")
        let last = try await start("kubernetes/shard.sh", [], settings.merging(["JOB_COMPLETION_INDEX": "2"]) { $1 })
        #expect(await last.end() == .exit(0), "\(last.said)")
        // The name of the run's evidence has the second in it.
        try await Task.sleep(for: .seconds(1))
        let merge = try await start("kubernetes/merge.sh", [], settings)
        #expect(await merge.end() == .exit(0), "\(merge.said)")

        let wrong = try await start(
            "kubernetes/shard.sh", [], settings.merging(["JOB_COMPLETION_INDEX": "3"]) { $1 })
        #expect(await wrong.end() == .exit(64), "\(wrong.said)")
    }

    private func start(
        _ script: String, _ arguments: [String], _ settings: [String: String]
    ) async throws -> ChildProcess {
        let brokers = try await DocsWorld.brokers
        let shell = try DocsShell(source: brokers.source, target: brokers.target)
        let own = ["SLUICE_SOURCE": brokers.source.bootstrap(), "SLUICE_TARGET": brokers.target.bootstrap()]
        let example = try ChildProcess(
            [SluiceCommand.repository.appendingPathComponent("examples/\(script)").path] + arguments,
            environment: shell.environment.merging(own) { $1 }.merging(settings) { $1 }, deadline: .seconds(120))
        example.closeInput()
        return example
    }
}
