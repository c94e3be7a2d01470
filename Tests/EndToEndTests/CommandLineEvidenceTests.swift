private import Foundation
import Testing

@testable import Agent
@testable import Evidence
@testable import sluice

/// Where `sluice run` puts its evidence.
@Suite struct CommandLineEvidenceTests {
    private func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("sluice-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(folder.path + "/")
    }

    private func line(run: String) -> [UInt8] {
        Array(
            #"{"at_us":0,"prev":"0","run":"\#(run)","seq":0,"t":"x","type":"run_started","v":1}"#.utf8) + [0x0A]
    }

    @Test("standard output carries evidence unless it is a terminal, or a file is named")
    func place() throws {
        let piped = try RunEvidence.open(nil, outputIsTerminal: false)
        #expect(piped.isStandardOutput && piped.name == "-")
        #expect(try RunEvidence.open("-", outputIsTerminal: true).isStandardOutput)
        #expect(try !RunEvidence.open(nil, outputIsTerminal: true).isStandardOutput)
        try withFolder { folder in
            let named = try RunEvidence.open(folder + "e.jsonl", outputIsTerminal: false)
            #expect(!named.isStandardOutput && named.name == folder + "e.jsonl")
        }
    }

    @Test("a file that exists, or cannot be created, is exit 73")
    func exists() throws {
        try withFolder { folder in
            for path in [folder, folder + "none/e.jsonl"] {
                let error = #expect(throws: AgentError.self) { try RunEvidence.open(path, outputIsTerminal: false) }
                #expect(error?.exitCode == .cannotCreate)
            }
        }
    }

    @Test("a new file is named after the run, and is there only from the first line on")
    func newFile() throws {
        try withFolder { folder in
            let file = NewEvidenceFile(folder: folder)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [])
            try file.write(line(run: "0199-7abc"))
            try file.write(line(run: "another"))
            #expect(file.path == folder + "sluice-0199-7abc.jsonl")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["sluice-0199-7abc.jsonl"])
            let again = NewEvidenceFile(folder: folder)
            #expect(throws: EvidenceError.self) { try again.write(line(run: "0199-7abc")) }
            #expect(again.failure?.reason == .exists)
        }
    }

    @Test("the name of a run cannot lead out of the folder")
    func hostileName() throws {
        try withFolder { folder in
            let file = NewEvidenceFile(folder: folder)
            try file.write(line(run: "../../e/1"))
            #expect(file.path == folder + "sluice-e1.jsonl")
        }
    }
}
