import Foundation
import Testing

/// The image, and what a Kubernetes Job makes of it: all that can be tested of them without a container.
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
        let names = try Self.openedLibraries()
        #expect(names.isSuperset(of: ["libcurl.so.4", "libgssapi_krb5.so.2"]))
        let opened = try names.map { name in
            let line = try #require(known.first { $0.contains("\t\(name) ") }, "\(name)")
            return String(try #require(line.split(separator: " ").last))
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

    /// What the sources open by name, when it is first needed.
    private static func openedLibraries() throws -> Set<String> {
        var names: Set<String> = []
        let sources = root.appendingPathComponent("Sources")
        for file in try FileManager.default.subpathsOfDirectory(atPath: sources.path) {
            guard file.hasSuffix(".swift") || file.hasSuffix(".c") || file.hasSuffix(".h") else { continue }
            let text = try String(contentsOf: sources.appendingPathComponent(file), encoding: .utf8)
            for match in text.matches(of: /"(lib[a-z0-9_]+\.so[.0-9]*)"/) { names.insert(String(match.1)) }
        }
        return names
    }
}
