import Foundation
import Glibc
import TLSFixtures

/// `openssl s_server` on a port of its own choosing; killed with its owner.
final class TLSServer: Sendable {
    let port: UInt16
    private let process: Process
    private let output: FileHandle

    struct Failure: Error { let said: String }

    /// Starts it with `arguments` beyond certificate and port; `-www`, `-rev` or the like say what it answers.
    init(_ identity: TestAuthority.Identity, _ arguments: [String] = [], sendsChain: Bool = true) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments =
            [
                "openssl", "s_server", "-accept", "127.0.0.1:0", "-naccept", "8", "-cert", identity.certificate,
                "-key", identity.key,
            ] + (sendsChain ? ["-cert_chain", identity.chain] : []) + arguments
        let output = Pipe()
        process.standardInput = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        self.process = process
        // "ACCEPT 127.0.0.1:40123" is the first word of a server that listens.
        var said = ""
        while true {
            let more = output.fileHandleForReading.availableData
            said += String(decoding: more, as: UTF8.self)
            let line = said.split(separator: "\n").first { $0.hasPrefix("ACCEPT ") }
            if let line, said.contains("\n"), let port = line.split(separator: ":").last.flatMap({ UInt16($0) }) {
                self.port = port
                break
            }
            guard !more.isEmpty else {
                kill(process.processIdentifier, SIGKILL)
                throw Failure(said: said)
            }
        }
        // What it says later must not fill the pipe.
        self.output = output.fileHandleForReading
        self.output.readabilityHandler = { if $0.availableData.isEmpty { $0.readabilityHandler = nil } }
    }

    /// Kills: a child inherits the signal mask of the thread that starts it, and those of the concurrency runtime block
    /// every signal that can be blocked.
    deinit {
        // A handle that is still read keeps itself.
        output.readabilityHandler = nil
        kill(process.processIdentifier, SIGKILL)
    }
}
