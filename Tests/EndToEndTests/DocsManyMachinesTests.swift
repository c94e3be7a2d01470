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
        // Every host is this one, in a home of its own; scan-3 is down.
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
            mkdir -p "$HOMES/$host" && cd "$HOMES/$host" && exec bash -c "$*"

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

/// What does not need a cluster.
@Suite struct DocsImageTests {
    private static let root = SluiceCommand.repository

    @Test("A pod that is told to end tells sluice, waits for it, and leaves no evidence as if it were whole")
    func signal() async throws {
        let folder = try TemporaryFolder()
        // Ends only when it is told to, and some time later.
        let sluice = try folder.write(
            """
            #!/bin/sh
            trap 'sleep 1; echo told; exit 143' TERM
            echo ready
            while :; do sleep 0.1; done

            """, to: "bin/sluice")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: sluice)
        let pod = try ChildProcess(
            [Self.root.appendingPathComponent("examples/kubernetes/shard.sh").path],
            environment: [
                "PATH": folder.path("bin") + ":/usr/bin:/bin", "EVIDENCE": folder.url.path, "SHARDS": "2",
                "JOB_COMPLETION_INDEX": "0",
            ], deadline: .seconds(60))
        pod.closeInput()
        _ = await pod.output.first { $0 == "ready" }
        pod.signal(15)
        #expect(await pod.end() == .exit(143))
        #expect(pod.output.lines.last == "told")
        #expect(!FileManager.default.fileExists(atPath: folder.path("shard-0.jsonl")))
    }

    private static func output(_ program: [String]) async throws -> [String] {
        let process = try ChildProcess(program, environment: ProcessInfo.processInfo.environment)
        process.closeInput()
        _ = await process.end()
        return process.output.lines
    }

    private static let hasYAML: Bool = {
        let python = Process()
        python.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        python.arguments = ["python3", "-c", "import yaml"]
        python.standardError = FileHandle.nullDevice
        guard (try? python.run()) != nil else { return false }
        python.waitUntilExit()
        return python.terminationStatus == 0
    }()

    @Test(
        "The manifests are YAML, and name each other's parts rightly",
        .enabled(if: hasYAML, "there is no python3 with yaml (Debian: python3-yaml)"))
    func manifests() async throws {
        let folder = Self.root.appendingPathComponent("examples/kubernetes")
        let program = """
            import glob, json, sys, yaml
            for path in sorted(glob.glob(sys.argv[1] + "/*.yaml")):
                for document in yaml.safe_load_all(open(path)):
                    print(json.dumps({"file": path.split("/")[-1], "is": document}))
            """
        let lines = try await Self.output(["python3", "-c", program, folder.path])
        let documents = try EvidenceLines(lines).lines
        #expect(documents.count == 5, "\(lines)")
        let kustomization = try #require(documents.first { $0["is"]["kind"] == "Kustomization" }?["is"])
        let listed = kustomization["resources"].items.compactMap(\.string)
        #expect(Set(listed + ["kustomization.yaml"]) == Set(documents.compactMap { $0["file"].string }))
        let files = kustomization["configMapGenerator"].items[0]["files"].items.compactMap(\.string)
        for file in files {
            #expect(FileManager.default.fileExists(atPath: folder.appendingPathComponent(file).path), "\(file)")
        }
        let named = Set(documents.compactMap { $0["is"]["metadata"]["name"].string } + ["sluice-plan"])
        for job in documents.map({ $0["is"] }) where job["kind"] == "Job" {
            let pod = job["spec"]["template"]["spec"]
            let container = pod["containers"].items[0]
            let script = container["command"].items.compactMap(\.string).last?.split(separator: "/").last.map(
                String.init)
            #expect(files.contains(script ?? ""))
            let volumes = pod["volumes"].items
            #expect(
                Set(container["volumeMounts"].items.compactMap { $0["name"].string })
                    == Set(volumes.compactMap { $0["name"].string }))
            for volume in volumes {
                let name =
                    volume["configMap"]["name"].string ?? volume["secret"]["secretName"].string
                    ?? volume["persistentVolumeClaim"]["claimName"].string
                #expect(named.contains(name ?? ""), "\(volume)")
            }
            guard let completions = job["spec"]["completions"].integer else { continue }
            let shards = container["env"].items.first { $0["name"] == "SHARDS" }?["value"].string
            #expect(shards == "\(completions)")
            #expect(job["spec"]["completionMode"] == "Indexed")
        }
    }

    @Test(
        "The image has the package of every library that the program links or opens",
        .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/dpkg-query"), "this is no Debian"))
    func packages() async throws {
        let dockerfile = try String(
            contentsOf: Self.root.appendingPathComponent("examples/kubernetes/Dockerfile"), encoding: .utf8)
        let install = try #require(dockerfile.firstMatch(of: /--no-install-recommends \\\n([^&]*)/)?.1)
        // In every Debian, the slim one included.
        let base: Set = ["libc6", "libgcc-s1", "libstdc++6"]
        let given = base.union(install.split { " \\\n".contains($0) }.map { String($0) })
        let linked = try await Self.output(["ldd", SluiceCommand.binary])
            .compactMap { $0.firstMatch(of: /=> (\/\S+)/).map { String($0.1) } }
            // A debug build takes Swift's runtime from the toolchain; what is shipped has it in it.
            .filter { !$0.contains("/swift/") }
        #expect(linked.count > 5)
        let known = try await Self.output(["/sbin/ldconfig", "-p"])
        let opened = try ["libcurl.so.4", "libgssapi_krb5.so.2"].map { name in
            let line = try #require(known.first { $0.contains("\t\(name) ") }, "\(name)")
            return String(try #require(line.split(separator: " ").last))
        }
        let program = try Data(contentsOf: URL(fileURLWithPath: SluiceCommand.binary))
        for name in ["libcurl.so.4", "libgssapi_krb5.so.2"] {
            #expect(program.range(of: Data(name.utf8)) != nil, "\(name) is no longer what is opened")
        }
        for library in linked + opened {
            // As the package knows it, be /lib a link to /usr/lib or not.
            let path = URL(fileURLWithPath: library).resolvingSymlinksInPath().path
            let bare = path.hasPrefix("/usr/lib") ? String(path.dropFirst(4)) : "/usr" + path
            var owners: Set<String> = []
            for candidate in [library, path, bare] {
                for line in try await Self.output(["dpkg-query", "-S", candidate]) {
                    if let owner = line.split(separator: ":").first { owners.insert(String(owner)) }
                }
            }
            #expect(!owners.isDisjoint(with: given), "\(library) is of \(owners), the image has \(given.sorted())")
        }
    }
}
