import Foundation
import ScriptedBroker
import Testing

/// Servers that break SCRAM's rules, over a socket: who asks about the login fails, whoever only needs it cannot tell.
@Suite struct ScramServerTests {
    @Test(
        "a wrong server fails the probe and leaves other gates without an answer, at once",
        arguments: ScramServer.all)
    func wrongServer(server: ScramServer) async throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(ScramServer.properties, to: "client.properties")
        try await server.serving { cluster in
            let address = "\(cluster.address(of: 0))"
            let clock = ContinuousClock()
            let start = clock.now
            let run = try await SluiceCommand.gates(
                ["auth_probe", "lag_budget"], target: address,
                set: ["lag_budget.cluster=target", "lag_budget.groups=billing"], ["--target-config", file])
            #expect(run.exitCode == 1, "\(run.errors)")
            // Well before a gate's own time is over: nothing is waited for.
            #expect(start.duration(to: clock.now) < .seconds(40))
            let evidence = try run.evidence
            #expect(evidence.verdict(of: "auth_probe") == "fail")
            let check = try #require(evidence.checks("login", gate: "auth_probe", ok: false).first)
            #expect(check["subject"] == .object(["principal": "self", "broker": .string(address)]))
            #expect(check["facts"]["error"].string == server.error)
            #expect(check["facts"]["message"].string?.contains(server.says) == true, "\(check["facts"])")
            #expect(evidence.verdict(of: "lag_budget") == "inconclusive")
            #expect(evidence.reason("lag_budget")["message"].string?.contains(server.says) == true)

            let alone = try await SluiceCommand.gates(
                ["lag_budget"], target: address, set: ["cluster=target", "groups=billing"], ["--target-config", file])
            #expect(alone.exitCode == 2, "\(alone.errors)")
            let lost = try #require(try alone.evidence.of("read_error").first)
            #expect(lost["class"] == "auth" && lost["retriable"] == false)
            #expect(lost["name"].string == server.error)
            #expect(lost["broker"].string == address)
            for text in run.output + run.errors + alone.output + alone.errors {
                #expect(!text.contains("alice-pencil"))
            }
        }
    }

    @Test("the megabytes that a server sends for a first message are not read")
    func memory() async throws {
        let (small, large) = (try await Self.peak(.forged), try await Self.peak(.flood))
        // Several logins were tried by then, 10 MB each.
        #expect(large < small + 8 << 20, "\(large), \(small)")
    }

    /// The most memory that a run has held when it has probed this server twice.
    private static func peak(_ server: ScramServer) async throws -> Int {
        let folder = try TemporaryFolder()
        let file = try folder.write(ScramServer.properties, to: "client.properties")
        return try await server.serving { cluster in
            let process = try SluiceCommand.start([
                "run", "auth_probe", "--target", "\(cluster.address(of: 0))", "--target-config", file,
                "--wait", "40s", "--every", "500ms", "--progress", "plain", "--trace",
            ])
            defer { process.signal(SIGKILL) }
            try #require(await process.errors.first { $0.contains("round 3 started") } != nil)
            let status = try String(contentsOfFile: "/proc/\(process.identifier)/status", encoding: .utf8)
            let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
            let kilobytes = try #require(line.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) })
            return kilobytes << 10
        }
    }
}
